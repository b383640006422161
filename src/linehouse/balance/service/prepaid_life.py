"""The life of prepaid lines: told, moved and ended by the brand's clock, brought back by money."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.balance import store
from linehouse.balance.errors import PackNotPossible, PrepaidLineUnknown
from linehouse.balance.events import PrepaidLineEnding, PrepaidLineMoved, PrepaidRestKept
from linehouse.balance.lifecycle import PREPAID_LINE
from linehouse.balance.models import PrepaidLine
from linehouse.balance.prepaid_rules import NEXT, PrepaidLineView, active_until, bars_in, lasts, notices
from linehouse.balance.store import Moved
from linehouse.balance.values import BucketView, MovementKind, TaxedAt, expiry_transfers
from linehouse.catalog import service as catalog
from linehouse.catalog.values import BillingMode, Counts, OfferingKind, PrepaidLife, RestOf
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry, Transfer
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, Work, unit_of_work

LIFE = "balance.prepaid_life"
"""The job that looks at a prepaid line when a notice or a step may be due."""
_STEPS = 5
"""States that one look may go through."""


def _life(now: datetime) -> PrepaidLife | None:
    return catalog.published(now).brand.prepaid_life


def follow(product: ProductView, work: Work) -> bool:
    """Begin to follow the life of a line, where the brand's prepaid lines have one; tells whether it is new."""
    life = _life(work.now)
    if life is None or product.kind is not OfferingKind.PLAN or product.billing_mode is not BillingMode.PREPAID:
        return False
    if PrepaidLine.objects.filter(subscription_id=product.id).exists():
        return False
    row = PrepaidLine.objects.create(
        subscription_id=product.id,
        subscription=product.number,
        customer_id=product.customer_id,
        state="active",
        since=work.now,
        counted_at=work.now,
        next_at=work.now + life.active,
        created_at=work.now,
        changed_at=work.now,
    )
    _look_later(row, life, work)
    return True


def follow_all(*, actor: Actor) -> int:
    """Follow every prepaid line that works and is not followed yet; returns how many those are."""
    with unit_of_work(actor, "prepaid lines are followed") as work:
        found, offset = 0, 0
        while page := inventory.search_products(state="active", offset=offset, limit=500)[0]:
            found += sum(follow(product, work) for product in page)
            offset += len(page)
        return found


def look(line_id: UUID, work: Work) -> None:
    """Do with a line what is due now: tell, or let it go on. Asked again, it finds nothing to do."""
    row = PrepaidLine.objects.select_for_update().filter(id=line_id).first()
    life = _life(work.now)
    if row is None or life is None:
        return
    for _ in range(_STEPS):
        if row.state == "recycled" or row.next_at is None:
            return
        if row.state == "active":
            _count(row, life, work)
        if row.next_at > work.now:
            _tell(row, life, work)
            _look_later(row, life, work)
            return
        _go_on(row, life, work)


def _count(row: PrepaidLine, life: PrepaidLife, work: Work) -> None:
    """Find the last that counts: asked only when a step is due, so that no usage waits for it."""
    counted = [row.counted_at]
    if Counts.TOP_UP in life.counts and row.topped_up_at is not None:
        counted.append(row.topped_up_at)
    if Counts.USE in life.counts and (used := _last_use(row.subscription_id)) is not None:
        counted.append(used)
    row.counted_at = max(counted)
    row.next_at = active_until(row.counted_at, row.valid_until, life)
    row.changed_at = work.now
    row.save(update_fields=["counted_at", "next_at", "changed_at"])


def _last_use(subscription_id: UUID) -> datetime | None:
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT max(m.business_time) FROM balance_bucket b JOIN balance_movement m ON m.bucket_id = b.id"
            " WHERE b.subscription_id = %s AND m.kind IN ('use', 'late-use')",
            [subscription_id],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def _tell(row: PrepaidLine, life: PrepaidLife, work: Work) -> None:
    if row.next_at is None:
        return
    due = sum(instant <= work.now for instant in notices(row.state, row.since, row.next_at, life))
    told = row.told if row.told_for == row.next_at else 0
    if due > told:
        emit(
            PrepaidLineEnding(
                line_id=row.id,
                customer_id=row.customer_id,
                subscription=row.subscription,
                state=row.state,
                new=NEXT[row.state],
                next_at=row.next_at,
            )
        )
    row.told, row.told_for = max(due, told), row.next_at
    row.save(update_fields=["told", "told_for"])


def _look_later(row: PrepaidLine, life: PrepaidLife, work: Work) -> None:
    if row.next_at is None:
        return
    ahead = [one for one in notices(row.state, row.since, row.next_at, life) if one > work.now]
    due = min([*ahead, row.next_at])
    enqueue(LIFE, {"line": str(row.id)}, key=f"{row.id}/{due.isoformat()}", due=due, serial=f"prepaid/{row.id}")


def _go_on(row: PrepaidLine, life: PrepaidLife, work: Work) -> None:
    old, new = row.state, NEXT[row.state]
    row.state, row.since, row.changed_at = PREPAID_LINE.require(old, new), work.now, work.now
    row.next_at = None if new == "recycled" else work.now + lasts(new, life)
    row.told, row.told_for = 0, None
    if new == "recycled":
        _keep_rest(row, life, work)
    row.save()
    _moved(row, old, life)
    if row.next_at is not None:
        _look_later(row, life, work)


def _moved(row: PrepaidLine, old: str, life: PrepaidLife) -> None:
    emit(
        PrepaidLineMoved(
            line_id=row.id,
            subscription_id=row.subscription_id,
            customer_id=row.customer_id,
            subscription=row.subscription,
            old=old,
            new=row.state,
            bars=bars_in(row.state, life),
            next_at=row.next_at,
        )
    )


def _keep_rest(row: PrepaidLine, life: PrepaidLife, work: Work) -> None:
    """What is left in money: bought credit stays owed or is the brand's, credit that came with a pack lapses."""
    where = "subscription_id = %s AND kind <> 'units' AND closed_at IS NULL"
    money = store.buckets(where, [row.subscription_id], lock=True)
    left = [bucket for bucket in money if bucket.left]
    store.close({bucket.id: 0 for bucket in money}, work.now)
    movements, entries = [], []
    for bucket in left:
        cause = f"recycle:{bucket.ref}"
        amount = bucket.left or 0
        movements.append(Moved(bucket.id, bucket.ref, MovementKind.EXPIRE, amount, bucket.asset, 0, cause, cause))
        entries.append(Entry(cause, _rest_transfers(bucket, amount, row.subscription, life.rest)))
    store.insert_movements(movements, work.now, work.actor.name)
    ledger.post_all(entries)
    for currency in sorted({bucket.asset for bucket in left if bucket.taxed_at is TaxedAt.USE}):
        rest = sum(b.left or 0 for b in left if b.taxed_at is TaxedAt.USE and b.asset == currency)
        row.rest_micros, row.rest_currency, row.rest_kept_as = rest, currency, str(life.rest)
        emit(
            PrepaidRestKept(
                line_id=row.id,
                customer_id=row.customer_id,
                subscription=row.subscription,
                micros=rest,
                currency=currency,
                kept_as=str(life.rest),
            )
        )


def _rest_transfers(bucket: BucketView, amount: int, line: str, rest: RestOf) -> tuple[Transfer, ...]:
    """Multi-purpose credit carries no tax until it is used: breakage is revenue without it, a claim is owed in full."""
    if bucket.taxed_at is not TaxedAt.USE:
        return expiry_transfers(bucket, amount)
    target = "revenue/breakage" if rest is RestOf.BREAKAGE else f"payable/refund-claim-{line}"
    return (Transfer(bucket.ledger_account, target, amount, bucket.asset),)


def money_on_line(subscription_id: UUID, work: Work, *, valid_until: datetime | None = None) -> None:
    """A line was topped up: it lives on, and one that was restricted works again. In the surrounding unit of work."""
    row = PrepaidLine.objects.select_for_update().filter(subscription_id=subscription_id).first()
    life = _life(work.now)
    if row is None or life is None or row.state == "recycled":
        return
    old = row.state
    row.topped_up_at = row.changed_at = work.now
    if valid_until is not None:
        row.valid_until = max(valid_until, row.valid_until or valid_until)
    row.counted_at = work.now
    row.next_at = active_until(work.now, row.valid_until, life)
    row.told, row.told_for = 0, None
    if old != "active":
        row.state, row.since = PREPAID_LINE.require(old, "active"), work.now
    row.save()
    if old != "active":
        _moved(row, old, life)
    _look_later(row, life, work)


def extend_life(subscription_id: UUID, until: datetime, *, actor: Actor, reason: str) -> PrepaidLineView:
    """Promise a line that works that it lives at least until an instant. Raises PrepaidLineUnknown, PackNotPossible."""
    with unit_of_work(actor, reason) as work:
        row = PrepaidLine.objects.select_for_update().filter(subscription_id=subscription_id).first()
        life = _life(work.now)
        if row is None or life is None:
            raise PrepaidLineUnknown("nobody follows this line's life", field="line", value=str(subscription_id))
        if row.state != "active" or until <= work.now:
            raise PackNotPossible(
                "only a line that works lives longer, and until later than now",
                field="until",
                value=until.isoformat(),
                expected="a later instant, for an active line",
            )
        row.valid_until, row.changed_at = until, work.now
        row.next_at = active_until(row.counted_at, until, life)
        row.save()
        _look_later(row, life, work)
        return _view(row, life)


def settle_claim(subscription: str, *, actor: Actor, reason: str) -> Money:
    """What was left on a recycled line is paid back at a till; returns how much. Raises PrepaidLineUnknown."""
    with unit_of_work(actor, reason) as work:
        row = PrepaidLine.objects.select_for_update().filter(subscription=subscription).first()
        if row is None or row.rest_micros is None or not _view(row, None).owed:
            raise PrepaidLineUnknown("nothing is owed for this line", field="line", value=subscription)
        account = f"payable/refund-claim-{row.subscription}"
        transfer = Transfer(account, "till/refund-claims", row.rest_micros, row.rest_currency)
        ledger.post(Entry(f"refund-claim:{row.subscription}", (transfer,), reason))
        row.claim_settled_at = row.changed_at = work.now
        row.save(update_fields=["claim_settled_at", "changed_at"])
        return Money(row.rest_micros, row.rest_currency)


def prepaid_line(subscription_id: UUID, now: datetime) -> PrepaidLineView | None:
    """How a line lives; None where nobody follows it."""
    row = PrepaidLine.objects.filter(subscription_id=subscription_id).first()
    return None if row is None else _view(row, _life(now))


def prepaid_lines(state: str, now: datetime, *, limit: int = 200) -> tuple[PrepaidLineView, ...]:
    """Lines in a state, those first whose next step is nearest."""
    rows = PrepaidLine.objects.filter(state=state).order_by("next_at", "subscription")[:limit]
    life = _life(now)
    return tuple(_view(row, life) for row in rows)


def _view(row: PrepaidLine, life: PrepaidLife | None) -> PrepaidLineView:
    return PrepaidLineView(
        id=row.id,
        subscription_id=row.subscription_id,
        subscription=row.subscription,
        customer_id=row.customer_id,
        state=row.state,
        since=row.since,
        counted_at=row.counted_at,
        topped_up_at=row.topped_up_at,
        valid_until=row.valid_until,
        next_at=row.next_at,
        bars=() if life is None else bars_in(row.state, life),
        rest=None if row.rest_micros is None else Money(row.rest_micros, row.rest_currency),
        rest_kept_as=row.rest_kept_as,
        claim_settled_at=row.claim_settled_at,
    )
