"""Paying unused credit back: asked for, approved by another, given to the bank, paid or returned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from linehouse.customer import service as customers
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money, money_sum
from linehouse.ledger.service import post
from linehouse.ledger.values import Entry, Transfer
from linehouse.payment.errors import NothingToExport, RefundInvalid, RefundNotCovered, RefundNotFound
from linehouse.payment.events import RefundMoved, RefundRequested
from linehouse.payment.lifecycle import PAYMENT, REFUND, TO_PAY
from linehouse.payment.models import Payment, Refund, RefundBatch, RefundShare
from linehouse.payment.service.payments import Received, record
from linehouse.payment.service.reading import credit_of
from linehouse.payment.values import RefundExport, RefundOrder, RefundRequest, RefundView
from linehouse.platform.approval.service import needs_approval, propose
from linehouse.platform.approval.values import Change
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, current_work, unit_of_work

SERIES = default_series("refund", "RF-{n:06d}")
BATCHES = default_series("refund-batch", "RB-{n:06d}")
PAY_BACK = "payment.refund"
"""The kind of proposal for a refund."""
OWED = "payable/refunds"
"""The ledger account of refunds that are approved and not paid yet."""
_OUTGOING = "suspense/bank"


def request_refund(request: RefundRequest, *, actor: Actor) -> RefundView:
    """Ask to pay unused credit of an account back. Another person approves it; then it waits for the bank.

    Asked twice with the same ``once``, there is one refund. Raises RefundInvalid, RefundNotCovered.
    """
    with unit_of_work(actor, request.reason) as work:
        iban = _checked(request)
        account = customers.billing_account(request.billing_account_id)
        once = request.once or str(new_id())
        known = Refund.objects.select_related("batch").filter(once=once).first()
        if known is not None:
            return _view(known)
        _require_covered(account.id, request.amount)
        row = Refund(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=next_number(SERIES),
            once=once,
            customer_id=account.customer_id,
            party_id=customers.customer_view(account.customer_id).party.id,
            billing_account_id=account.id,
            billing_account_number=account.number,
            currency=request.amount.currency,
            amount_micros=request.amount.micros,
            iban=iban,
            holder=request.holder.strip(),
            reason=request.reason.strip()[:500],
            requested_by=actor.name,
        )
        row.save(force_insert=True)
        emit(
            RefundRequested(
                refund_id=row.id,
                number=row.number,
                customer_id=row.customer_id,
                billing_account_id=row.billing_account_id,
                currency=row.currency,
                micros=row.amount_micros,
            )
        )
        if needs_approval(PAY_BACK, actor, request.amount):
            made = propose(
                PAY_BACK,
                subject=row.number,
                changes=[
                    Change("state", "requested", "approved"),
                    Change("unused credit", *_credit_after(account.id, request.amount)),
                    Change("paid to", "", f"{iban[:2]} … {iban[-4:]}"),
                ],
                reason=row.reason,
                effect=-request.amount,
                payload={"refund": row.number},
                actor=actor,
                customer_id=row.customer_id,
            )
            row.proposal = made.number
            row.save(update_fields=["proposal"])
        else:
            approve_refund({"refund": row.number}, work)
            row.refresh_from_db()
        return _view(row)


def _checked(request: RefundRequest) -> str:
    if request.amount.micros <= 0 or request.amount.rounded() != request.amount:
        raise RefundInvalid(
            "a refund is a whole amount above zero", field="amount", value=str(request.amount), expected="such as 12.50"
        )
    if not request.reason.strip():
        raise RefundInvalid("a refund needs a reason", field="reason", expected="why the money goes back")
    if not request.holder.strip():
        raise RefundInvalid("a refund needs the account's holder", field="holder", expected="a name")
    try:
        return str(IBAN(request.iban))
    except SchwiftyException as error:
        raise RefundInvalid(
            "this is no IBAN", field="iban", value=f"…{request.iban[-4:]}", expected="such as NL91 ABNA 0417 1643 00"
        ) from error


def _require_covered(account_id: UUID, amount: Money) -> None:
    credit = credit_of(account_id, amount.currency)
    if credit < amount:
        raise RefundNotCovered(
            "only unused credit is paid back", field="amount", value=str(amount), expected=f"at most {credit}"
        )


def _credit_after(account_id: UUID, amount: Money) -> tuple[str, str]:
    credit = credit_of(account_id, amount.currency)
    return str(credit), str(credit - amount)


def approve_refund(payload: Mapping[str, Any], work: Work) -> str:
    """Take the money out of the account's credit, in the surrounding unit of work; approval is not asked any more.

    Raises RefundNotCovered when the credit was used since, RefundNotFound, IllegalTransition.
    """
    row = _locked(payload["refund"])
    amount = Money(row.amount_micros, row.currency)
    payments = Payment.objects.select_for_update().filter(
        billing_account_id=row.billing_account_id, currency=row.currency, left_micros__gt=0
    )
    found = list(payments.order_by("created_at", "number"))
    _require_covered(row.billing_account_id, amount)
    open_micros = row.amount_micros
    for payment in found:
        part = min(open_micros, payment.left_micros)
        if not part:
            break
        RefundShare(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            refund=row,
            payment=payment,
            currency=row.currency,
            micros=part,
        ).save(force_insert=True)
        payment.left_micros -= part
        if not payment.left_micros and payment.state == "captured":
            payment.state = PAYMENT.require(payment.state, "done")
        payment.changed_at = work.now
        payment.save(update_fields=["left_micros", "state", "changed_at"])
        open_micros -= part
    credit = f"credit/{row.billing_account_number}"
    post(Entry(f"refund:{row.number}", (Transfer(credit, OWED, row.amount_micros, row.currency),), note=row.number))
    _move(row, "approved", work)
    return f"{row.number}: {amount} waits to be paid"


def refuse_refund(number: str, outcome: str) -> None:
    """The proposal was refused, withdrawn or ran out, or could not be applied; in the surrounding unit of work."""
    row = _locked(number)
    if row.state == "requested":
        row.outcome = outcome[:500]
        _move(row, "refused", current_work(), "outcome")


def export_refunds(write: Callable[[RefundExport], UUID], *, actor: Actor) -> RefundExport:
    """Give every approved refund to the bank: ``write`` makes the file and returns its document. All or nothing.

    Raises NothingToExport.
    """
    with unit_of_work(actor, "refunds given to the bank") as work:
        rows = list(Refund.objects.select_for_update().filter(state="approved").order_by("number"))
        currency = rows[0].currency if rows else ""
        rows = [row for row in rows if row.currency == currency]
        if not rows:
            raise NothingToExport("no refund waits for the bank", field="refunds", expected="an approved refund")
        export = RefundExport(
            next_number(BATCHES),
            work.now,
            tuple(
                RefundOrder(row.number, Money(row.amount_micros, row.currency), row.iban, row.holder, row.number)
                for row in rows
            ),
            money_sum((Money(row.amount_micros, currency) for row in rows), currency),
        )
        batch = RefundBatch(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=export.number,
            document_id=write(export),
            count=len(rows),
            currency=currency,
            sum_micros=export.total.micros,
            made_by=actor.name,
        )
        batch.save(force_insert=True)
        for row in rows:
            row.batch = batch
            _move(row, "exported", work, "batch")
        return export


def record_paid(number: str, booked_on: date, *, actor: Actor, bank_ref: str = "") -> RefundView:
    """The bank has paid a refund; once. Raises RefundNotFound, IllegalTransition."""
    with unit_of_work(actor, f"{number} was paid") as work:
        row = _locked(number)
        if row.state == "paid":
            return _view(row)
        row.paid_on, row.bank_ref = booked_on, bank_ref[:140]
        _move(row, "paid", work, "paid_on", "bank_ref")
        # The bank's own booking moves it on from there to the bank's account.
        post(Entry(f"refund-paid:{row.number}", (Transfer(OWED, _OUTGOING, row.amount_micros, row.currency),)))
        return _view(row)


def record_returned(number: str, *, actor: Actor, reason: str) -> RefundView:
    """The bank could not pay a refund, or sent it back: it is the account's credit again. Raises RefundInvalid without
    a reason, RefundNotFound, IllegalTransition."""
    if not reason.strip():
        raise RefundInvalid("a return needs a reason", field="reason", expected="what the bank says")
    with unit_of_work(actor, reason) as work:
        row = _locked(number)
        source = _OUTGOING if row.state == "paid" else OWED
        row.outcome = reason.strip()[:500]
        _move(row, "returned", work, "outcome")
        record(
            Received(
                row.billing_account_id,
                Money(row.amount_micros, row.currency),
                "refundReturned",
                work.now.date(),
                source,
                row.number,
                f"return/{row.number}",
            )
        )
        return _view(row)


def paid_by(texts: Sequence[str]) -> str:
    """The number of the exported or approved refund that a bank's outgoing booking names; empty when none."""
    words = {word.strip(".,;:()").upper() for text in texts for word in text.split()}
    row = Refund.objects.filter(number__in=words, state__in=("exported", "approved")).order_by("number").first()
    return row.number if row else ""


def _move(row: Refund, state: str, work: Work, *fields: str) -> None:
    old, row.state, row.changed_at = row.state, REFUND.require(row.state, state), work.now
    row.save(update_fields=["state", "changed_at", *fields])
    work.touch(TO_PAY, str(row.id))
    emit(
        RefundMoved(
            refund_id=row.id,
            number=row.number,
            customer_id=row.customer_id,
            billing_account_id=row.billing_account_id,
            old=old,
            new=state,
            currency=row.currency,
            micros=row.amount_micros,
        )
    )


def _locked(number: str) -> Refund:
    current_work()
    row = Refund.objects.select_for_update(of=("self",)).select_related("batch").filter(number=number).first()
    if row is None:
        raise RefundNotFound("there is no such refund", field="refund", value=number)
    return row


def refund(number: str) -> RefundView:
    """One refund by its number. Raises RefundNotFound."""
    row = Refund.objects.select_related("batch").filter(number=number).first()
    if row is None:
        raise RefundNotFound("there is no such refund", field="refund", value=number)
    return _view(row)


def refund_by_id(refund_id: UUID) -> RefundView:
    """One refund by its id. Raises RefundNotFound."""
    row = Refund.objects.select_related("batch").filter(id=refund_id).first()
    if row is None:
        raise RefundNotFound("there is no such refund", field="id", value=str(refund_id))
    return _view(row)


def refunds_of_payment(payment_id: UUID) -> list[tuple[str, str, Money]]:
    """What goes, or went, back of a payment: the refund's number, its state and the part."""
    rows = RefundShare.objects.select_related("refund").filter(payment_id=payment_id).order_by("refund__number")
    return [(row.refund.number, row.refund.state, Money(row.micros, row.currency)) for row in rows]


def refunds(
    *,
    state: str = "",
    customer_id: UUID | None = None,
    billing_account_id: UUID | None = None,
    search: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[RefundView], int]:
    """A page of refunds, newest first, and how many match. ``search`` looks at number, account and proposal."""
    rows = Refund.objects.select_related("batch").prefetch_related("shares__payment").order_by("-created_at", "-id")
    if state:
        rows = rows.filter(state=state)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if billing_account_id is not None:
        rows = rows.filter(billing_account_id=billing_account_id)
    if search:
        rows = rows.filter(
            Q(number__icontains=search) | Q(billing_account_number__icontains=search) | Q(proposal__icontains=search)
        )
    return [_view(row) for row in rows[offset : offset + limit]], rows.count()


def _view(row: Refund) -> RefundView:
    return RefundView(
        id=row.id,
        number=row.number,
        state=row.state,
        customer_id=row.customer_id,
        billing_account_id=row.billing_account_id,
        billing_account_number=row.billing_account_number,
        amount=Money(row.amount_micros, row.currency),
        iban=row.iban,
        holder=row.holder,
        reason=row.reason,
        requested_by=row.requested_by,
        requested_at=row.created_at,
        changed_at=row.changed_at,
        proposal=row.proposal,
        batch=row.batch.number if row.batch else "",
        batch_document_id=row.batch.document_id if row.batch else None,
        paid_on=row.paid_on,
        bank_ref=row.bank_ref,
        outcome=row.outcome,
        shares=tuple(
            (share.payment_id, share.payment.number, Money(share.micros, share.currency))
            for share in sorted(row.shares.select_related("payment"), key=lambda s: s.payment.number)
        ),
    )
