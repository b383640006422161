"""Transfers: one line gives bought credit to another, within the brand's limits, in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from linehouse.balance.errors import (
    AmountNotPossible,
    MoveUnknown,
    OnceDiffers,
    TooLittleLeft,
    TransferLimit,
    TransfersNotOffered,
)
from linehouse.balance.lifecycle import MONEY_MOVE
from linehouse.balance.money_events import MoneyReceived, MoneyTransferred, TransferReversed
from linehouse.balance.money_models import MoneyTransfer
from linehouse.balance.money_rules import TransferRules
from linehouse.balance.ports import tax_rate
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
from linehouse.balance.service.top_up import require_reason
from linehouse.balance.values import BucketView, MovementKind
from linehouse.catalog import service as catalog
from linehouse.inventory.values import ProductView
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.rounding import Rounding
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry, Transfer
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work

SERIES = default_series("transfer", "TR-{n:06d}")
CLEARING = "clearing/transfer"
FEES = "revenue/transfer-fee"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequest:
    """What one line gives to another. ``once`` is the asker's key: the same again is the same transfer."""

    giver: str
    receiver: str
    amount: Money
    once: str
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferView:
    """A transfer as it stands. ``again``: the asker's key was known, nothing moved now."""

    id: UUID
    number: str
    state: str
    customer_id: UUID
    giver_id: UUID
    giver: str
    receiver_customer_id: UUID
    receiver_id: UUID
    receiver: str
    amount: Money
    fee: Money
    channel: str
    at: datetime
    asked_by: str
    why_reversed: str
    again: bool = False


def transfer(request: TransferRequest, *, actor: Actor) -> TransferView:
    """Move bought credit from one line to another, and take the fee, in one commit.

    Promotional money is never given away. Raises NotFound, LineNotActive for either line, NoMainBalance,
    TransfersNotOffered, AmountNotPossible, TransferLimit, TooLittleLeft, and OnceDiffers where the key was used for
    something else.
    """
    with unit_of_work(actor, "transfer") as work:
        giver, receiver = line(request.giver), line(request.receiver)
        if giver.id == receiver.id:
            raise AmountNotPossible(
                "a line gives nothing to itself", field="receiver", value=receiver.number, expected="another line"
            )
        mains = lock_mains(giver, receiver)
        if known := _known(request):
            return known
        rules = money_rules().transfer
        if rules is None:
            raise TransfersNotOffered(
                "this brand offers no transfers", field="transfer", expected="a section transfer in money.yaml"
            )
        _require_allowed(request, rules, giver, mains)
        number, fee = next_number(SERIES), rules.fee
        source, target = mains[giver.number], mains[receiver.number]
        if (source.left or 0) < request.amount.micros + fee.micros:
            holds = Money(max(0, (source.left or 0) - fee.micros), source.asset)
            raise TooLittleLeft(
                f"the fee of {fee} is taken besides",
                field="amount",
                value=str(request.amount),
                expected=f"up to {holds}",
            )
        out, into = f"transfer:{number}/out", f"transfer:{number}/in"
        steps = [
            Step(source, MovementKind.TRANSFER_OUT, request.amount.micros, out),
            Step(target, MovementKind.TRANSFER_IN, request.amount.micros, into),
        ]
        if fee:
            steps.append(Step(source, MovementKind.USE, fee.micros, f"transfer:{number}/fee"))
        left = move(steps)
        ledger.post_all(
            [
                Entry(out, (Transfer(source.ledger_account, CLEARING, request.amount.micros, source.asset),)),
                Entry(into, (Transfer(CLEARING, target.ledger_account, request.amount.micros, source.asset),)),
            ]
        )
        net, code = _book_fee(number, source, fee)
        row = MoneyTransfer(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=number,
            once=request.once,
            customer_id=giver.customer_id,
            from_subscription_id=giver.id,
            from_subscription=giver.number,
            to_customer_id=receiver.customer_id,
            to_subscription_id=receiver.id,
            to_subscription=receiver.number,
            currency=source.asset,
            micros=request.amount.micros,
            fee_micros=fee.micros,
            fee_net_micros=net,
            tax_code=code,
            day=today(),
            channel=request.channel[:40],
            asked_by=actor.name[:200],
        )
        row.save(force_insert=True)
        _tell(row, left[source.ref], left[target.ref])
        ask_sessions_again([giver, receiver], "transfer")
        return _view(row)


def _tell(row: MoneyTransfer, from_left: int, to_left: int) -> None:
    emit(
        MoneyTransferred(
            transfer_id=row.id,
            number=row.number,
            customer_id=row.customer_id,
            from_subscription_id=row.from_subscription_id,
            from_subscription=row.from_subscription,
            to_customer_id=row.to_customer_id,
            to_subscription_id=row.to_subscription_id,
            to_subscription=row.to_subscription,
            currency=row.currency,
            micros=row.micros,
            fee_micros=row.fee_micros,
            from_left_micros=from_left,
            to_left_micros=to_left,
        )
    )
    emit(
        MoneyReceived(
            transfer_id=row.id,
            number=row.number,
            customer_id=row.to_customer_id,
            to_subscription_id=row.to_subscription_id,
            to_subscription=row.to_subscription,
            currency=row.currency,
            micros=row.micros,
            left_micros=to_left,
        )
    )


def _require_allowed(
    request: TransferRequest, rules: TransferRules, giver: ProductView, mains: dict[str, BucketView]
) -> None:
    currencies = {bucket.asset for bucket in mains.values()}
    if len(currencies) > 1:
        raise AmountNotPossible(
            "the two balances are in different currencies",
            field="receiver",
            value=", ".join(sorted(currencies)),
            expected="one currency",
        )
    require_amount(request.amount, currencies.pop(), rules.minimum, rules.maximum)
    sent = MoneyTransfer.objects.filter(from_subscription_id=giver.id, day=today(), state="booked")
    if sent.count() >= rules.times_a_day:
        raise TransferLimit(
            "the line has given as often as it may today",
            field="transfers",
            value=rules.times_a_day,
            expected=f"at most {rules.times_a_day} a day",
        )
    total = sent.aggregate(total=Sum("micros"))["total"] or 0
    rest = Money(max(0, rules.per_day.micros - total), rules.per_day.currency)
    if rest < request.amount:
        raise TransferLimit(
            f"at most {rules.per_day} a day may be given",
            field="amount",
            value=str(request.amount),
            expected=f"at most {rest} today",
        )


def _book_fee(number: str, source: BucketView, fee: Money) -> tuple[int, str]:
    """The fee is paid out of credit that is taxed when it is used. Returns its net part and the tax's code."""
    if not fee:
        return 0, ""
    rate = tax_rate(catalog.published().brand.tax_country, "standard", today())
    net = fee.times(1 / (1 + rate.fraction), Rounding.HALF_UP)
    transfers = [Transfer(source.ledger_account, FEES, net.micros, fee.currency)]
    if tax := fee.micros - net.micros:
        transfers.append(Transfer(source.ledger_account, f"tax/{rate.code}", tax, fee.currency))
    ledger.post(Entry(f"transfer:{number}/fee", tuple(transfers)))
    return net.micros, rate.code


def reverse_transfer(number: str, *, actor: Actor, reason: str) -> TransferView:
    """Take a transfer back as a whole, with its fee, by care: the receiver must still hold it.

    Raises MoveUnknown, ReasonNeeded, IllegalTransition, NoMainBalance, TooLittleLeft.
    """
    require_reason(reason)
    with unit_of_work(actor, reason) as work:
        row = MoneyTransfer.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise MoveUnknown("there is no such transfer", field="number", value=number)
        state = MONEY_MOVE.require(row.state, "reversed")
        giver, receiver = line(row.from_subscription, active=False), line(row.to_subscription, active=False)
        mains = lock_mains(giver, receiver)
        source, target = mains[receiver.number], mains[giver.number]
        cause = f"transfer:{row.number}"
        steps = [
            Step(source, MovementKind.TAKE_BACK, row.micros, f"{cause}/back-out"),
            Step(target, MovementKind.GIVE_BACK, row.micros, f"{cause}/back-in"),
        ]
        entries = [
            Entry(f"{cause}/back-out", (Transfer(source.ledger_account, CLEARING, row.micros, row.currency),)),
            Entry(f"{cause}/back-in", (Transfer(CLEARING, target.ledger_account, row.micros, row.currency),)),
        ]
        if row.fee_micros:
            steps.append(Step(target, MovementKind.REFUND, row.fee_micros, f"{cause}/back-fee"))
            back = [Transfer(FEES, target.ledger_account, row.fee_net_micros, row.currency)]
            if tax := row.fee_micros - row.fee_net_micros:
                back.append(Transfer(f"tax/{row.tax_code}", target.ledger_account, tax, row.currency))
            entries.append(Entry(f"{cause}/back-fee", tuple(back)))
        move(steps)
        ledger.post_all(entries)
        row.state, row.why_reversed, row.changed_at = state, reason.strip()[:500], work.now
        row.save(update_fields=["state", "why_reversed", "changed_at"])
        emit(
            TransferReversed(
                transfer_id=row.id,
                number=row.number,
                customer_id=row.customer_id,
                from_subscription_id=row.from_subscription_id,
                from_subscription=row.from_subscription,
                to_subscription_id=row.to_subscription_id,
                to_subscription=row.to_subscription,
                currency=row.currency,
                micros=row.micros,
                fee_micros=row.fee_micros,
            )
        )
        ask_sessions_again([giver, receiver], "transfer taken back")
        return _view(row)


def _known(request: TransferRequest) -> TransferView | None:
    row = MoneyTransfer.objects.filter(once=request.once).first()
    if row is None:
        return None
    same = (row.from_subscription, row.to_subscription, row.micros, row.currency)
    if same != (request.giver, request.receiver, request.amount.micros, request.amount.currency):
        raise OnceDiffers(
            f"the key was used for {row.number}", field="once", value=request.once, expected="a key of its own"
        )
    return _view(row, again=True)


def _view(row: MoneyTransfer, *, again: bool = False) -> TransferView:
    return TransferView(
        id=row.id,
        number=row.number,
        state=row.state,
        customer_id=row.customer_id,
        giver_id=row.from_subscription_id,
        giver=row.from_subscription,
        receiver_customer_id=row.to_customer_id,
        receiver_id=row.to_subscription_id,
        receiver=row.to_subscription,
        amount=Money(row.micros, row.currency),
        fee=Money(row.fee_micros, row.currency),
        channel=row.channel,
        at=row.created_at,
        asked_by=row.asked_by,
        why_reversed=row.why_reversed,
        again=again,
    )


def find_transfer(number: str) -> TransferView:
    """One transfer by its number. Raises MoveUnknown."""
    row = MoneyTransfer.objects.filter(number=number).first()
    if row is None:
        raise MoveUnknown("there is no such transfer", field="number", value=number)
    return _view(row)


def transfers(
    *, subscription_id: UUID | None = None, offset: int = 0, limit: int = 50
) -> tuple[Sequence[TransferView], int]:
    """A page of transfers from and to a line (or of all), newest first, and how many there are."""
    rows = MoneyTransfer.objects.order_by("-created_at", "-id")
    if subscription_id is not None:
        rows = rows.filter(Q(from_subscription_id=subscription_id) | Q(to_subscription_id=subscription_id))
    return [_view(row) for row in rows[offset : offset + limit]], rows.count()
