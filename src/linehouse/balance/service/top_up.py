"""Topping up: money comes onto a line, once, with a bonus where the brand's rules give one; and is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from linehouse.balance import money_store, store
from linehouse.balance.errors import MoveUnknown, NoMainBalance, OnceDiffers, ReasonNeeded
from linehouse.balance.lifecycle import MONEY_MOVE
from linehouse.balance.money_events import ToppedUp, TopUpReversed
from linehouse.balance.money_models import TopUp
from linehouse.balance.money_rules import Bonus, Method
from linehouse.balance.service.grant import grant
from linehouse.balance.service.money import (
    Step,
    ask_sessions_again,
    line,
    lock_mains,
    money_rules,
    move,
    require_amount,
    today,
)
from linehouse.balance.values import BucketView, Grant, MovementKind, TaxedAt
from linehouse.inventory.values import ProductView
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry, Transfer
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work
from linehouse.rating.values import BucketKind
from linehouse.resource import service as resources

SERIES = default_series("top-up", "TU-{n:06d}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpRequest:
    """What is put on a line. ``once`` is the asker's key: the same again is the same top-up.

    ``source`` is the ledger account from which the money comes (empty: the till of the method, or of ``dealer``).
    ``valid_days``: the credit is a bucket of its own that ends then; None: as the brand's file says. ``giver_id`` is
    the customer who pays for it, where that is another. ``free`` passes the brand's bounds of amounts (a voucher's face
    value, money that is at the bank already).
    """

    line: str
    amount: Money
    method: Method
    once: str
    reference: str = ""
    channel: str = ""
    dealer: str = ""
    giver_id: UUID | None = None
    source: str = ""
    valid_days: int | None = None
    free: bool = False
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpView:
    """A top-up as it stands. ``again``: the asker's key was known, nothing moved now."""

    id: UUID
    number: str
    once: str
    state: str
    method: Method
    customer_id: UUID
    subscription_id: UUID
    subscription: str
    bucket_ref: str
    amount: Money
    bonus: Money
    bonus_key: str
    reference: str
    channel: str
    at: datetime
    valid_to: datetime | None
    taken_by: str
    source: str
    why_reversed: str
    again: bool = False


def top_up(request: TopUpRequest, *, actor: Actor) -> TopUpView:
    """Put money on a line's prepaid balance: bucket, movement, journal, event and a wish to ask running sessions again,
    in one commit.

    Raises NotFound for an unknown line, LineNotActive, NoMainBalance, AmountNotPossible, and OnceDiffers where the key
    was used for something else.
    """
    with unit_of_work(actor, f"top-up by {request.method.value}") as work:
        to = line(request.line)
        main = lock_mains(to)[to.number]
        if known := _known(request):
            return known
        rules = money_rules()
        bounds = (None, None) if request.free else (rules.minimum, rules.maximum)
        require_amount(request.amount, main.asset, *bounds)
        number = next_number(SERIES)
        days = request.valid_days if request.valid_days is not None else rules.credit_days
        bucket = main if days is None else _credit_of_its_own(main, to, number, work.now, days, actor)
        left = move([Step(bucket, MovementKind.TOP_UP, request.amount.micros, f"top-up:{number}")])[bucket.ref]
        source = request.source or _till(request)
        moved = Transfer(source, bucket.ledger_account, request.amount.micros, request.amount.currency)
        ledger.post(Entry(f"top-up:{number}", (moved,), note=request.reference[:140]))
        found = rules.best_bonus(request.amount, request.method, today())
        bonus = _give_bonus(found, main, to, number, work.now, actor) if found else None
        row = TopUp(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=number,
            once=request.once,
            method=request.method.value,
            customer_id=to.customer_id,
            subscription_id=to.id,
            subscription=to.number,
            bucket_ref=bucket.ref,
            currency=request.amount.currency,
            micros=request.amount.micros,
            source=source,
            reference=request.reference[:140],
            channel=request.channel[:40],
            giver_id=request.giver_id,
            bonus_key=found[0].key if found else "",
            bonus_ref=bonus.ref if bonus else "",
            bonus_micros=bonus.amount or 0 if bonus else 0,
            valid_to=bucket.valid.end,
            taken_by=actor.name[:200],
        )
        row.save(force_insert=True)
        emit(
            ToppedUp(
                top_up_id=row.id,
                number=number,
                customer_id=to.customer_id,
                subscription_id=to.id,
                subscription=to.number,
                method=row.method,
                currency=row.currency,
                micros=row.micros,
                left_micros=left,
                bonus=row.bonus_key,
                bonus_micros=row.bonus_micros,
                bonus_valid_to=bonus.valid.end if bonus else None,
                valid_to=row.valid_to,
                automatic=request.automatic,
            )
        )
        ask_sessions_again([to], "top-up")
        return _view(row)


def reverse_top_up(number: str, *, actor: Actor, reason: str) -> TopUpView:
    """Take a top-up back as a whole, with what is left of its bonus. The money goes back to where it came from; a
    voucher is a sold one again, which its holder may put on another line.

    Raises MoveUnknown, ReasonNeeded, IllegalTransition when it was taken back before, TooLittleLeft when the balance
    does not hold it any more: it never goes below zero for that.
    """
    require_reason(reason)
    with unit_of_work(actor, reason) as work:
        row = TopUp.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise MoveUnknown("there is no such top-up", field="number", value=number)
        state = MONEY_MOVE.require(row.state, "reversed")
        held = money_store.lock([ref for ref in (row.bucket_ref, row.bonus_ref) if ref])
        cause = f"top-up-back:{row.number}"
        bucket = held[row.bucket_ref]
        if bucket.closed_at is not None:
            raise NoMainBalance(
                "the credit has expired", field="number", value=number, expected="credit that is still there"
            )
        steps = [Step(bucket, MovementKind.TAKE_BACK, row.micros, cause)]
        transfers = [Transfer(bucket.ledger_account, row.source, row.micros, row.currency)]
        bonus = held.get(row.bonus_ref)
        back = 0 if bonus is None else min(max(0, bonus.left or 0), row.bonus_micros)
        if bonus is not None and back:
            steps.append(Step(bonus, MovementKind.TAKE_BACK, back, cause))
            transfers.append(Transfer(bonus.ledger_account, f"granted/{bonus.source}", back, row.currency))
        left = move(steps)[bucket.ref]
        ledger.post(Entry(cause, tuple(transfers), note=reason[:140]))
        if row.method == Method.VOUCHER:
            resources.unuse_voucher(row.reference)
        row.state, row.why_reversed, row.bonus_back_micros = state, reason.strip()[:500], back
        row.changed_at = work.now
        row.save(update_fields=["state", "why_reversed", "bonus_back_micros", "changed_at"])
        emit(
            TopUpReversed(
                top_up_id=row.id,
                number=row.number,
                customer_id=row.customer_id,
                subscription_id=row.subscription_id,
                subscription=row.subscription,
                currency=row.currency,
                micros=row.micros,
                bonus_micros=back,
                left_micros=left,
            )
        )
        ask_sessions_again([line(row.subscription, active=False)], "top-up taken back")
        return _view(row)


def require_reason(reason: str) -> None:
    """Raises ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded("money moves back with a reason", field="reason", expected="why it is taken back")


def _known(request: TopUpRequest) -> TopUpView | None:
    row = TopUp.objects.filter(once=request.once).first()
    if row is None:
        return None
    same = (row.subscription, row.micros, row.currency, row.method)
    if same != (request.line, request.amount.micros, request.amount.currency, request.method.value):
        raise OnceDiffers(
            f"the key was used for {row.number}", field="once", value=request.once, expected="a key of its own"
        )
    return _view(row, again=True)


def _till(request: TopUpRequest) -> str:
    return f"till/dealer-{request.dealer}" if request.dealer else f"till/{request.method.value}"


def _credit_of_its_own(
    main: BucketView, to: ProductView, number: str, now: datetime, days: int, actor: Actor
) -> BucketView:
    """A money bucket that ends, empty until the movement of the top-up."""
    ref = f"{to.number}/credit/{number}"
    made = Grant(
        ref=ref,
        owner=main.owner,
        product_id=to.id,
        kind=BucketKind.MAIN,
        asset=main.asset,
        amount=0,
        valid=Period(now, now + timedelta(days=days)),
        source=main.source,
        catalog_version=main.catalog_version,
        texts={"en": "Prepaid credit", "nl": "Prepaidtegoed"},
        priority=main.priority,
        taxed_at=TaxedAt.USE,
    )
    grant([made], actor=actor, reason="top-up")
    return store.buckets("ref = %s", [ref], lock=True)[0]


def _give_bonus(
    found: tuple[Bonus, Money], main: BucketView, to: ProductView, number: str, now: datetime, actor: Actor
) -> Grant:
    """Promotional money: nobody paid for it, so its use is neither revenue nor taxed."""
    bonus, amount = found
    made = Grant(
        ref=f"{to.number}/bonus/{number}",
        owner=main.owner,
        product_id=to.id,
        kind=BucketKind.PROMOTIONAL,
        asset=main.asset,
        amount=amount.micros,
        valid=Period(now, now + timedelta(days=bonus.valid_days)),
        source=f"bonus/{bonus.key}",
        catalog_version=main.catalog_version,
        texts=bonus.texts,
        taxed_at=TaxedAt.SALE,
    )
    grant([made], actor=actor, reason=f"bonus {bonus.key}")
    return made


def _view(row: TopUp, *, again: bool = False) -> TopUpView:
    return TopUpView(
        id=row.id,
        number=row.number,
        once=row.once,
        state=row.state,
        method=Method(row.method),
        customer_id=row.customer_id,
        subscription_id=row.subscription_id,
        subscription=row.subscription,
        bucket_ref=row.bucket_ref,
        amount=Money(row.micros, row.currency),
        bonus=Money(row.bonus_micros, row.currency),
        bonus_key=row.bonus_key,
        reference=row.reference,
        channel=row.channel,
        at=row.created_at,
        valid_to=row.valid_to,
        taken_by=row.taken_by,
        source=row.source,
        why_reversed=row.why_reversed,
        again=again,
    )


def find_top_up(number: str) -> TopUpView:
    """One top-up by its number. Raises MoveUnknown."""
    row = TopUp.objects.filter(number=number).first()
    if row is None:
        raise MoveUnknown("there is no such top-up", field="number", value=number)
    return _view(row)


def top_up_of(once: str) -> TopUpView | None:
    """The top-up of an asker's key, if there is one."""
    row = TopUp.objects.filter(once=once).first()
    return _view(row) if row is not None else None


def top_ups(
    *, subscription_id: UUID | None = None, search: str = "", state: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[TopUpView], int]:
    """A page of top-ups, newest first, and how many match."""
    rows = TopUp.objects.order_by("-created_at", "-id")
    if subscription_id is not None:
        rows = rows.filter(subscription_id=subscription_id)
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(
            Q(number__icontains=search) | Q(subscription__icontains=search) | Q(reference__icontains=search)
        )
    return [_view(row) for row in rows[offset : offset + limit]], rows.count()


__all__ = [
    "TopUpRequest",
    "TopUpView",
    "find_top_up",
    "reverse_top_up",
    "top_up",
    "top_up_of",
    "top_ups",
]
