"""Adjustments by hand, within the limit of the role or with somebody else's approval; and overdrafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from linehouse.balance import money_store
from linehouse.balance.errors import (
    AmountNotPossible,
    BucketUnknown,
    MoveUnknown,
    OnceDiffers,
    ReasonNeeded,
    TooLittleLeft,
)
from linehouse.balance.lifecycle import MONEY_MOVE
from linehouse.balance.money_events import BalanceAdjusted, OverdraftChanged
from linehouse.balance.money_models import Adjustment, Overdraft
from linehouse.balance.money_rules import Reason
from linehouse.balance.service.look import bucket as bucket_by_ref
from linehouse.balance.service.money import (
    Step,
    ask_sessions_again,
    line,
    lock_mains,
    money_rules,
    move,
    require_amount,
)
from linehouse.balance.service.top_up import require_reason
from linehouse.balance.values import BucketView, MovementKind
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry, Transfer
from linehouse.platform.approval.service import needs_approval, propose
from linehouse.platform.approval.values import Change, Proposal
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, current_work, unit_of_work
from linehouse.rating.values import BucketKind

SERIES = default_series("adjustment", "AJ-{n:06d}")
ADJUST = "balance.adjust"
OVERDRAFT = "balance.overdraft"
"""The kinds of proposals for adjusting a bucket and for changing an overdraft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustRequest:
    """What is changed by hand: ``amount`` above zero is given, below zero taken, in micro-units of money or base units
    of an allowance. ``once`` is the asker's key."""

    bucket_ref: str
    amount: int
    reason_code: str
    note: str
    once: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentView:
    """An adjustment as it stands."""

    id: UUID
    number: str
    state: str
    customer_id: UUID
    subscription_id: UUID
    subscription: str
    bucket_ref: str
    asset: str
    amount: int
    reason_code: str
    note: str
    given_by: str
    at: datetime
    why_reversed: str

    @property
    def human(self) -> str:
        """The change for people, with its sign."""
        sign = "+" if self.amount > 0 else "-"
        amount = abs(self.amount)
        text = Quantity(amount, Unit(self.asset)).human() if self.asset in set(Unit) else str(Money(amount, self.asset))
        return f"{sign}{text}"


@dataclass(frozen=True, slots=True)
class AdjustOutcome:
    """What asking came to: the adjustment, or the proposal that another must approve first."""

    adjustment: AdjustmentView | None = None
    proposal: Proposal | None = None


def adjust(request: AdjustRequest, *, actor: Actor) -> AdjustOutcome:
    """Change a bucket by hand; what lies beyond the actor's limit, and every change of units by somebody with a limit,
    is put before somebody else.

    Raises BucketUnknown, ReasonNeeded for a reason that is not on the list, or not in this direction, or no note;
    AmountNotPossible for nothing, an unlimited or ended bucket; TooLittleLeft below the floor; OnceDiffers.
    """
    with unit_of_work(actor, request.note) as work:
        if known := _known(request):
            return AdjustOutcome(adjustment=known)
        reason = _require_reason(request)
        bucket = bucket_by_ref(request.bucket_ref)
        _require_possible(bucket, request.amount)
        effect = Money(request.amount, bucket.asset) if bucket.is_money else None
        if not needs_approval(ADJUST, actor, effect):
            return AdjustOutcome(adjustment=_book(request, reason, work))
        human = bucket.human(request.amount)
        proposal = propose(
            ADJUST,
            subject=f"{human} on {bucket.ref}",
            changes=[
                Change(bucket.ref, bucket.human(bucket.left), bucket.human((bucket.left or 0) + request.amount)),
                Change("reason", "", reason.code),
            ],
            reason=request.note,
            effect=effect,
            payload={
                "bucket": request.bucket_ref,
                "amount": request.amount,
                "reason": request.reason_code,
                "note": request.note,
                "once": request.once,
            },
            actor=actor,
            customer_id=bucket.owner.customer_id,
        )
        return AdjustOutcome(proposal=proposal)


def apply_adjustment(payload: Mapping[str, Any], work: Work) -> str:
    """Do what was approved, in the surrounding unit of work."""
    request = AdjustRequest(
        bucket_ref=payload["bucket"],
        amount=int(payload["amount"]),
        reason_code=payload["reason"],
        note=payload["note"],
        once=payload["once"],
    )
    if known := _known(request):
        return f"{known.number} was done before"
    return f"{_book(request, _require_reason(request), work).number} is done"


def _book(request: AdjustRequest, reason: Reason, work: Work) -> AdjustmentView:
    bucket = money_store.lock([request.bucket_ref])[request.bucket_ref]
    _require_possible(bucket, request.amount)
    number = next_number(SERIES)
    cause = f"adjust:{number}"
    kind = MovementKind.ADJUST_UP if request.amount > 0 else MovementKind.ADJUST_DOWN
    left = move([Step(bucket, kind, abs(request.amount), cause)])[bucket.ref]
    ledger.post(Entry(cause, (_booked(bucket, reason, request.amount),), note=request.note[:140]))
    row = Adjustment(
        id=new_id(),
        created_at=work.now,
        changed_at=work.now,
        number=number,
        once=request.once,
        customer_id=bucket.owner.customer_id,
        subscription_id=bucket.owner.subscription_id,
        subscription=bucket.owner.subscription,
        bucket_ref=bucket.ref,
        asset=bucket.asset,
        amount=request.amount,
        reason_code=reason.code,
        note=request.note.strip()[:500],
        given_by=work.actor.name[:200],
    )
    row.save(force_insert=True)
    _tell(row, left)
    return _view(row)


def _tell(row: Adjustment, left: int, sign: int = 1) -> None:
    emit(
        BalanceAdjusted(
            adjustment_id=row.id,
            number=row.number,
            customer_id=row.customer_id,
            subscription_id=row.subscription_id,
            subscription=row.subscription,
            ref=row.bucket_ref,
            asset=row.asset,
            amount=sign * row.amount,
            left=left,
            reason=row.reason_code,
        )
    )
    ask_sessions_again([line(row.subscription, active=False)], "adjusted")


def _booked(bucket: BucketView, reason: Reason, amount: int) -> Transfer:
    """Money is borne by the reason's revenue account; what nobody paid for, and units, by what is given of its kind."""
    bought = bucket.kind is BucketKind.MAIN and bucket.is_money
    other = f"revenue/{reason.gl}" if bought else f"granted/{bucket.source}"
    pair = (other, bucket.ledger_account) if amount > 0 else (bucket.ledger_account, other)
    return Transfer(*pair, abs(amount), bucket.asset)


def _require_possible(bucket: BucketView, amount: int) -> None:
    if not amount:
        raise AmountNotPossible("nothing changes", field="amount", value=amount, expected="above or below zero")
    if bucket.unlimited or bucket.closed_at is not None:
        raise AmountNotPossible(
            "the bucket is unlimited or over", field="bucket", value=bucket.ref, expected="a bucket that can be changed"
        )
    if amount < 0 and (bucket.left or 0) < -amount:
        raise TooLittleLeft(
            f"{bucket.ref} holds {bucket.human(max(0, bucket.left or 0))}",
            field="amount",
            value=bucket.human(-amount),
            expected=f"at most {bucket.human(max(0, bucket.left or 0))}",
        )


def _require_reason(request: AdjustRequest) -> Reason:
    reasons = money_rules().reasons
    reason = reasons.get(request.reason_code)
    if reason is None or not (reason.up if request.amount > 0 else reason.down):
        way = "up" if request.amount > 0 else "down"
        fitting = ", ".join(code for code, row in reasons.items() if getattr(row, way))
        raise ReasonNeeded(
            f"not a reason to adjust {way}", field="reason", value=request.reason_code, expected=f"one of {fitting}"
        )
    if not request.note.strip():
        raise ReasonNeeded("an adjustment needs a note", field="note", expected="what happened")
    return reason


def reverse_adjustment(number: str, *, actor: Actor, reason: str) -> AdjustmentView:
    """Take an adjustment back as a whole. Raises MoveUnknown, ReasonNeeded, IllegalTransition, TooLittleLeft."""
    require_reason(reason)
    with unit_of_work(actor, reason) as work:
        row = Adjustment.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise MoveUnknown("there is no such adjustment", field="number", value=number)
        row.state = MONEY_MOVE.require(row.state, "reversed")
        bucket = money_store.lock([row.bucket_ref])[row.bucket_ref]
        _require_possible(bucket, -row.amount)
        kind = MovementKind.TAKE_BACK if row.amount > 0 else MovementKind.GIVE_BACK
        cause = f"adjust-back:{row.number}"
        left = move([Step(bucket, kind, abs(row.amount), cause)])[bucket.ref]
        before = ledger.entry(f"adjust:{row.number}")
        ledger.post(Entry(cause, tuple(Transfer(t.credit, t.debit, t.amount, t.asset) for t in before)))
        row.why_reversed, row.changed_at = reason.strip()[:500], work.now
        row.save(update_fields=["state", "why_reversed", "changed_at"])
        _tell(row, left, -1)
        return _view(row)


def set_overdraft(number: str, amount: Money, *, overdraw: bool = False, actor: Actor, reason: str) -> Money | Proposal:
    """How far below zero a prepaid line's main balance may go, as a number: zero is plain prepaid. ``overdraw``: usage
    that has happened is debited below that, too, instead of staying uncollected (``overdraw: settled-usage``).

    Returns the amount, or the proposal where it lies beyond the actor's limit. Raises ReasonNeeded, NoMainBalance,
    AmountNotPossible for another currency, TooLittleLeft while more is overdrawn than the new number allows.
    """
    require_reason(reason)
    with unit_of_work(actor, reason):
        to = line(number, active=False)
        bucket = lock_mains(to)[to.number]
        if amount.micros:
            require_amount(amount, bucket.asset)
        if needs_approval(OVERDRAFT, actor, amount):
            before = str(Money(bucket.overdraft, bucket.asset))
            return propose(
                OVERDRAFT,
                subject=f"overdraft of {to.number}",
                changes=[Change("overdraft", before, str(amount))],
                reason=reason,
                effect=amount,
                payload={"line": number, "micros": amount.micros, "overdraw": overdraw, "reason": reason},
                actor=actor,
                customer_id=to.customer_id,
            )
        _put_overdraft(bucket, amount.micros, overdraw, reason)
        return amount


def apply_overdraft(payload: Mapping[str, Any]) -> str:
    """Do what was approved, in the surrounding unit of work."""
    to = line(payload["line"], active=False)
    bucket = lock_mains(to)[to.number]
    _put_overdraft(bucket, int(payload["micros"]), bool(payload["overdraw"]), payload["reason"])
    return f"{to.number} may go {Money(int(payload['micros']), bucket.asset)} below zero"


def _put_overdraft(bucket: BucketView, micros: int, overdraw: bool, reason: str) -> None:
    work, owner = current_work(), bucket.owner
    if not overdraw and (bucket.left or 0) < -micros:
        raise TooLittleLeft(
            f"{bucket.ref} is at {bucket.human(bucket.left)}",
            field="overdraft",
            value=str(Money(micros, bucket.asset)),
            expected="at least what is overdrawn",
        )
    try:
        money_store.put_overdraft(bucket.id, micros, overdraw)
    except IntegrityError as error:
        raise BucketUnknown("only a main balance goes below zero", field="bucket", value=bucket.ref) from error
    Overdraft.objects.update_or_create(
        subscription_id=owner.subscription_id,
        defaults={
            "micros": micros,
            "overdraw": overdraw,
            "reason": reason.strip()[:500],
            "changed_at": work.now,
        },
        create_defaults={
            "id": new_id(),
            "created_at": work.now,
            "changed_at": work.now,
            "subscription": owner.subscription,
            "customer_id": owner.customer_id,
            "currency": bucket.asset,
            "micros": micros,
            "overdraw": overdraw,
            "reason": reason.strip()[:500],
        },
    )
    emit(
        OverdraftChanged(
            customer_id=owner.customer_id,
            subscription_id=owner.subscription_id,
            subscription=owner.subscription,
            currency=bucket.asset,
            micros=micros,
            overdraw=overdraw,
        )
    )
    ask_sessions_again([line(owner.subscription, active=False)], "overdraft changed")


def _known(request: AdjustRequest) -> AdjustmentView | None:
    row = Adjustment.objects.filter(once=request.once).first()
    if row is None:
        return None
    if (row.bucket_ref, row.amount) != (request.bucket_ref, request.amount):
        raise OnceDiffers(
            f"the key was used for {row.number}", field="once", value=request.once, expected="a key of its own"
        )
    return _view(row)


def _view(row: Adjustment) -> AdjustmentView:
    return AdjustmentView(
        id=row.id,
        number=row.number,
        state=row.state,
        customer_id=row.customer_id,
        subscription_id=row.subscription_id,
        subscription=row.subscription,
        bucket_ref=row.bucket_ref,
        asset=row.asset,
        amount=row.amount,
        reason_code=row.reason_code,
        note=row.note,
        given_by=row.given_by,
        at=row.created_at,
        why_reversed=row.why_reversed,
    )


def find_adjustment(number: str) -> AdjustmentView:
    """One adjustment by its number. Raises MoveUnknown."""
    row = Adjustment.objects.filter(number=number).first()
    if row is None:
        raise MoveUnknown("there is no such adjustment", field="number", value=number)
    return _view(row)


def adjustments(
    *, subscription_id: UUID | None = None, offset: int = 0, limit: int = 50
) -> tuple[Sequence[AdjustmentView], int]:
    """A page of adjustments, newest first, and how many there are."""
    rows = Adjustment.objects.order_by("-created_at", "-id")
    if subscription_id is not None:
        rows = rows.filter(subscription_id=subscription_id)
    return [_view(row) for row in rows[offset : offset + limit]], rows.count()
