"""Invoices and money: off-cycle bills, what is paid, and revenue that is earned by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from linehouse.billing import service as billing
from linehouse.billing.errors import InvoiceNotFound, NothingToBill, SettlesTooMuch
from linehouse.billing.models import InvoiceLine
from linehouse.billing.service.views import InvoiceView
from linehouse.customer import service as customers
from linehouse.customer.values import CustomerRegistered
from linehouse.inventory import service as inventory
from linehouse.kernel.ids import new_id
from linehouse.ledger import service as ledger
from linehouse.platform.checks import verify
from linehouse.platform.work import Actor
from tests.billing.billing_values import eur
from tests.billing.house import UsageShelf, customer, product


def all_laws_hold() -> None:
    mine = ("billing.", "ledger.")
    assert [r.name for r in verify() if r.name.startswith(mine) and not r.holds] == []


@pytest.fixture
def pack(house: str, actor: Actor, drain: Callable[[], int], events: Callable[[], list[str]]) -> InvoiceView:
    """The invoice of a prepaid starter pack."""
    line = product(actor, customer(actor), "robin-prepaid-start")
    drain()
    (made,), _ = billing.search_invoices()
    assert made.account_number == line.billing_account_number
    events()
    return made


def test_a_prepaid_pack_is_billed_when_it_is_bought(pack: InvoiceView, actor: Actor) -> None:
    detail = billing.invoice_detail(pack.id)
    assert (pack.number, pack.gross, pack.tax, pack.issue_date) == (
        "INV-000001",
        eur("15.00"),
        eur("2.60"),
        date(2026, 11, 1),
    )
    assert [line.amount for line in detail.lines] == [eur("15.00")]
    assert ledger.balance("revenue/prepaid-packs", "EUR") == 12_400_000
    assert ledger.balance("tax/NL-21", "EUR") == 2_600_000
    with pytest.raises(NothingToBill):
        billing.bill_now(pack.account_id, actor=actor, reason="again")
    all_laws_hold()


def test_a_booster_waits_for_the_next_bill_as_its_price_says(
    pack: InvoiceView, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    (plan,) = inventory.products_of_customer(pack.customer_id)
    account = customers.billing_account(pack.account_id)
    owner = CustomerRegistered(
        customer_id=pack.customer_id,
        customer_number=pack.customer_number,
        billing_account_id=account.id,
        billing_account_number=account.number,
        party_id=new_id(),
    )
    product(actor, owner, "robin-booster-5gb", parent=plan.id)
    drain()
    assert billing.search_invoices()[1] == 1
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    (draft,), _ = billing.search_invoices(run_id=run_id, drafts=True)
    assert [line.amount for line in billing.invoice_detail(draft.id).lines] == [eur("7.50")]


def test_off_cycle_takes_everything_but_the_next_period(
    house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object], shelf: UsageShelf
) -> None:
    sanne = customer(actor)
    line = product(actor, sanne)
    drain()
    advance(datetime(2026, 11, 30, 12, tzinfo=UTC))
    shelf.put(sanne.billing_account_id, line.number, "0.60", datetime(2026, 11, 29, 12, tzinfo=UTC))
    invoice_id = billing.bill_now(sanne.billing_account_id, actor=actor, reason="asked for")
    lines = billing.invoice_detail(invoice_id).lines
    assert [(item.kind.value, item.amount.text) for item in lines] == [
        ("one-time", "9.95"),
        ("recurring", "18.00"),
        ("usage", "0.60"),
    ]
    all_laws_hold()


def test_an_invoice_is_paid_in_parts_and_settled(
    pack: InvoiceView, actor: Actor, events: Callable[[], list[str]]
) -> None:
    (open_one,) = billing.open_invoices(pack.account_id)
    assert (open_one.open, open_one.due_date, open_one.reference) == (eur("15.00"), pack.due_date, pack.reference)
    left = billing.settle(pack.id, eur("5.00"), "PAY-1", actor=actor)
    assert left.open == eur("10.00")
    assert events() == ["billing.invoice.partially_paid"]
    assert billing.settle(pack.id, eur("5.00"), "PAY-1", actor=actor).open == eur("10.00")
    assert events() == []
    with pytest.raises(SettlesTooMuch):
        billing.settle(pack.id, eur("10.01"), "PAY-2", actor=actor)
    billing.settle(pack.id, eur("10.00"), "PAY-2", actor=actor)
    assert events() == ["billing.invoice.settled"]
    assert billing.invoice(pack.id).state == "settled"
    assert billing.open_invoices(pack.account_id) == []
    assert [s.amount for s in billing.invoice_detail(pack.id).settlements] == [eur("5.00"), eur("10.00")]


def test_a_payment_taken_back_opens_the_invoice_again(
    pack: InvoiceView, actor: Actor, events: Callable[[], list[str]]
) -> None:
    billing.mark_sent(pack.id, actor=actor)
    billing.mark_sent(pack.id, actor=actor)
    assert events() == ["billing.invoice.sent"]
    billing.settle(pack.id, eur("15.00"), "PAY-1", actor=actor)
    billing.settle(pack.id, eur("-15.00"), "PAY-1/back", actor=actor)
    assert events() == ["billing.invoice.settled", "billing.invoice.reopened"]
    assert billing.invoice(pack.id).state == "sent"
    billing.settle(pack.id, eur("15.00"), "PAY-2", actor=actor)
    billing.settle(pack.id, eur("-1.00"), "PAY-2/back", actor=actor)
    assert billing.invoice(pack.id).state == "partiallyPaid"
    assert billing.invoice(pack.id).open == eur("1.00")


def test_payers_find_their_invoice_by_reference_or_number(pack: InvoiceView) -> None:
    for text in (pack.reference, pack.reference.lower(), "INV-000001", "inv 000001"):
        assert [found.number for found in billing.invoices_by_reference([text])] == ["INV-000001"]
    assert billing.invoices_by_reference(["RF00", "000001"]) == []


def test_what_does_not_exist_is_said(pack: InvoiceView, actor: Actor) -> None:
    nobody = new_id()
    for ask in (
        lambda: billing.invoice(nobody),
        lambda: billing.invoice_by_number("INV-9"),
        lambda: billing.document(nobody),
        lambda: billing.explain_line(nobody),
        lambda: billing.settle(nobody, eur("1.00"), "x", actor=actor),
        lambda: billing.mark_sent(nobody, actor=actor),
    ):
        with pytest.raises(InvoiceNotFound):
            ask()


def test_bills_are_found_by_what_people_know(pack: InvoiceView) -> None:
    for query in ("INV-0", pack.account_number, pack.customer_number, pack.reference[:8]):
        assert [row.id for row in billing.search_invoices(query=query)[0]] == [pack.id]
    assert billing.search_invoices(query="nothing")[1] == 0
    assert billing.search_invoices(states=("settled",))[1] == 0
    assert billing.search_invoices(account_id=pack.account_id, sort="gross", descending=False)[1] == 1
    ((owner, line),), total = billing.search_lines(account_id=pack.account_id)
    assert (owner.id, line.amount, total) == (pack.id, eur("15.00"), 1)


def test_recurring_revenue_is_earned_by_day_and_once(
    house: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[[datetime], object],
    events: Callable[[], list[str]],
) -> None:
    product(actor, customer(actor))
    drain()
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    billing.approve(run_id, actor=actor)
    billing.post(run_id, actor=actor)
    drain()
    december = InvoiceLine.objects.get(number=3)
    assert ledger.balance("deferred/recurring", "EUR") == december.net_micros
    advance(datetime(2026, 12, 16, 8, tzinfo=UTC))
    events()
    assert billing.recognise(date(2026, 12, 16), actor=actor) == 1
    assert events() == ["billing.revenue.recognised"]
    half = ledger.balance("deferred/recurring", "EUR")
    assert half == december.net_micros - (december.net_micros * 15 * 2 + 31) // (31 * 2)
    assert billing.recognise(date(2026, 12, 16), actor=actor) == 0
    assert billing.recognise(date(2026, 12, 10), actor=actor) == 0
    assert ledger.balance("deferred/recurring", "EUR") == half
    all_laws_hold()
    advance(datetime(2027, 1, 1, 8, tzinfo=UTC))
    drain()
    assert ledger.balance("deferred/recurring", "EUR") == 0
    all_laws_hold()
