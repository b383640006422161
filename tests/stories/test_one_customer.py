"""One customer, step by step: each names the events that it causes, and the story ends when nothing else happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from linehouse.billing import service as billing
from linehouse.charging import service as charging
from linehouse.inventory import service as inventory
from linehouse.kernel.money import Money
from linehouse.kernel.period import day_start
from linehouse.ordering.values import OrderItemRequest
from linehouse.platform.advance import advance
from linehouse.platform.checks import verify
from linehouse.platform.runner import drain
from linehouse.run.story import scenes
from linehouse.run.story.scenes import ZONE, Play
from linehouse.run.story.stage import CHECKER, Stage
from linehouse.simulators.cdr_feed.host_csv import host_csv
from linehouse.simulators.cdr_feed.usage import Use

Told = Callable[[], list[str]]


def test_from_registration_to_a_settled_invoice(place: Stage, told: Told) -> None:
    play = Play(place)
    scenes.stock(play)
    assert told() == ["resource.stock.imported"]

    scenes.register(play)
    assert told() == ["party.individual.created", "customer.customer.created", "customer.billing_account.created"]

    scenes.order(play, "fenna", OrderItemRequest(ref="1", offering_key=scenes.POSTPAID))
    assert told() == [
        "inventory.product.created",
        "ordering.order.captured",
        "ordering.order.state_changed",
        "ordering.step.completed",
        "activation.request.completed",
        "resource.number.moved",
        "resource.sim.moved",
        "inventory.service.started",
        "inventory.product.activated",
        "balance.bucket.granted",
        "notify.message.started",
        "notify.message.completed",
    ]
    (product,) = inventory.products_of_customer(play.customers["fenna"])
    play.products["fenna"] = product.id

    advance(day_start(date(2026, 11, 11), ZONE), actor=place.actor)
    assert told() == ["clock.business.advanced"]

    evening = day_start(date(2026, 11, 10), ZONE) + timedelta(hours=18)
    call = Use("voice", "out", scenes.subscriber(play, "fenna"), evening, 1, "12025550123", 61)
    scenes.drop(play, host_csv((call,), date(2026, 11, 10), zone=ZONE))
    assert told() == ["usage.file.received", "usage.file.processed", "charging.usage.rated"]

    advance(day_start(date(2026, 12, 1), ZONE) + timedelta(hours=6), actor=place.actor)
    assert told() == ["balance.bucket.expired", "balance.bucket.granted", "clock.business.advanced"]

    run = billing.start_run(date(2026, 12, 1), actor=place.actor)
    drain()
    assert told() == ["billing.run.started", "billing.run.calculated"]

    billing.approve(run, actor=CHECKER)
    assert told() == ["billing.run.approved"]

    billing.post(run, actor=place.actor)
    drain()
    assert told() == [
        "billing.invoice.issued",
        "billing.run.posted",
        "billing.invoice.documented",
        "notify.message.started",
        "notify.message.completed",
        "billing.invoice.sent",
    ]
    (invoice,) = billing.search_invoices()[0]
    _every_cent_is_explained(invoice)

    scenes.pay(play)
    assert told() == [
        "clock.business.advanced",
        "payment.payment.received",
        "billing.invoice.settled",
        "payment.payment.allocated",
        "payment.statement.received",
        "notify.message.started",
        "notify.message.completed",
    ]

    assert drain() == 0
    assert told() == []
    assert [result.name for result in verify() if not result.holds] == []


def _every_cent_is_explained(invoice: billing.InvoiceView) -> None:
    """From the invoice's sum to its lines, from a line to its children, from a record to the tariff's clause."""
    lines = billing.invoice_detail(invoice.id).lines
    assert sum(line.amount.micros for line in lines) == invoice.gross.micros
    for line in lines:
        found = billing.explain_line(line.id)
        assert sum(child.exact for child in found.children) + found.rounding == line.amount.micros
    (abroad,) = [line for line in lines if line.amount == Money.of("1.00", "EUR")]
    (record,) = billing.explain_line(abroad.id).children
    assert record.record_id is not None
    words = "\n".join(map(str, charging.explain(record.record_id)))
    assert "world-1-calls" in words
    assert "Total 1.00 EUR (tax included)." in words
