"""Paying unused credit back: nobody does it alone, the books agree at every step, and the bank's words end it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import pytest

from linehouse.billing import service as billing
from linehouse.edge.partner.bank import pain001
from linehouse.edge.partner.bank.intake import receive
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger
from linehouse.payment import service as payments
from linehouse.payment.errors import NothingToExport, RefundInvalid, RefundNotCovered, RefundNotFound
from linehouse.payment.models import Refund
from linehouse.payment.values import RefundRequest, RefundView
from linehouse.platform.approval import service as approval
from linehouse.platform.approval.errors import OwnProposal
from linehouse.platform.documents.service import load
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor
from linehouse.platform.worklist.reading import task_of
from linehouse.simulators.bank.statement import BankTransfer, write
from tests.conftest import colleague
from tests.payment.test_statements import IBAN, books_agree, statement

THEIRS = "NL91ABNA0417164300"
TEN = Money.of("10.00", "EUR")


@pytest.fixture
def overpaid(owed: billing.InvoiceView, actor: Actor) -> billing.InvoiceView:
    """The customer has paid € 20 more than the invoice asked for."""
    receive("a.xml", statement("2026-1", ("B1", "65.95", owed.reference)), actor=actor)
    assert payments.credit_of(owed.account_id, "EUR") == Money.of("20.00", "EUR")
    return owed


def ask(owed: billing.InvoiceView, actor: Actor, amount: Money = TEN, once: str = "") -> RefundView:
    request = RefundRequest(
        billing_account_id=owed.account_id,
        amount=amount,
        iban="NL91 ABNA 0417 1643 00",
        holder="Zoë de Vries",
        reason="paid too much",
        once=once,
    )
    return payments.request_refund(request, actor=actor)


def test_a_refund_goes_by_another_person_the_bank_and_its_statement(
    overpaid: billing.InvoiceView, brand: str, actor: Actor
) -> None:
    fay = colleague(brand, "finance")
    asked = ask(overpaid, actor, once="form-1")
    assert (asked.number, asked.state, asked.iban) == ("RF-000001", "requested", THEIRS)
    assert ask(overpaid, actor, once="form-1").number == "RF-000001"
    with pytest.raises(OwnProposal):
        approval.approve(asked.proposal, actor=actor)
    assert approval.approve(asked.proposal, actor=fay).state == "applied"
    approved = payments.refund("RF-000001")
    assert (approved.state, [amount for _, _, amount in approved.shares]) == ("approved", [TEN])
    assert payments.credit_of(overpaid.account_id, "EUR") == TEN
    assert ledger.balance("payable/refunds", "EUR") == TEN.micros
    task = task_of("payment.refund", str(approved.id))
    assert task is not None
    assert task.live
    books_agree()

    export = pain001.export(actor=actor)
    sent = payments.refund("RF-000001")
    assert (sent.state, sent.batch) == ("exported", export.number)
    assert sent.batch_document_id is not None
    space = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    order = ET.fromstring(load(sent.batch_document_id).content)  # our own file
    assert [e.text for e in order.iterfind(".//p:CtrlSum", space)] == ["10.00", "10.00"]
    assert [e.text for e in order.iterfind(".//p:EndToEndId", space)] == ["RF-000001"]
    assert [e.text for e in order.iterfind(".//p:CdtrAcct/p:Id/p:IBAN", space)] == [THEIRS]
    assert [e.text for e in order.iterfind(".//p:Cdtr/p:Nm", space)] == ["Zoe de Vries"]
    with pytest.raises(NothingToExport):
        pain001.export(actor=actor)
    ended = task_of("payment.refund", str(approved.id))
    assert ended is not None
    assert not ended.live

    paid = [BankTransfer("B9", Money.of("-10.00", "EUR"), date(2026, 12, 12), payer="", reference="", text="RF-000001")]
    made = write("2026-2", IBAN, Money.of("65.95", "EUR"), paid, datetime(2026, 12, 13, 5, tzinfo=UTC))
    receive("b.xml", made, actor=actor)
    done = payments.refund("RF-000001")
    assert (done.state, done.paid_on, done.bank_ref) == ("paid", date(2026, 12, 12), "B9")
    assert ledger.balance("payable/refunds", "EUR") == 0
    assert ledger.balance("suspense/bank", "EUR") == 0
    assert ledger.balance("bank/NL40-6789", "EUR") == 55_950_000
    books_agree()


def test_what_the_bank_returns_is_credit_again(overpaid: billing.InvoiceView, brand: str, actor: Actor) -> None:
    asked = ask(overpaid, actor)
    approval.approve(asked.proposal, actor=colleague(brand, "finance"))
    pain001.export(actor=actor)
    with pytest.raises(RefundInvalid):
        payments.record_returned(asked.number, actor=actor, reason=" ")
    payments.record_returned(asked.number, actor=actor, reason="account closed")
    assert payments.refund(asked.number).state == "returned"
    assert payments.credit_of(overpaid.account_id, "EUR") == Money.of("20.00", "EUR")
    books_agree()
    with pytest.raises(IllegalTransition):
        payments.record_paid(asked.number, date(2026, 12, 12), actor=actor)


def test_what_another_refuses_is_over_and_changes_nothing(
    overpaid: billing.InvoiceView, brand: str, actor: Actor, drain: Callable[[], int]
) -> None:
    asked = ask(overpaid, actor)
    approval.refuse(asked.proposal, actor=colleague(brand, "finance"), note="not our money")
    drain()
    assert (payments.refund(asked.number).state, payments.refund(asked.number).outcome) == ("refused", "not our money")
    assert payments.credit_of(overpaid.account_id, "EUR") == Money.of("20.00", "EUR")
    assert [r.number for r in payments.refunds(state="refused")[0]] == [asked.number]
    with pytest.raises(RefundNotFound):
        payments.refund("RF-000009")


def test_credit_that_was_used_meanwhile_is_not_paid_back(
    overpaid: billing.InvoiceView, brand: str, actor: Actor, drain: Callable[[], int]
) -> None:
    fay = colleague(brand, "finance")
    first, second = ask(overpaid, actor, Money.of("15.00", "EUR")), ask(overpaid, actor, Money.of("15.00", "EUR"))
    approval.approve(first.proposal, actor=fay)
    assert approval.approve(second.proposal, actor=fay).state == "failed"
    drain()
    assert payments.refund(second.number).state == "refused"
    assert payments.credit_of(overpaid.account_id, "EUR") == Money.of("5.00", "EUR")
    books_agree()


def test_what_is_wrong_is_named(overpaid: billing.InvoiceView, actor: Actor) -> None:
    with pytest.raises(RefundNotCovered, match=r"at most 20\.00 EUR"):
        ask(overpaid, actor, Money.of("20.01", "EUR"))
    with pytest.raises(RefundInvalid, match="amount"):
        ask(overpaid, actor, Money.of("0", "EUR"))
    wrong = RefundRequest(
        billing_account_id=overpaid.account_id, amount=TEN, iban="NL91ABNA0417164301", holder="Z", reason="r"
    )
    with pytest.raises(RefundInvalid, match="no IBAN"):
        payments.request_refund(wrong, actor=actor)


def test_the_account_paid_to_is_stored_sealed(overpaid: billing.InvoiceView, actor: Actor) -> None:
    asked = ask(overpaid, actor)
    with brand_cursor() as cursor:
        cursor.execute("SELECT iban, holder FROM payment_refund WHERE number = %s", [asked.number])
        iban, holder = cursor.fetchone() or ("", "")
    assert "0417164300" not in iban
    assert "Vries" not in holder
    assert Refund.objects.get(number=asked.number).holder == "Zoë de Vries"
