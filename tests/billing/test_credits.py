"""Credits by hand: tax stated, within the limit or approved, used for what is owed, taken back; the books agree."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linehouse.billing import service as billing
from linehouse.billing.errors import CreditInvalid, CreditNotFound
from linehouse.edge.documents.invoice import invoice_pdf
from linehouse.edge.partner.einvoice.checks import broken_rules
from linehouse.edge.partner.einvoice.cii import cii_xml
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger
from linehouse.payment import service as payments
from linehouse.platform.approval import service as approval
from linehouse.platform.checks import verify
from linehouse.platform.work import Actor
from tests.conftest import colleague
from tests.payment.conftest import owed

__all__ = ["owed"]
EUR_12 = Money.of("12.10", "EUR")


def books_agree() -> None:
    assert [(r.name, r.verdict.findings) for r in verify() if not r.holds] == []


def wish(owed: billing.InvoiceView, gross: Money = EUR_12, once: str = "") -> billing.CreditRequest:
    return billing.CreditRequest(
        account_id=owed.account_id, gross=gross, reason_code="outage", note="three hours without data", once=once
    )


def test_a_credit_within_the_limit_is_a_credit_note_that_pays_what_is_owed(
    owed: billing.InvoiceView, brand: str, drain: Callable[[], int]
) -> None:
    care = colleague(brand, "care", "Cor Care")
    made = billing.give_credit(wish(owed, once="form"), actor=care).credit
    assert made is not None
    assert (made.number, made.gross, made.net, made.tax) == (
        "CR-000001",
        EUR_12,
        Money.of("10.00", "EUR"),
        Money.of("2.10", "EUR"),
    )
    assert (made.tax_code, made.given_by, made.invoice_number) == ("NL-21", "Cor Care", "CN-000001")
    assert billing.give_credit(wish(owed, once="form"), actor=care).credit == made
    drain()
    assert billing.invoice(owed.id).open == owed.gross - EUR_12
    assert ledger.balance("revenue/credit-outage", "EUR") == -10_000_000
    books_agree()
    document = billing.document(made.invoice_id)
    assert document.lines[0].text == "Credit for an interruption of service"
    assert not broken_rules(cii_xml(document))
    assert invoice_pdf(document, invoice_xml=cii_xml(document)).startswith(b"%PDF")
    ((_, line),) = billing.search_lines(invoice_id=made.invoice_id)[0]
    assert billing.explain_line(line.id).children[0].reference == "CR-000001"


def test_beyond_the_limit_another_approves(owed: billing.InvoiceView, brand: str, drain: Callable[[], int]) -> None:
    care, fay = colleague(brand, "care", "Cor Care"), colleague(brand, "finance")
    outcome = billing.give_credit(wish(owed, Money.of("30.00", "EUR")), actor=care)
    assert outcome.credit is None
    assert outcome.proposal is not None
    assert outcome.proposal.effect == Money.of("-30.00", "EUR")
    assert billing.credits_given()[1] == 0
    done = approval.approve(outcome.proposal.number, actor=fay)
    assert (done.state, done.result) == ("applied", "CR-000001: 30.00 EUR by CN-000001")
    drain()
    assert billing.invoice(owed.id).open == owed.gross - Money.of("30.00", "EUR")
    assert billing.credit("CR-000001").given_by == "Fay Finance"
    books_agree()


def test_what_is_not_owed_stays_credit_and_a_credit_can_be_taken_back(
    owed: billing.InvoiceView, brand: str, actor: Actor, drain: Callable[[], int]
) -> None:
    made = billing.give_credit(wish(owed, Money.of("50.00", "EUR")), actor=actor).credit
    assert made is not None
    drain()
    assert payments.credit_of(owed.account_id, "EUR") == Money.of("50.00", "EUR") - owed.gross
    back = billing.reverse_credit(made.number, actor=actor, reason="wrong customer").credit
    assert back is not None
    assert (back.state, back.reversal_number) == ("reversed", "INV-000002")
    drain()
    assert payments.credit_of(owed.account_id, "EUR") == Money.zero("EUR")
    assert sum(i.open.micros for i in billing.search_invoices()[0]) == owed.gross.micros
    assert ledger.balance("revenue/credit-outage", "EUR") == 0
    books_agree()
    with pytest.raises(IllegalTransition):
        billing.reverse_credit(made.number, actor=actor, reason="again")
    with pytest.raises(CreditNotFound):
        billing.reverse_credit("CR-9", actor=actor, reason="which?")


def test_what_is_wrong_is_named(owed: billing.InvoiceView, actor: Actor) -> None:
    for request, field in (
        (wish(owed, Money.of("-1", "EUR")), "amount"),
        (wish(owed, Money.of("1", "USD")), "amount"),
        (wish(owed, Money.of("1.001", "EUR")), "amount"),
    ):
        with pytest.raises(CreditInvalid, match=field):
            billing.give_credit(request, actor=actor)
    with pytest.raises(CreditInvalid, match="note"):
        billing.give_credit(
            billing.CreditRequest(account_id=owed.account_id, gross=EUR_12, reason_code="outage", note=" "), actor=actor
        )
    with pytest.raises(CreditInvalid, match="goodwill"):
        billing.give_credit(
            billing.CreditRequest(account_id=owed.account_id, gross=EUR_12, reason_code="mood", note="n"), actor=actor
        )
