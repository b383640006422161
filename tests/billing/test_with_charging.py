"""The bill with real usage: from a host's file to the document, and back down to the record."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from pypdf import PdfReader

from linehouse.billing import service as billing
from linehouse.billing.values import LineKind
from linehouse.charging import service as charging
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger
from linehouse.platform.checks import verify
from linehouse.platform.documents.service import load
from linehouse.platform.outbox import registry
from linehouse.platform.work import Actor
from linehouse.usage import service as usage
from tests.billing.house import ROBIN, customer, product, publish
from tests.charging.host import Cdr, send


@pytest.fixture
def open_house(brand: str, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> str:
    """The brand where usage, charging, billing and documents work together."""
    rooms = ("balance.", "charging.", "billing.", "documents.", "payment.", "usage.")
    listening = {name: consumer for name, consumer in registry._consumers.items() if name.startswith(rooms)}
    monkeypatch.setattr(registry, "_consumers", listening)
    publish(actor)
    usage.apply_feeds(Path(ROBIN) / "feeds", actor=actor)
    return brand


def test_from_the_hosts_file_to_the_invoice_and_back_to_the_record(
    open_house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    plan = product(actor, customer(actor))
    drain()
    advance(datetime(2026, 11, 8, 12, tzinfo=UTC))
    send(
        [
            Cdr(plan, "VOICE", 61, party="0031612345678"),
            Cdr(plan, "VOICE", 61, party="0012125550123"),
            Cdr(plan, "VOICE", 125, party="0012125550123"),
            Cdr(plan, "SMS", 1, party="0012125550123"),
            Cdr(plan, "DATA", 3_000_000_000),
        ],
        actor,
    )
    drain()
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    billing.approve(run_id, actor=actor)
    billing.post(run_id, actor=actor)
    drain()
    bill = billing.invoice_detail(billing.invoice_by_number("INV-000001").id)
    usage_lines = [line for line in bill.lines if line.kind is LineKind.USAGE]
    assert sum(line.records for line in usage_lines) == 5
    charged = [line for line in usage_lines if line.amount]
    assert charged
    for line in usage_lines:
        found = billing.explain_line(line.id)
        assert sum((child.exact for child in found.children), Fraction(0)) == line.exact
        assert line.exact + line.rounding == line.amount.micros
        for child in found.children:
            assert child.record_id is not None
            record = charging.rated_record(child.record_id)
            assert (Fraction(record.amount.micros), record.invoice) == (child.exact, "INV-000001")
            assert charging.explain(child.record_id)
            assert billing.line_of_record(child.record_id) == line.id
    assert charging.unbilled(plan.billing_account_id, datetime(2027, 1, 1, tzinfo=UTC)) == []
    assert ledger.balance(f"unbilled/{plan.billing_account_number}", "EUR") == 0
    assert ledger.balance(f"receivable/{plan.billing_account_number}", "EUR") == bill.invoice.gross.micros
    assert [(r.name, r.verdict.findings) for r in verify() if not r.holds] == []
    assert bill.invoice.pdf_document_id is not None
    pages = PdfReader(io.BytesIO(load(bill.invoice.pdf_document_id).content)).pages
    text = "\n".join(page.extract_text() for page in pages).replace("\u00a0", " ")
    assert "+1 212-555-0123" in text
    assert "Usage in detail" in text
    assert f"€ {Money.of(bill.invoice.gross.text, 'EUR').text}" in text


def test_causes_in_the_journal_are_business_keys(
    open_house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    plan = product(actor, customer(actor))
    drain()
    advance(datetime(2026, 11, 8, 12, tzinfo=UTC))
    send([Cdr(plan, "VOICE", 61, party="0012125550123")], actor)
    drain()
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    billing.approve(run_id, actor=actor)
    billing.post(run_id, actor=actor)
    drain()
    causes = {posted.cause for posted in ledger.journal(limit=500)[0]}
    assert {"invoice:INV-000001", "recognition:INV-000001:2026-12-01"} <= causes
    assert not [cause for cause in causes if str(plan.id) in cause]
