"""One value of a file is changed and every other byte stays."""

from __future__ import annotations

import pytest

from linehouse.catalog.edits import with_offering
from linehouse.catalog.errors import OfferingUnknown

TEXT = """# the plan
offering: plan-20   # its key
name: Plan 20 GB
text:
  nl: 'Bellen, sms''en'   # quoted
  en: Calls and messages
status: Launched
prices: [{price: fee, amount: 18.00}]
---
offering: plan-5
name: "Plan 5"
text: {en: Small, nl: Klein}
status: Active
"""
FILES = {"brand.yaml": "brand: x\n", "catalog/plans.yaml": TEXT}


@pytest.mark.parametrize(
    ("key", "path", "value", "before", "after"),
    [
        ("plan-20", ("name",), "Plan 20", "name: Plan 20 GB\n", "name: Plan 20\n"),
        ("plan-20", ("status",), "Retired", "status: Launched\n", "status: Retired\n"),
        ("plan-20", ("text", "nl"), 'Zeg "hoi": #1', "'Bellen, sms''en'   #", '"Zeg \\"hoi\\": #1"   #'),
        ("plan-5", ("name",), "yes", '"Plan 5"', '"yes"'),
        ("plan-5", ("text", "en"), "12.50", "{en: Small,", '{en: "12.50",'),
        ("plan-5", ("text", "nl"), "Mini", "nl: Klein}", "nl: Mini}"),
    ],
)
def test_one_value_changes(key: str, path: tuple[str, ...], value: str, before: str, after: str) -> None:
    changed = with_offering(FILES, key, {path: value})
    assert changed == FILES | {"catalog/plans.yaml": TEXT.replace(before, after)}
    assert changed["catalog/plans.yaml"] != TEXT


def test_several_values_of_one_offering() -> None:
    changed = with_offering(FILES, "plan-5", {("name",): "Mini 5", ("status",): "Launched"})
    assert "name: Mini 5\ntext: {en: Small, nl: Klein}\nstatus: Launched\n" in changed["catalog/plans.yaml"]


@pytest.mark.parametrize(("key", "path"), [("plan-9", ("name",)), ("plan-5", ("text", "fr")), ("plan-5", ("nothing",))])
def test_what_is_not_there_is_named(key: str, path: tuple[str, ...]) -> None:
    with pytest.raises(OfferingUnknown):
        with_offering(FILES, key, {path: "x"})
