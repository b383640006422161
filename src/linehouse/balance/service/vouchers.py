"""What vouchers are worth: sold they are a liability, redeemed they are a top-up, over they are breakage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linehouse.balance.errors import AmountNotPossible, MoveUnknown, OnceDiffers
from linehouse.balance.money_events import VoucherExpiry, VoucherRefunded, VouchersSold
from linehouse.balance.money_models import VoucherSale
from linehouse.balance.money_rules import Method
from linehouse.balance.service.money import line, money_rules
from linehouse.balance.service.top_up import TopUpRequest, TopUpView, require_reason, top_up, top_up_of
from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry, Transfer
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.resource import service as resources
from linehouse.resource.errors import VoucherUnknown
from linehouse.resource.vouchers import Guessing, VoucherView

SERIES = default_series("voucher-sale", "VS-{n:06d}")
MARGIN = "cost/voucher-margin"
"""What a dealer pays less than the vouchers are worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleRequest:
    """Vouchers that somebody buys, from one serial to another. ``price`` is for each; ``dealer`` empty: over the
    counter. ``once`` is the asker's key."""

    batch: str
    first: str
    last: str
    price: Money
    once: str
    dealer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleView:
    """A sale of vouchers."""

    number: str
    batch: str
    first: str
    last: str
    count: int
    face: Money
    price: Money
    dealer: str
    sold_by: str
    at: datetime

    @property
    def paid(self) -> Money:
        """What was paid for all."""
        return self.price * self.count

    @property
    def worth(self) -> Money:
        """What they put on lines."""
        return self.face * self.count


def sell_vouchers(request: SaleRequest, *, actor: Actor) -> SaleView:
    """Sell activated vouchers: what they are worth is owed to their holders from now on. No tax yet: they can be used
    at several rates (multi-purpose, Directive 2006/112/EC Art. 30b).

    Raises BatchUnknown, BatchNotReady, VoucherNotPossible, AmountNotPossible for a price above the value, OnceDiffers.
    """
    with unit_of_work(actor, "vouchers sold") as work:
        known = VoucherSale.objects.filter(once=request.once).first()
        if known is not None:
            if (known.batch, known.first, known.last) != (request.batch, request.first, request.last or request.first):
                raise OnceDiffers(
                    f"the key was used for {known.number}",
                    field="once",
                    value=request.once,
                    expected="a key of its own",
                )
            return _sale(known)
        number = next_number(SERIES)
        last = request.last or request.first
        batch, count = resources.sell_range(request.batch, request.first, last, number)
        face, price = batch.face, request.price
        if price.currency != face.currency or price.micros < 0 or face < price:
            raise AmountNotPossible(
                "the price does not fit the value", field="price", value=str(price), expected=f"0 to {face}"
            )
        row = VoucherSale(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=number,
            once=request.once,
            batch=batch.number,
            first=request.first,
            last=last,
            count=count,
            currency=face.currency,
            face_micros=face.micros,
            price_micros=price.micros,
            dealer=request.dealer[:40],
            sold_by=actor.name[:200],
        )
        row.save(force_insert=True)
        owed = f"voucher/{batch.number}"
        transfers = []
        if price:
            transfers.append(Transfer(_till(request.dealer), owed, price.micros * count, face.currency))
        if face.micros > price.micros:
            transfers.append(Transfer(MARGIN, owed, (face.micros - price.micros) * count, face.currency))
        ledger.post(Entry(f"voucher-sale:{number}", tuple(transfers)))
        emit(
            VouchersSold(
                sale_id=row.id,
                number=number,
                batch=batch.number,
                count=count,
                currency=face.currency,
                face_micros=face.micros,
                price_micros=price.micros,
                dealer=row.dealer,
            )
        )
        return _sale(row)


def redeem(pin: str, number: str, *, channel: str, once: str = "", actor: Actor) -> TopUpView:
    """Put a voucher on a line, once, however many ask at the same time. ``channel`` names the door (a shop, a program),
    ``once`` the asker's key.

    A wrong PIN counts against the line and the channel, which are locked after too many: call this outside of another
    unit of work, or the count goes with its transaction. Raises PinsLocked, VoucherUnknown, VoucherUsed,
    VoucherStopped, and what ``top_up`` raises.
    """
    refusal: DomainError | None = None
    with unit_of_work(actor, "voucher redeemed"):
        if once and (known := top_up_of(once)) is not None:
            if known.subscription != number or known.method is not Method.VOUCHER:
                raise OnceDiffers(
                    f"the key was used for {known.number}", field="once", value=once, expected="a key of its own"
                )
            return known
        to = line(number)
        resources.require_unlocked(to.number, channel)
        try:
            found = resources.hold_by_pin(pin)
        except VoucherUnknown as wrong:
            rules = money_rules().pins
            resources.count_wrong(
                to.number, channel, Guessing(rules.wrong, rules.within, rules.locked), rules.wrong_of_channel
            )
            refusal = wrong
        else:
            return _redeemed(found, number, channel, once, actor)
    raise refusal


def _redeemed(found: VoucherView, number: str, channel: str, once: str, actor: Actor) -> TopUpView:
    made = top_up(
        TopUpRequest(
            line=number,
            amount=found.face,
            method=Method.VOUCHER,
            once=once or f"voucher/{found.serial}/{found.redemptions + 1}",
            reference=found.serial,
            channel=channel,
            source=f"voucher/{found.batch}",
            valid_days=found.credit_days,
            free=True,
        ),
        actor=actor,
    )
    resources.use_voucher(found.serial, number)
    resources.count_right(number)
    return made


def refund_voucher(serial: str, *, actor: Actor, reason: str) -> VoucherView:
    """Buy a sold voucher back for what was paid for it: it cannot be used any more.

    Raises VoucherUnknown, VoucherStopped, IllegalTransition, ReasonNeeded.
    """
    require_reason(reason)
    with unit_of_work(actor, reason):
        found = resources.buy_back(serial)
        sale = VoucherSale.objects.get(number=found.sale)
        owed, transfers = f"voucher/{found.batch}", []
        if sale.price_micros:
            transfers.append(Transfer(owed, _till(sale.dealer), sale.price_micros, sale.currency))
        if margin := sale.face_micros - sale.price_micros:
            transfers.append(Transfer(owed, MARGIN, margin, sale.currency))
        ledger.post(Entry(f"voucher-refund:{serial}", tuple(transfers), note=reason[:140]))
        emit(
            VoucherRefunded(
                voucher_id=found.id,
                serial=serial,
                batch=found.batch,
                sale=sale.number,
                currency=sale.currency,
                micros=sale.price_micros,
            )
        )
        return found


def expire_vouchers(batch_id: UUID, work: Work) -> None:
    """The time of a batch is over: what was sold and not used is breakage, without tax, since none was due yet."""
    batch, sold = resources.expire_batch(batch_id)
    if not sold:
        return
    micros = sold * batch.face.micros
    owed = Transfer(f"voucher/{batch.number}", "revenue/breakage", micros, batch.face.currency)
    ledger.post(Entry(f"voucher-expiry:{batch.number}", (owed,)))
    emit(VoucherExpiry(batch_id=batch.id, number=batch.number, count=sold, currency=batch.face.currency, micros=micros))


def _till(dealer: str) -> str:
    return f"till/dealer-{dealer}" if dealer else "till/voucher"


def _sale(row: VoucherSale) -> SaleView:
    return SaleView(
        number=row.number,
        batch=row.batch,
        first=row.first,
        last=row.last,
        count=row.count,
        face=Money(row.face_micros, row.currency),
        price=Money(row.price_micros, row.currency),
        dealer=row.dealer,
        sold_by=row.sold_by,
        at=row.created_at,
    )


def voucher_sale(number: str) -> SaleView:
    """One sale by its number. Raises MoveUnknown."""
    row = VoucherSale.objects.filter(number=number).first()
    if row is None:
        raise MoveUnknown("there is no such sale", field="number", value=number)
    return _sale(row)


def voucher_sales(batch: str, *, limit: int = 100) -> Sequence[SaleView]:
    """Sales of a batch, newest first."""
    return [_sale(row) for row in VoucherSale.objects.filter(batch=batch).order_by("-created_at", "-id")[:limit]]
