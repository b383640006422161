"""Bank statements with a database: once, matched or waiting, never more than is open, and the books agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from linehouse.billing import service as billing
from linehouse.edge.partner.bank import inbox
from linehouse.edge.partner.bank.intake import receive
from linehouse.inventory import service as inventory
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger
from linehouse.payment import service as payments
from linehouse.payment.errors import AlreadyMatched, StatementRefused, StatementRepeated
from linehouse.platform.checks import verify
from linehouse.platform.work import Actor
from linehouse.simulators.bank.statement import BankTransfer, write
from tests.payment.conftest import bill_month

IBAN = "NL40FICT0123456789"


def statement(number: str, *transfers: tuple[str, str, str], opening: str = "0") -> bytes:
    """Each transfer is bank reference, amount, and reference or text."""
    made = [
        BankTransfer(
            ref,
            Money.of(amount, "EUR"),
            date(2026, 12, 10),
            payer="S. de Vries",
            reference=text if text.startswith("RF") else "",
            text="" if text.startswith("RF") else text,
        )
        for ref, amount, text in transfers
    ]
    return write(number, IBAN, Money.of(opening, "EUR"), made, datetime(2026, 12, 11, 5, tzinfo=UTC))


def books_agree() -> None:
    assert [(r.name, r.verdict.findings) for r in verify() if not r.holds] == []


def test_a_transfer_with_the_reference_settles_the_invoice(
    owed: billing.InvoiceView, actor: Actor, events: Callable[[], list[str]]
) -> None:
    events()
    (made,) = receive("a.xml", statement("2026-1", ("B1", "45.95", owed.reference)), actor=actor)
    assert events() == [
        "payment.payment.received",
        "billing.invoice.settled",
        "payment.payment.allocated",
        "payment.statement.received",
    ]
    view = payments.statement(made)
    assert (view.entries, view.matched, view.unmatched) == (1, 1, 0)
    (payment,) = payments.payments()[0]
    assert (payment.number, payment.state, payment.left.micros) == ("PAY-000001", "done", 0)
    assert [share.invoice_number for share in payment.allocations] == [owed.number]
    assert [(p.number, amount) for p, amount in payments.payments_of_invoice(owed.id)] == [("PAY-000001", owed.gross)]
    assert billing.invoice(owed.id).state == "settled"
    assert ledger.balance("bank/NL40-6789", "EUR") == 45_950_000
    books_agree()


def test_a_part_is_a_part_and_too_much_is_credit_for_the_next_invoice(
    owed: billing.InvoiceView, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    receive("a.xml", statement("2026-1", ("B1", "20.00", owed.number)), actor=actor)
    assert (billing.invoice(owed.id).state, billing.invoice(owed.id).open) == (
        "partiallyPaid",
        Money.of("25.95", "EUR"),
    )
    receive("b.xml", statement("2026-2", ("B2", "30.00", owed.reference)), actor=actor)
    assert billing.invoice(owed.id).state == "settled"
    assert payments.credit_of(owed.account_id, "EUR") == Money.of("4.05", "EUR")
    books_agree()
    advance(datetime(2027, 1, 1, 8, tzinfo=UTC))
    bill_month(date(2027, 1, 1), actor, drain)
    later = billing.search_invoices()[0][0]
    assert (later.gross, later.paid, later.state) == (
        Money.of("18.00", "EUR"),
        Money.of("4.05", "EUR"),
        "partiallyPaid",
    )
    assert payments.credit_of(owed.account_id, "EUR") == Money.zero("EUR")
    books_agree()


def test_the_same_statement_or_booking_has_its_effect_once(owed: billing.InvoiceView, actor: Actor) -> None:
    data = statement("2026-1", ("B1", "10.00", owed.reference))
    receive("a.xml", data, actor=actor)
    with pytest.raises(StatementRepeated, match="file was taken"):
        receive("again.xml", data, actor=actor)
    with pytest.raises(StatementRepeated, match="statement was taken"):
        receive("b.xml", statement("2026-1", ("B9", "1.00", "")), actor=actor)
    (made,) = receive(
        "c.xml", statement("2026-2", ("B1", "10.00", owed.reference), ("B2", "5.00", owed.reference)), actor=actor
    )
    assert payments.statement(made).entries == 1
    assert billing.invoice(owed.id).paid == Money.of("15.00", "EUR")
    books_agree()


def test_money_of_nobody_waits_until_a_person_says_whose_it_is(owed: billing.InvoiceView, actor: Actor) -> None:
    receive("a.xml", statement("2026-1", ("B1", "45.95", "phone bill"), ("B2", "-3.50", "bank fee")), actor=actor)
    (waiting,) = payments.entries(state="unmatched")[0]
    assert (waiting.reason, waiting.payment_id) == ("no invoice has the reference that the entry carries", None)
    assert ledger.balance("suspense/bank", "EUR") == 42_450_000
    books_agree()
    with pytest.raises(Invalid, match="reason"):
        payments.assign_entry(waiting.id, owed.account_id, actor=actor, reason=" ")
    payments.assign_entry(waiting.id, owed.account_id, actor=actor, reason="called and asked")
    with pytest.raises(AlreadyMatched):
        payments.assign_entry(waiting.id, owed.account_id, actor=actor, reason="again")
    assert billing.invoice(owed.id).state == "settled"
    assert payments.entry(waiting.id).payment_number == "PAY-000001"
    books_agree()


def test_money_that_is_no_customers_stays_in_the_books_as_such(owed: billing.InvoiceView, actor: Actor) -> None:
    receive("a.xml", statement("2026-1", ("B1", "9.00", "interest")), actor=actor)
    (waiting,) = payments.entries(state="unmatched")[0]
    payments.ignore_entry(waiting.id, actor=actor, reason="the bank's interest")
    assert payments.entries(state="unmatched")[1] == 0
    assert ledger.balance("suspense/bank", "EUR") == 9_000_000
    books_agree()


def test_a_statement_that_does_not_add_up_books_nothing(owed: billing.InvoiceView, actor: Actor) -> None:
    wrong = statement("2026-1", ("B1", "45.95", owed.reference)).replace(b">45.95</Amt>", b">45.96</Amt>", 1)
    with pytest.raises(StatementRefused, match="do not add up"):
        receive("a.xml", wrong, actor=actor)
    assert payments.statements()[1] == payments.payments()[1] == 0
    assert billing.invoice(owed.id).paid == Money.zero("EUR")


def test_the_inbox_takes_each_file_once_and_says_why_not(owed: billing.InvoiceView, tmp_path: Path) -> None:
    good = statement("2026-1", ("B1", "45.95", owed.reference))
    (tmp_path / "good.xml").write_bytes(good)
    (tmp_path / "bad.xml").write_bytes(b"<Document/>")
    assert inbox.poll(tmp_path) == 0
    assert inbox.poll(tmp_path, stable_seconds=0) == 2
    assert [f.name for f in (tmp_path / "done").iterdir()] == ["good.xml"]
    assert "no camt.053" in (tmp_path / "refused" / "bad.xml.reason.txt").read_text()
    (tmp_path / "good again.xml").write_bytes(good)
    assert inbox.poll(tmp_path, stable_seconds=0) == 1
    assert "taken before" in (tmp_path / "refused" / "good again.xml.reason.txt").read_text()
    assert billing.invoice(owed.id).state == "settled"


def test_a_poller_killed_after_booking_books_nothing_twice(
    owed: billing.InvoiceView, actor: Actor, tmp_path: Path
) -> None:
    data = statement("2026-1", ("B1", "45.95", owed.reference))
    (tmp_path / "taking").mkdir()
    (tmp_path / "taking" / "once__a.xml").write_bytes(data)
    receive("a.xml", data, actor=actor, delivery="once")
    assert inbox.poll(tmp_path) == 1
    assert [f.name for f in (tmp_path / "done").iterdir()] == ["a.xml"]
    assert payments.payments()[1] == 1


def test_a_credit_note_becomes_credit_and_settles_what_is_open(
    owed: billing.InvoiceView, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    advance(datetime(2026, 12, 11, 8, tzinfo=UTC))
    (line,) = inventory.products_of_customer(owed.customer_id)
    inventory.terminate_product(line.id, actor=actor)
    drain()
    advance(datetime(2027, 1, 1, 8, tzinfo=UTC))
    bill_month(date(2027, 1, 1), actor, drain)
    note = billing.invoice_by_number("CN-000001")
    assert (note.gross, note.state) == (Money.of("-12.19", "EUR"), "settled")
    assert billing.invoice(owed.id).open == Money.of("33.76", "EUR")
    (payment,) = payments.payments()[0]
    assert (payment.method, payment.amount, payment.left.micros) == ("creditNote", Money.of("12.19", "EUR"), 0)
    books_agree()
