"""A line's limits, bars, agreements and policy counters at the desk."""

from __future__ import annotations

import pytest
from tests.balance.house import activate, open_shop, register
from tests.edge.desk.conftest import text_of

from linehouse.charging import service as charging
from linehouse.kernel.money import Money
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of


@pytest.fixture
def line(brand, actor, drain, monkeypatch):
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    made = activate(actor, register(actor), "robin-sim-only-20")
    drain()
    return made


@pytest.fixture
def page(line) -> str:
    return f"products/{line.number}/limits"


def limit(line, key):
    return next(one for one in charging.controls_of_line(line.id).limits if one.key == key)


def test_limits_are_seen_and_changed(line, page, log_in) -> None:
    care = log_in("admin")
    assert page in care.get(f"products/{line.number}").content.decode()
    shown = text_of(care.get(page))
    assert "50.00 EUR" in shown
    assert "60.50 EUR" in shown
    asked = {"act": "limit", "key": "roaming-data", "state": "own", "by": "customer", "reason": "asked"}
    assert "An amount of its own is missing" in text_of(care.post(page, asked))
    assert care.post(page, {**asked, "amount": "much"}).status_code == 200
    assert care.post(page, {**asked, "amount": "100.00"}).status_code == 302
    assert limit(line, "roaming-data").amount == Money(100_000_000, "EUR")
    assert care.post(page, {**asked, "state": "off"}).status_code == 302
    assert limit(line, "roaming-data").amount is None
    assert care.post(page, {**asked, "state": "brand"}).status_code == 302
    assert limit(line, "roaming-data").amount == Money(50_000_000, "EUR")


def test_an_agreement_needs_what_shows_it(line, page, log_in) -> None:
    care = log_in("admin")
    asked = {"act": "consent", "key": "roaming-data", "channel": "call"}
    assert care.post(page, {**asked, "evidence": ""}).status_code == 200
    assert care.post(page, {**asked, "evidence": "recorded call 8812"}).status_code == 302
    shown = text_of(care.get(page))
    assert "recorded call 8812" in shown
    assert "agreed to go on" in shown


def test_bars_and_turbo(line, page, log_in) -> None:
    care = log_in("admin")
    assert care.post(page, {"act": "bar", "key": "premium", "on": "yes"}).status_code == 302
    assert "barred" in text_of(care.get(page))
    assert care.post(page, {"act": "bar", "key": "premium", "on": "no"}).status_code == 302
    assert care.post(page, {"act": "bar", "key": "nothing", "on": "no"}).status_code == 404
    asked = {"act": "turbo", "key": "data-speed", "hours": "2", "reason": "bought"}
    assert care.post(page, asked).status_code == 302
    assert "turbo" in text_of(care.get(page))


def test_who_only_looks_changes_nothing(line, page, log_in) -> None:
    reader = log_in("auditor")
    assert "Change a limit" not in text_of(reader.get(page))
    assert reader.post(page, {"act": "bar", "key": "premium", "on": "yes"}).status_code == 403
