"""A customer on a monthly plan calls while the network asks for credit: on the usage list at once, on the bill once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from linehouse.billing import service as billing
from linehouse.charging import service as charging
from linehouse.ledger import service as ledger
from linehouse.platform.advance import advance
from linehouse.platform.checks import verify
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.runner import drain
from linehouse.platform.work import Actor
from linehouse.rating.values import UsageType
from linehouse.usage import service as usage
from linehouse.usage.values import UsageFilter
from tests.balance.house import activate, register
from tests.charging.online.conftest import ask, nodes, shop, used
from tests.edge.desk.conftest import text_of

__all__ = ["ask", "nodes", "shop"]

SECOND = 1000
CALL: dict[str, Any] = {"usage": UsageType.VOICE, "other": "+12125550123"}


@pytest.fixture
def plan(shop: None, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Robin's monthly plan, and the rooms that make its bill."""
    ours = ("balance.", "charging.", "billing.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    made = activate(actor, register(actor), "robin-sim-only-20")
    drain()
    return made


def test_a_call_is_charged_shown_and_billed(plan: Any, ask: Any, actor: Actor, log_in: Any) -> None:
    # 61 s, then 30 s more, at 0.50 a started minute: two minutes, 1.00.
    ask(plan, "start", want=120 * SECOND, **CALL)
    ask(plan, "update", key="2", used=used(61 * SECOND), want=120 * SECOND, **CALL)
    owed = f"unbilled/{plan.billing_account_number}"
    assert ledger.balance(owed, "EUR") == 826_446, "1.00 without 21 % tax"
    ended = ask(plan, "finish", key="3", used=used(30 * SECOND), **CALL)
    assert (ended.charged, ended.cost.text) == (0, "1.00")

    # Seen by whoever looks at usage: among all of it, and each record with its price and its reasons.
    found, count = usage.list_usage(UsageFilter(customer_id=plan.customer_id))
    assert (count, [str(one.quantity.human()) for one in found if one.quantity]) == (2, ["30 s", "1 min 1 s"])
    care = log_in("care", name="Carla")
    listed = text_of(care.get("usage/records"))
    assert plan.msisdn.e164 in listed
    assert "€ 1.00" in listed
    page = care.get(f"usage/records/{found[1].id}")
    assert page.status_code == 200
    assert "world-1-calls" in page.content.decode()

    # Billed with the month, once, and the books are even.
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC), actor=actor)
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    billing.approve(run_id, actor=actor)
    billing.post(run_id, actor=actor)
    drain()
    detail = billing.invoice_detail(billing.invoice_by_number("INV-000001").id)
    assert [(line.records, str(line.amount)) for line in detail.lines if line.records] == [(2, "1.00 EUR")]
    assert ledger.balance(owed, "EUR") == 0
    assert charging.records([found[1].id])[0].invoice == "INV-000001"

    # What the session tells afterwards waits for the next bill.
    ask(plan, "debit", session="late", used=used(60 * SECOND), wants=False, **CALL)
    later = billing.bill_now(plan.billing_account_id, actor=actor, reason="asked for")
    assert [str(line.amount) for line in billing.invoice_detail(later).lines if line.records] == ["0.50 EUR"]
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []
