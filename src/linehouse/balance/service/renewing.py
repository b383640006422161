"""Renewing packs: told before, paid at the instant, tried again while money is short, ended when grace is over.

Each period is paid once. Whatever happened while nobody worked is caught up with period by period, in order.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from linehouse.balance import store
from linehouse.balance.errors import MoneyShort, PackNotPossible
from linehouse.balance.events import PackEnded, PackRenewalChanged, PackRenewalComing, PackRenewalShort, PackRenewed
from linehouse.balance.granting import for_period, of_period
from linehouse.balance.lifecycle import PACK
from linehouse.balance.models import Pack
from linehouse.balance.pack_values import PackView, Renewing
from linehouse.balance.paying import purses
from linehouse.balance.service.grant import grant
from linehouse.balance.service.packs import LIVE, granted_of, pack_row, pack_view, plan_ahead, renew_at, take_price
from linehouse.balance.service.turn import close
from linehouse.balance.service.watching import look_at
from linehouse.catalog import service as catalog
from linehouse.catalog.values import Meanwhile, ProductOffering, Renewal
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.kernel.period import Period
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor, Work, unit_of_work

_MOST = 500
"""Periods that one look may catch up with."""


def renew(pack_id: UUID, work: Work) -> None:
    """Do with a pack what is due now. Asked again, it finds nothing to do."""
    row = pack_row(Q(id=pack_id), str(pack_id), lock=True)
    offering = catalog.version(row.catalog_version).offering(row.offering_key)
    for _ in range(_MOST):
        if not _due(row, work.now):
            return
        if not _step(row, offering, work):
            return


def _due(row: Pack, now: datetime) -> bool:
    if row.state == "active":
        return row.paid_until is not None and row.paid_until <= now
    return row.state == "grace"


def _step(row: Pack, offering: ProductOffering, work: Work) -> bool:
    """One period, or its end; tells whether another one may be due."""
    if row.state == "active" and row.renewal in (Renewing.NONE, Renewing.OFF):
        _end(row, "expired" if row.renewal == Renewing.NONE else "cancelled", work)
        return False
    if row.state == "active" and row.renewal == Renewing.PAUSED:
        _rest(row)
        _move(row, "paused", work)
        return False
    terms = offering.renewal or Renewal()
    start = _begins(row, terms, work.now)
    try:
        # What a refused payment had touched is undone; the pack goes on as it stands.
        with transaction.atomic(using=current_brand()):
            _pay(row, offering, start, work)
    except MoneyShort as short:
        _wait(row, terms, short, work)
        return False
    return True


def _begins(row: Pack, terms: Renewal, now: datetime) -> datetime:
    """When the next period begins: where the last one ended, or with its payment where the pack rested meanwhile."""
    if row.paid_until is None:
        raise ValueError("what renews itself has an end")
    rested = row.state == "paused" or (row.state == "grace" and terms.meanwhile is Meanwhile.SUSPEND)
    return now if rested else row.paid_until


def _pay(row: Pack, offering: ProductOffering, start: datetime, work: Work) -> None:
    length = offering.prices[0].period
    if length is None or row.paid_until is None:
        raise ValueError("what renews itself has a length")
    account = customers.billing_account(row.account_id)
    number = row.periods + 1
    anchor, first = (row.anchor_at, row.anchor_period) if start == row.paid_until else (start, number)
    period = of_period(anchor, length, number - first + 1, account.zone)
    before, row.periods = row.periods, number
    try:
        take_price(row, offering, account, Period(start, period.end))
    except MoneyShort:
        row.periods = before
        raise
    # What rolls over comes before what is granted anew: of equal buckets the older is used first.
    kept = row.grace_until is not None and row.state == "grace"
    _close_old(row, start, extended=row.grace_until if kept else None, work=work)
    product, plan = inventory.find_product(id=row.product_id), inventory.find_product(id=row.subscription_id)
    grants = for_period(granted_of(product, plan, offering, account, start), number, Period(start, period.end))
    grant(grants, actor=work.actor, reason=f"{row.offering_name} renewed")
    if row.state != "active":
        row.state = PACK.require(row.state, "active")
    row.anchor_at, row.anchor_period = anchor, first
    row.paid_from, row.paid_until = start, period.end
    row.grace_until = row.next_try_at = None
    row.tries = 0
    row.changed_at = work.now
    row.save()
    look_at([row.subscription_id])
    store.wish([row.subscription_id], f"{row.offering_name} renewed", work.now)
    plan_ahead(row, offering)
    emit(
        PackRenewed(
            pack_id=row.id,
            product_id=row.product_id,
            customer_id=row.customer_id,
            subscription=row.subscription,
            offering_key=row.offering_key,
            offering_name=row.offering_name,
            number=number,
            micros=row.price_micros,
            currency=row.currency,
            paid_from=start,
            paid_until=period.end or start,
        )
    )


def _close_old(row: Pack, start: datetime, *, extended: datetime | None, work: Work) -> None:
    """Buckets of the period before end where the new one begins; their rest rolls over as their terms say."""
    if extended is not None:
        # Kept through grace: they end now. Resting ones ended when their period did.
        store.extend(row.product_id, extended, max(start, work.now))
    due = "product_id = %s AND closed_at IS NULL AND late_from IS NULL AND valid_to <= %s"
    close(
        store.buckets(due, [row.product_id, work.now], lock=True), work, begin=start if start > row.paid_from else None
    )


def _wait(row: Pack, terms: Renewal, short: MoneyShort, work: Work) -> None:
    if row.state == "active":
        if not terms.grace:
            _end(row, "not-paid", work)
            return
        row.grace_until = work.now + terms.grace
        row.state = PACK.require(row.state, "grace")
        if terms.meanwhile is Meanwhile.KEEP and row.paid_until is not None:
            store.extend(row.product_id, row.paid_until, row.grace_until)
        missing = row.price_micros - _has(row, work.now)
        emit(
            PackRenewalShort(
                pack_id=row.id,
                customer_id=row.customer_id,
                subscription=row.subscription,
                offering_key=row.offering_key,
                offering_name=row.offering_name,
                micros=row.price_micros,
                currency=row.currency,
                missing=missing,
                grace_until=row.grace_until,
            )
        )
        store.wish([row.subscription_id], f"{row.offering_name} is not paid", work.now)
    elif row.grace_until is not None and row.grace_until <= work.now:
        _end(row, "not-paid", work)
        return
    row.tries += 1
    if row.grace_until is None:
        raise ValueError("grace has an end")
    row.next_try_at = min(work.now + terms.retry, row.grace_until)
    row.changed_at = work.now
    row.save()
    renew_at(row, row.next_try_at)


def _has(row: Pack, now: datetime) -> int:
    where = "subscription_id = %s AND kind = 'main' AND holder_id IS NULL AND closed_at IS NULL"
    return sum(bucket.left or 0 for bucket in purses(store.buckets(where, [row.subscription_id]), row.currency, now))


def _rest(row: Pack) -> None:
    """A paused pack brings nothing; what was left is over."""
    if row.paid_until is not None:
        store.end_early(row.product_id, row.paid_until)


def _end(row: Pack, why: str, work: Work) -> None:
    row.state = PACK.require(row.state, "ended")
    row.ended_at = row.changed_at = work.now
    row.why_ended = why
    row.grace_until = row.next_try_at = None
    row.save()
    if row.renewal != Renewing.NONE:
        store.end_early(row.product_id, work.now)
    inventory.terminate_product(row.product_id, actor=work.actor)
    store.wish([row.subscription_id], f"{row.offering_name} is over", work.now)
    emit(
        PackEnded(
            pack_id=row.id,
            product_id=row.product_id,
            customer_id=row.customer_id,
            subscription=row.subscription,
            offering_key=row.offering_key,
            offering_name=row.offering_name,
            why=why,
        )
    )


def _move(row: Pack, state: str, work: Work) -> None:
    row.state, row.changed_at = PACK.require(row.state, state), work.now
    row.save(update_fields=["state", "changed_at"])


def tell_coming(pack_id: UUID, period: int, work: Work) -> None:
    """Tell of a renewal, unless it was called off or has happened."""
    row = Pack.objects.filter(id=pack_id, state="active", renewal=str(Renewing.ON), periods=period).first()
    if row is None or row.paid_until is None or row.paid_until <= work.now:
        return
    emit(
        PackRenewalComing(
            pack_id=row.id,
            customer_id=row.customer_id,
            subscription=row.subscription,
            offering_key=row.offering_key,
            offering_name=row.offering_name,
            micros=row.price_micros,
            currency=row.currency,
            renews_at=row.paid_until,
            missing=max(0, row.price_micros - _has(row, work.now)),
        )
    )


def money_came(subscription_id: UUID, *, key: str) -> None:
    """A line got money: packs that wait for it are tried at once. In the surrounding unit of work; ``key`` names the
    top-up, so that it is done once."""
    for row in Pack.objects.filter(subscription_id=subscription_id, state="grace").order_by("grace_until", "id"):
        enqueue("balance.renew", {"pack": str(row.id)}, key=f"{row.id}/money/{key}", serial=f"pack/{row.id}")


def set_renewing(pack_id: UUID, renewing: Renewing, *, actor: Actor, reason: str) -> PackView:
    """Let a pack renew itself, let it rest at the end of its period (paused), or let it end there (off).

    A pack that rests goes on at once, and is paid; one in grace that is not wanted ends now. Raises PackUnknown,
    PackNotPossible, and MoneyShort where a resting pack cannot be paid.
    """
    with unit_of_work(actor, reason) as work:
        row = pack_row(Q(id=pack_id), str(pack_id), lock=True)
        if row.state not in LIVE or row.renewal == Renewing.NONE or renewing is Renewing.NONE:
            raise PackNotPossible(
                f"{row.offering_name} does not renew itself",
                field="pack",
                value=row.product_number,
                expected="one that does",
            )
        if row.renewal == renewing:
            return pack_view(row)
        row.renewal, row.changed_at = str(renewing), work.now
        row.save(update_fields=["renewal", "changed_at"])
        emit(
            PackRenewalChanged(
                pack_id=row.id,
                customer_id=row.customer_id,
                subscription=row.subscription,
                offering_key=row.offering_key,
                renewing=str(renewing),
            )
        )
        offering = catalog.version(row.catalog_version).offering(row.offering_key)
        if row.state == "grace" and renewing is Renewing.PAUSED:
            raise PackNotPossible(
                "it waits for money and cannot rest", field="renewing", value="paused", expected="on or off"
            )
        if row.state == "paused" and renewing is Renewing.ON:
            _pay(row, offering, work.now, work)
        elif row.state in ("grace", "paused") and renewing is Renewing.OFF:
            _end(row, "cancelled", work)
        elif renewing is Renewing.ON:
            plan_ahead(row, offering)
        return pack_view(row)


def line_ended(product_id: UUID, work: Work) -> None:
    """The product of a pack ended by other ways: with its line, or by an order."""
    row = Pack.objects.select_for_update().filter(product_id=product_id).exclude(state="ended").first()
    if row is None:
        return
    row.state = PACK.require(row.state, "ended")
    row.ended_at = row.changed_at = work.now
    row.why_ended = "line-ended"
    row.grace_until = row.next_try_at = None
    row.save()
    emit(
        PackEnded(
            pack_id=row.id,
            product_id=row.product_id,
            customer_id=row.customer_id,
            subscription=row.subscription,
            offering_key=row.offering_key,
            offering_name=row.offering_name,
            why="line-ended",
        )
    )
