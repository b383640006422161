"""Credits that staff give by hand: a credit note with tax stated, within the limit of the role or with approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from linehouse.billing import store
from linehouse.billing.credit_reasons import CREDIT_REASONS, CreditReason
from linehouse.billing.errors import CreditInvalid, CreditNotFound
from linehouse.billing.events import CreditGiven, CreditReversed
from linehouse.billing.invoice import Draft, DraftLine, require_adds_up
from linehouse.billing.lifecycle import CREDIT
from linehouse.billing.models import Credit, Invoice
from linehouse.billing.service.bill_account import Computed, write
from linehouse.billing.service.facts import facts_of
from linehouse.billing.service.posting import issue
from linehouse.billing.tax import Taxable, tax_of
from linehouse.billing.tax_rates import STANDARD, TaxRate, rate_by_code, rate_on
from linehouse.billing.values import Basis, Cut, CutKind, LineKind
from linehouse.catalog.values import TaxMode
from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money, money_sum
from linehouse.kernel.period import DatePeriod, local_date
from linehouse.platform.approval.service import needs_approval, propose
from linehouse.platform.approval.values import Change, Proposal
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, current_work, unit_of_work

SERIES = default_series("credit", "CR-{n:06d}")
GIVE = "billing.credit"
REVERSE = "billing.credit_reversal"
"""The kinds of proposals for giving a credit and for taking one back."""


@dataclass(frozen=True, slots=True)
class CreditView:
    """A manual credit; ``gross`` = ``net`` + ``tax``. ``reversal_id`` is the invoice that took it back."""

    id: UUID
    number: str
    state: str
    account_id: UUID
    account_number: str
    customer_id: UUID
    reason_code: str
    note: str
    gross: Money
    net: Money
    tax: Money
    tax_code: str
    given_by: str
    given_at: datetime
    invoice_id: UUID
    invoice_number: str
    reversal_id: UUID | None
    reversal_number: str


@dataclass(frozen=True, slots=True)
class CreditOutcome:
    """What asking for a credit came to: the credit, or the proposal that another must approve first."""

    credit: CreditView | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRequest:
    """A credit to give: ``gross`` with tax included, ``once`` the asker's key for repeats (made when empty)."""

    account_id: UUID
    gross: Money
    reason_code: str
    note: str
    once: str = ""
    tax_category: str = STANDARD


def give_credit(request: CreditRequest, *, actor: Actor) -> CreditOutcome:
    """Give an account a credit: at once within the actor's limit, else as a proposal for somebody else.

    The credit note settles what is open, the oldest first; the rest stays as the account's credit and pays its next
    bill. Asked twice with the same ``once``, there is one credit. Raises CreditInvalid, UnknownTaxRate.
    """
    with unit_of_work(actor, request.note) as work:
        account, _reason = _checked(request)
        once = request.once or str(new_id())
        store.lock_account(account.id)
        known = Credit.objects.select_related("invoice", "reversal").filter(once=once).first()
        if known is not None:
            return CreditOutcome(credit=_view(known))
        payload = {
            "account": str(account.id),
            "gross": request.gross.micros,
            "currency": request.gross.currency,
            "reason": request.reason_code,
            "note": request.note.strip(),
            "tax_category": request.tax_category,
            "once": once,
        }
        if not needs_approval(GIVE, actor, request.gross):
            return CreditOutcome(credit=give(payload, work))
        rate = rate_on(account.tax_country, request.tax_category, local_date(work.now, account.zone))
        _, tax = split(request.gross, rate)
        return CreditOutcome(
            proposal=propose(
                GIVE,
                subject=account.number,
                changes=[
                    Change("credit", str(Money.zero(account.currency)), str(request.gross)),
                    Change("of which tax", str(Money.zero(account.currency)), f"{tax} ({rate.code})"),
                    Change("reason", "", request.reason_code),
                ],
                reason=request.note,
                effect=-request.gross,
                payload=payload,
                actor=actor,
                customer_id=account.customer_id,
            )
        )


def _checked(request: CreditRequest) -> tuple[BillingAccountView, CreditReason]:
    account = customers.billing_account(request.account_id)
    if request.gross.currency != account.currency or request.gross.micros <= 0:
        raise CreditInvalid(
            "a credit is an amount above zero in the account's currency",
            field="amount",
            value=str(request.gross),
            expected=f"above zero, in {account.currency}",
        )
    if request.gross.rounded() != request.gross:
        raise CreditInvalid(
            "a credit is a whole number of the currency's minor unit",
            field="amount",
            value=str(request.gross),
            expected=str(request.gross.rounded()),
        )
    if not request.note.strip():
        raise CreditInvalid("a credit needs a note", field="note", expected="why it is given")
    reason = CREDIT_REASONS.get(request.reason_code)
    if reason is None:
        raise CreditInvalid(
            "there is no such reason", field="reason", value=request.reason_code, expected=", ".join(CREDIT_REASONS)
        )
    return account, reason


def split(gross: Money, rate: TaxRate) -> tuple[Money, Money]:
    """Net and tax of an amount with tax included, rounded as on every document."""
    taxed = tax_of([Taxable(gross, TaxMode.GROSS, rate)], gross.currency)
    return taxed.line_nets[0], taxed.totals[0].tax


def give(payload: Mapping[str, Any], work: Work) -> CreditView:
    """Give the credit that was asked for, in the surrounding unit of work; approval is not asked any more."""
    gross = Money(int(payload["gross"]), payload["currency"])
    request = CreditRequest(
        account_id=UUID(payload["account"]),
        gross=gross,
        reason_code=payload["reason"],
        note=payload["note"],
        once=payload["once"],
        tax_category=payload["tax_category"],
    )
    account, reason = _checked(request)
    store.lock_account(account.id)
    known = Credit.objects.select_related("invoice", "reversal").filter(once=request.once).first()
    if known is not None:
        return _view(known)
    day = local_date(work.now, account.zone)
    rate = rate_on(account.tax_country, request.tax_category, day)
    number = next_number(SERIES)
    invoice = _issue(account, -gross, rate, reason, number, day)
    row = Credit(
        id=new_id(),
        created_at=work.now,
        changed_at=work.now,
        number=number,
        once=request.once,
        account_id=account.id,
        account_number=account.number,
        customer_id=account.customer_id,
        reason_code=reason.code,
        note=request.note[:500],
        currency=gross.currency,
        gross_micros=-invoice.gross_micros,
        net_micros=-invoice.net_micros,
        tax_micros=-invoice.tax_micros,
        tax_code=rate.code,
        given_by=work.actor.name,
        invoice=invoice,
    )
    row.save(force_insert=True)
    emit(
        CreditGiven(
            credit_id=row.id,
            number=row.number,
            customer_id=row.customer_id,
            billing_account_id=row.account_id,
            invoice_id=invoice.id,
            reason_code=row.reason_code,
            currency=row.currency,
            gross_micros=row.gross_micros,
        )
    )
    return _view(row)


def _issue(
    account: BillingAccountView, gross: Money, rate: TaxRate, reason: CreditReason, credit: str, day: date
) -> Invoice:
    """A document with the one line, posted: a credit note for a negative amount."""
    facts = facts_of(account)
    taxed = tax_of([Taxable(gross, TaxMode.GROSS, rate)], account.currency)
    covered = DatePeriod(day, day + timedelta(days=1))
    line = DraftLine(
        number=1,
        subscription=account.number,
        kind=LineKind.ADJUSTMENT,
        key=reason.code,
        label=dict(reason.label),
        exact=Fraction(gross.micros),
        amount=gross,
        net=taxed.line_nets[0],
        mode=TaxMode.GROSS,
        rate=rate,
        gl=reason.gl,
        clause="",
        covered=covered,
        basis=(Basis(credit, "", Fraction(gross.micros)),),
        facts={"credit": credit},
    )
    made = Draft(
        facts,
        (line,),
        taxed.totals,
        money_sum((total.net for total in taxed.totals), account.currency),
        money_sum((total.tax for total in taxed.totals), account.currency),
    )
    require_adds_up(made)
    invoice = write(Computed(account, Cut(covered.end, CutKind.OFF_CYCLE), made, ()), None)
    if invoice is None:
        raise TypeError("a document with a line is written")
    issue(invoice)
    return invoice


def reverse_credit(number: str, *, actor: Actor, reason: str) -> CreditOutcome:
    """Take a manual credit back by an invoice of the same amount; unused credit settles it at once.

    Beyond the actor's limit it is proposed. Raises CreditNotFound, CreditInvalid without a reason, IllegalTransition.
    """
    if not reason.strip():
        raise CreditInvalid("taking a credit back needs a reason", field="reason", expected="why it was wrong")
    with unit_of_work(actor, reason) as work:
        row = _locked(number)
        CREDIT.require(row.state, "reversed")
        gross = Money(row.gross_micros, row.currency)
        payload = {"credit": row.number, "reason": reason.strip()}
        if not needs_approval(REVERSE, actor, gross):
            return CreditOutcome(credit=take_back(payload, work))
        return CreditOutcome(
            proposal=propose(
                REVERSE,
                subject=row.number,
                changes=[Change("credit", str(gross), str(Money.zero(row.currency)))],
                reason=reason,
                effect=gross,
                payload=payload,
                actor=actor,
                customer_id=row.customer_id,
            )
        )


def take_back(payload: Mapping[str, Any], work: Work) -> CreditView:
    """Take the credit back, in the surrounding unit of work; approval is not asked any more."""
    row = _locked(payload["credit"])
    row.state = CREDIT.require(row.state, "reversed")
    store.lock_account(row.account_id)
    account = customers.billing_account(row.account_id)
    gross = Money(row.gross_micros, row.currency)
    reason = CREDIT_REASONS[row.reason_code]
    day = local_date(work.now, account.zone)
    invoice = _issue(account, gross, rate_by_code(row.tax_code), reason, row.number, day)
    row.reversal, row.changed_at = invoice, work.now
    row.save()
    emit(
        CreditReversed(
            credit_id=row.id,
            number=row.number,
            customer_id=row.customer_id,
            billing_account_id=row.account_id,
            invoice_id=invoice.id,
            currency=row.currency,
            gross_micros=row.gross_micros,
        )
    )
    return _view(row)


def _locked(number: str) -> Credit:
    current_work()
    row = (
        Credit.objects.select_for_update(of=("self",))
        .select_related("invoice", "reversal")
        .filter(number=number)
        .first()
    )
    if row is None:
        raise CreditNotFound("there is no such credit", field="credit", value=number)
    return row


def credit(number: str) -> CreditView:
    """One manual credit. Raises CreditNotFound."""
    row = Credit.objects.select_related("invoice", "reversal").filter(number=number).first()
    if row is None:
        raise CreditNotFound("there is no such credit", field="credit", value=number)
    return _view(row)


def credits_given(
    *, customer_id: UUID | None = None, account_id: UUID | None = None, offset: int = 0, limit: int = 50
) -> tuple[Sequence[CreditView], int]:
    """A page of manual credits, newest first, and how many match."""
    rows = Credit.objects.select_related("invoice", "reversal").order_by("-created_at", "-id")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    return [_view(row) for row in rows[offset : offset + limit]], rows.count()


def _view(row: Credit) -> CreditView:
    return CreditView(
        id=row.id,
        number=row.number,
        state=row.state,
        account_id=row.account_id,
        account_number=row.account_number,
        customer_id=row.customer_id,
        reason_code=row.reason_code,
        note=row.note,
        gross=Money(row.gross_micros, row.currency),
        net=Money(row.net_micros, row.currency),
        tax=Money(row.tax_micros, row.currency),
        tax_code=row.tax_code,
        given_by=row.given_by,
        given_at=row.created_at,
        invoice_id=row.invoice_id,
        invoice_number=row.invoice.number or "",
        reversal_id=row.reversal_id,
        reversal_number=(row.reversal.number or "") if row.reversal else "",
    )
