"""Acts on many rows: chosen, confirmed, done one by one, reported one by one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.edge.desk.conftest import Staff, text_of

from linehouse.edge.ui import bulk
from linehouse.platform.work import Actor
from linehouse.resource import service as resources

RELEASE = {"bulk": "release", "row": ["31610200005", "31610200006", "31610200007"]}


def confirmed(page: Any, **more: str) -> dict[str, Any]:
    """What the page of confirmation sends."""
    found: dict[str, Any] = {"row": []}
    for name, value in re.findall(r'name="(bulk|once|confirmed|row)" value="([^"]*)"', page.content.decode()):
        if name == "row":
            found["row"].append(value)
        else:
            found[name] = value
    return found | more


def test_chosen_numbers_are_put_back_and_each_row_says_what_came_of_it(ada: Staff, actor: Actor) -> None:
    for digits in RELEASE["row"][:2]:
        resources.set_aside(digits, actor=actor, reason="kept for a shop")
    page = ada.post("numbers?q=6102000", RELEASE)
    assert "3 rows are chosen." in text_of(page)
    assert resources.find_number("31610200005").state == "reserved"  # nothing happens before somebody confirms
    form = confirmed(page)
    assert "This field is required" in text_of(ada.post("numbers?q=6102000", form))
    form["reason"] = "the shop has closed"
    answer = ada.post("numbers?q=6102000", form)
    assert answer.status_code == 302
    report = text_of(ada.client.get(answer["Location"]))
    assert "2 done" in report
    assert "1 refused" in report
    assert "The number is available (a number that rests or was set aside)" in report
    assert resources.find_number("31610200005").state == "available"
    again = ada.post("numbers?q=6102000", form)
    assert again["Location"] == answer["Location"]  # sent twice, done once


def test_all_that_match_can_be_chosen_but_not_too_many(
    ada: Staff, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    resources.set_aside("31610200005", actor=actor, reason="kept for a shop")
    page = ada.post("numbers?state=reserved", {"bulk": "release", "all": "yes"})
    assert "1 row is chosen." in text_of(page)
    monkeypatch.setattr(bulk, "MOST_ROWS", 20)
    refused = ada.post("numbers", {"bulk": "release", "all": "yes"})
    assert "At most 20 rows at once" in text_of(ada.client.get(refused["Location"]))


def test_who_may_not_do_it_to_one_row_may_not_do_it_to_many(selling: str, log_in: Callable[..., Staff]) -> None:
    carer = log_in("care")
    assert 'name="bulk"' not in carer.get("numbers").content.decode()
    assert "rows are chosen" not in text_of(carer.post("numbers", RELEASE))
    carer.post("numbers", RELEASE | {"confirmed": "yes", "reason": "no", "once": "x"})
    assert resources.find_number("31610200005").state == "available"


def test_a_row_that_the_list_does_not_show_is_not_reached(ada: Staff, actor: Actor) -> None:
    resources.set_aside("31610200005", actor=actor, reason="kept for a shop")
    page = ada.post("numbers?state=quarantine", RELEASE)
    assert page.status_code == 302
    assert resources.find_number("31610200005").state == "reserved"
