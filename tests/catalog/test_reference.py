"""The reference of catalog files knows every word that the readers know."""

from pathlib import Path

import pytest

from linehouse.catalog.text import brand, offerings, specifications
from linehouse.catalog.values import DueOn, LifecycleStatus, OfferingKind, Parts, Prorate, ResourceKind, WhenEmpty
from linehouse.rating.yaml_source import FieldSet

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "catalog-files.md").read_text(encoding="utf-8")
FIELD_SETS = [
    value
    for module in (brand, offerings, specifications)
    for value in vars(module).values()
    if isinstance(value, FieldSet)
]


@pytest.mark.parametrize("fields", FIELD_SETS, ids=lambda fields: fields.what)
def test_every_key_is_described(fields: FieldSet) -> None:
    missing = [key for key in (*fields.known, *fields.unbuilt) if f"`{key}`" not in TEXT]
    assert missing == []


@pytest.mark.parametrize("words", [LifecycleStatus, OfferingKind, DueOn, Parts, Prorate, ResourceKind, WhenEmpty])
def test_every_choice_is_described(words: type) -> None:
    assert [word.value for word in words if f"`{word.value}`" not in TEXT] == []  # type: ignore[attr-defined]  # enums


def test_every_series_is_described() -> None:
    assert [name for name in brand.SERIES if f"`{name}`" not in TEXT] == []
