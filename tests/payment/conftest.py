"""A customer who owes an invoice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from linehouse.billing import service as billing
from linehouse.kernel.money import Money
from linehouse.platform.outbox import registry
from linehouse.platform.work import Actor
from tests.billing.house import customer, product, publish

DECEMBER = datetime(2026, 12, 1, 8, tzinfo=UTC)


def bill_month(until: date, actor: Actor, drain: Callable[[], int]) -> None:
    run = billing.start_run(until, actor=actor)
    drain()
    billing.approve(run, actor=actor)
    billing.post(run, actor=actor)
    drain()


@pytest.fixture
def owed(
    brand: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[[datetime], object],
    monkeypatch: pytest.MonkeyPatch,
) -> billing.InvoiceView:
    """An invoice over € 45.95 that a customer owes; billing and payment listen, nobody else."""
    listening = {n: c for n, c in registry._consumers.items() if n.startswith(("billing.", "payment."))}
    monkeypatch.setattr(registry, "_consumers", listening)
    publish(actor)
    product(actor, customer(actor))
    drain()
    advance(DECEMBER)
    bill_month(date(2026, 12, 1), actor, drain)
    (invoice,) = billing.search_invoices()[0]
    assert invoice.gross == Money.of("45.95", "EUR")
    return invoice
