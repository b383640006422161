"""A line's limits, bars and agreements over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from linehouse.inventory.values import ProductView
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.work import Actor
from tests.balance.house import activate, open_shop, register
from tests.edge.house.test_circles import ask

__all__ = ["ask"]


@pytest.fixture
def line(brand: str, actor: Actor, drain: Any, monkeypatch: pytest.MonkeyPatch) -> ProductView:
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    made = activate(actor, register(actor), "robin-sim-only-20")
    drain()
    return made


def test_the_customer_sees_and_sets(line: ProductView, ask: Any) -> None:
    call = ask("customer.read", "customer.write")
    place = f"lines/{line.number}/limits"

    def data(answer: Any) -> Any:
        return next(one for one in answer["limits"] if one["limit"] == "roaming-data")

    status, shown = call("GET", place)
    assert status == 200
    assert data(shown)["amount"] == {"value": "50.00", "currency": "EUR"}
    assert data(shown)["amountWithVat"]["value"] == "60.50"
    assert [one["status"] for one in shown["policyCounters"]] == ["full-speed"]
    wish = {"limit": "roaming-data", "amount": "80.00", "reason": "asked in the app"}
    assert data(call("POST", place, wish)[1])["amount"]["value"] == "80.00"
    assert call("POST", place, wish | {"limit": "nothing"})[0] == 404
    assert call("POST", place, wish | {"amount": "-1"})[0] in (400, 422)
    status, shown = call("POST", f"{place}/bars", {"bar": "premium", "on": True, "reason": "a child"})
    assert (status, [one["on"] for one in shown["bars"] if one["bar"] == "premium"]) == (200, [True])
    # What prepaid life bars is not the customer's to open.
    status, refused = call("POST", f"{place}/bars", {"bar": "prepaid-data", "on": True, "reason": "x"})
    assert (status, refused["code"]) == (422, "charging.control_refused")
    agreed = {"limit": "roaming-data", "channel": "app", "evidence": "pressed"}
    status, shown = call("POST", f"{place}/agreements", agreed)
    assert (status, bool(data(shown)["agreedAt"])) == (201, True)
    assert call("POST", f"{place}/agreements", agreed | {"evidence": ""})[0] in (400, 422)


def test_who_may_only_read_sets_nothing(line: ProductView, ask: Any) -> None:
    call = ask("customer.read")
    body = {"bar": "premium", "on": True, "reason": "x"}
    assert call("POST", f"lines/{line.number}/limits/bars", body)[0] == 403
