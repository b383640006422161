"""Packs, thresholds and the life of a prepaid line at the desk."""

from __future__ import annotations

import re

import pytest
from tests.balance.house import activate, open_shop, register
from tests.balance.test_packs import START, put_money
from tests.edge.desk.conftest import text_of

from linehouse.balance import service as balance
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of


@pytest.fixture
def line(brand, actor, drain, monkeypatch):
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    made = activate(actor, register(actor), "robin-prepaid-start")
    drain()
    put_money(made, "20.00", "t1", START, actor)
    return made


def test_a_pack_is_bought_paused_and_called_off(line, log_in) -> None:
    care = log_in("admin")
    page = f"products/{line.number}/prepaid"
    assert page in care.get(f"products/{line.number}").content.decode()
    empty = care.get(page).content.decode()
    assert "No pack yet" in empty
    assert "No threshold yet" in empty
    found = re.search(r'name="key" value="([^"]+)"', empty)
    assert found is not None
    key = found[1]
    wish = {"act": "buy", "offering": "robin-prepaid-month", "renews": "", "key": key}
    assert care.post(page, wish).status_code == 302
    # Sent twice, it is bought once: the key came with the form.
    care.post(page, wish)
    [pack] = balance.packs_of(line.id)
    shown = text_of(care.get(page))
    assert "Robin Prepaid Month" in shown
    assert "1 Dec 2026" in shown
    for wanted in ("paused", "on", "off"):
        sent = {"act": "renewing", "id": str(pack.id), "renewing": wanted}
        assert care.post(page, sent).status_code == 302
        assert balance.pack_by_id(pack.id).renewing.value == wanted
    assert care.post(page, {"act": "renewing", "id": str(line.id), "renewing": "on"}).status_code == 404


def test_short_of_money_the_form_says_what_it_costs(line, log_in) -> None:
    care = log_in("admin")
    page = f"products/{line.number}/prepaid"
    for key in "abcdef":
        care.post(page, {"act": "buy", "offering": "robin-prepaid-booster-2gb", "renews": "", "key": key})
    refused = care.post(page, {"act": "buy", "offering": "robin-prepaid-booster-2gb", "renews": "", "key": "g"})
    assert "costs 4.00 EUR, and the balance holds 1.00 EUR" in text_of(refused)


def test_a_threshold_is_set_reached_and_taken_away(line, log_in) -> None:
    care = log_in("admin")
    page = f"products/{line.number}/prepaid"
    wrong = care.post(page, {"act": "set", "measure": "spent", "of": "EUR|", "limit": "20%"})
    assert "What is spent has no whole" in text_of(wrong)
    assert care.post(page, {"act": "set", "measure": "remaining", "of": "EUR|", "limit": "25.00"}).status_code == 302
    [view] = balance.thresholds_of(line.id, START)
    assert view.reached_at is not None
    assert "What is left" in text_of(care.get(page))
    assert care.post(page, {"act": "end", "id": str(view.watched.id)}).status_code == 302
    assert balance.thresholds_of(line.id, START) == ()


def test_the_life_of_the_line_stands_above(line, log_in, advance) -> None:
    care = log_in("admin")
    shown = text_of(care.get(f"products/{line.number}/prepaid"))
    assert "Life of the prepaid line" in shown
    assert "30 Apr 2027" in shown
    reader = log_in("auditor")
    assert "Buy a pack" not in text_of(reader.get(f"products/{line.number}/prepaid"))
    assert reader.post(f"products/{line.number}/prepaid", {"act": "buy"}).status_code == 403
