"""The steps of a re-rate over some subscriptions: looking at the difference, and applying exactly what was seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum

from linehouse.balance import service as balance
from linehouse.balance.values import BucketView
from linehouse.charging.decision import Decided, Suspended
from linehouse.charging.events import UsageRatedAgain
from linehouse.charging.models import Rerate, RerateLine, RerateSubscriber
from linehouse.charging.ports import bills
from linehouse.charging.rerating import Again, Order
from linehouse.charging.service import counters
from linehouse.charging.service.lines import lines_of
from linehouse.charging.service.rerate import Corrected, Wanted, look_again
from linehouse.charging.service.rerate_write import enter_again
from linehouse.charging.values import Line, RatedUsage
from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.platform.outbox.service import emit
from linehouse.platform.scope import current_brand
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Work

_EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))
CHANGED = "its usage or its buckets changed since the plan was made: plan it again"
GIVEN_BACK = "a correction gave money back to a bucket whose time is over"
"""Why a subscription is left out while a run is applied."""


def look(row: Rerate, people: Sequence[RerateSubscriber], wanted: Wanted, work: Work) -> None:
    """Reckon the difference of these subscriptions; nothing moves."""
    del work
    lines, tariffs = lines_of(one.subscription_id for one in people), Corrected(wanted)
    for one in people:
        looked = look_again(
            one.subscription_id, one.first, lines.get(one.subscription_id), tariffs, Order(row.ordering)
        )
        entering = [again for again in looked.answers if again.enters]
        changed = [again for again in entering if again.changes]
        one.looked_at, one.changed = len(looked.answers), len(changed)
        one.last_entry = max((again.before.entry for again in looked.answers), default=0)
        one.outcome, one.sums = outcome_of(entering), sums_of(entering)
        one.customer_id = looked.answers[0].before.customer_id if looked.answers else None
        one.state = "looked" if entering else "same"
        one.save()
        RerateLine.objects.bulk_create(
            [_line(row, again) for again in entering] + [_kept(row, kept, why) for kept, why in looked.kept],
            batch_size=1_000,
        )
        row.looked_at += len(looked.answers)
        row.changed += len(changed)
        row.reordered += len(entering) - len(changed)
        row.to_suspense += sum(isinstance(again.after, Suspended) for again in entering)
        row.kept += len(looked.kept)
        row.subscribers += bool(entering)
        add_sums(row.sums, one.sums)
    _remember(one.id for one in people if one.state == "looked")


def apply(row: Rerate, people: Sequence[RerateSubscriber], wanted: Wanted, work: Work) -> None:
    """Take back and enter anew what was seen when it was planned, subscription by subscription.

    Bills of their accounts wait. Where rating again says anything else than the plan, the subscription is left out,
    with the reason: nobody has approved that.
    """
    lines, tariffs = lines_of(one.subscription_id for one in people), Corrected(wanted)
    bills().hold(_accounts(people) | {line.account_id for line in lines.values()})
    balance.lock_buckets([one.subscription_id for one in people], *_EVER)
    counters.lock_all([one.subscription_id for one in people])
    for one in people:
        # Locked already; read again, because whoever came before may have moved a bucket that both use.
        buckets = balance.lock_buckets([one.subscription_id], *_EVER).get(one.subscription_id, [])
        done = _apply_one(row, one, lines.get(one.subscription_id), buckets, tariffs, work)
        if done is None:
            row.left_out += 1
        else:
            row.applied += done
            add_sums(row.applied_sums, one.sums)


def _apply_one(
    row: Rerate,
    one: RerateSubscriber,
    line: Line | None,
    buckets: Sequence[BucketView],
    tariffs: Corrected,
    work: Work,
) -> int | None:
    looked = look_again(one.subscription_id, one.first, line, tariffs, Order(row.ordering), buckets)
    entering = [again for again in looked.answers if again.enters]
    one.why = _why_not(one, entering, buckets)
    if not one.why:
        try:
            with transaction.atomic(using=current_brand()):
                enter_again(entering, buckets, tariffs, row.number, work)
        except DomainError as refused:
            one.why = refused.message[:500]
    one.state = "left-out" if one.why else "applied"
    one.save()
    if one.why:
        return None
    before = {currency: sums[0] for currency, sums in one.sums.items()}
    now = {currency: sums[1] for currency, sums in one.sums.items()}
    emit(
        UsageRatedAgain(
            subscription_id=one.subscription_id,
            subscription=one.subscription,
            customer_id=entering[0].before.customer_id,
            rerate=row.number,
            records=len(entering),
            suspended=sum(isinstance(again.after, Suspended) for again in entering),
            before=before,
            now=now,
        )
    )
    return len(entering)


def _why_not(one: RerateSubscriber, entering: Sequence[Again], buckets: Sequence[BucketView]) -> str:
    if outcome_of(entering) != one.outcome:
        return CHANGED
    over = {bucket.ref for bucket in buckets if bucket.closed_at is not None}
    gave = {ref for again in entering for ref, amount in _takes(again.before).items() if amount < 0}
    return GIVEN_BACK if over & gave else ""


def _accounts(people: Sequence[RerateSubscriber]) -> set[UUID]:
    """Accounts that pay for what may be rated again, also those that no longer do."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT account_id FROM charging_rated_usage WHERE stands AND subscription_id = ANY(%s::uuid[])",
            [[one.subscription_id for one in people]],
        )
        return {account_id for (account_id,) in cursor.fetchall()}


def outcome_of(entering: Sequence[Again]) -> str:
    """A fingerprint of what rating again says: every record, what it would cost, and who would pay."""
    told = [
        (
            again.before.entry,
            again.place,
            again.amount,
            again.after.consumption.uncollected if isinstance(again.after, Decided) else again.after.reason.value,
            sorted(again.unit_takes.items()),
            sorted(again.money_takes.items()),
            sorted(again.counted.items()),
        )
        for again in entering
    ]
    return hashlib.sha256(json.dumps(sorted(told, key=lambda row: row[0])).encode()).hexdigest()


def sums_of(entering: Sequence[Again]) -> dict[str, list[int]]:
    """What was charged for the records and what would be, micro-units by currency."""
    found: dict[str, list[int]] = {}
    for again in entering:
        sums = found.setdefault(again.before.amount.currency, [0, 0])
        sums[0] += again.before.amount.micros
        sums[1] += again.amount or 0
    return found


def add_sums(sums: dict[str, list[int]], more: dict[str, list[int]]) -> None:
    """Add them up, in place."""
    for currency, (before, now) in more.items():
        so_far = sums.setdefault(currency, [0, 0])
        sums[currency] = [so_far[0] + before, so_far[1] + now]


def _takes(row: RatedUsage) -> dict[str, int]:
    return {ref: amount for ref, amount in (*row.unit_takes.items(), *row.money_takes.items()) if amount}


def _line(row: Rerate, again: Again) -> RerateLine:
    line = _line_of(row, again.before)
    line.place = again.place
    line.rule_now = again.rule[:400]
    line.amount_now = again.amount
    line.uncollected_now = again.after.consumption.uncollected if isinstance(again.after, Decided) else 0
    line.covered_now = sum(again.unit_takes.values())
    line.takes_now = {**again.unit_takes, **again.money_takes}
    return line


def _kept(row: Rerate, kept: RatedUsage, why: str) -> RerateLine:
    line = _line_of(row, kept)
    line.amount_now, line.rule_now = line.amount_before, line.rule_before
    line.covered_now, line.takes_now, line.kept = line.covered_before, line.takes_before, why
    line.uncollected_now = line.uncollected_before
    return line


def _line_of(row: Rerate, before: RatedUsage) -> RerateLine:
    return RerateLine(
        owner=row,
        subscription=before.subscription,
        record_id=before.record_id,
        sequence=before.sequence,
        place=before.sequence,
        started_at=before.started_at,
        usage_type=before.usage_type,
        unit=before.quantity.unit.value,
        currency=before.amount.currency,
        rule_before=before.rule[:400],
        amount_before=before.amount.micros,
        covered_before=sum(before.unit_takes.values()),
        uncollected_before=before.uncollected.micros,
        takes_before=_takes(before),
    )


_SEEN = """
SELECT s.id, s.subscription, s.seen, coalesce(md5(string_agg(
    concat_ws(':', u.sequence, u.amount, u.uncollected, u.peer = ''), ',' ORDER BY u.sequence)), '')
FROM charging_reratesubscriber s LEFT JOIN charging_rated_usage u
    ON u.subscription_id = s.subscription_id AND u.stands AND coalesce(u.place, u.sequence) >= s.first
    AND u.sequence <= s.last_entry
    AND NOT EXISTS (SELECT 1 FROM charging_billed b WHERE b.record_id = u.record_id)
WHERE {where} GROUP BY s.id, s.subscription, s.seen ORDER BY s.subscription
"""
"""The unbilled entries that a subscription's plan rests on, as they stand now."""


def _remember(ids: Iterable[int]) -> None:
    with brand_cursor() as cursor:
        cursor.execute(
            f"UPDATE charging_reratesubscriber t SET seen = n.told FROM ({_SEEN.format(where='s.id = ANY(%s)')})"  # noqa: S608
            " AS n (id, subscription, seen, told) WHERE t.id = n.id",
            [list(ids)],
        )


def changed_since(row: Rerate) -> list[str]:
    """Subscriptions whose usage is not what the plan was made of any more: billed, rated again, or erased. New usage
    is no such change."""
    with brand_cursor() as cursor:
        cursor.execute(_SEEN.format(where="s.owner_id = %s AND s.state = 'looked'"), [row.id])
        changed = {subscription for _, subscription, seen, told in cursor.fetchall() if seen != told}
    lines = RerateLine.objects.filter(owner=row, kept="")
    owners = dict(lines.values_list("record_id", "subscription"))
    changed |= {owners[record_id] for record_id in bills().claimed(list(owners))}
    return sorted(changed)


@dataclass(frozen=True, slots=True)
class RuleSum:
    """What changes by one rule, over all subscriptions."""

    rule: str
    records: int
    before: Money
    now: Money


def sums_by_rule(rerate_id: UUID) -> list[RuleSum]:
    """The sums of those that change, by the rule that first priced them, the largest first."""
    rows = (
        RerateLine.objects.filter(owner_id=rerate_id, kept="")
        .values("rule_before", "currency")
        .annotate(records=Count("id"), before=Sum("amount_before"), now=Sum("amount_now"))
        .order_by("-records", "rule_before", "currency")
    )
    return [
        RuleSum(
            row["rule_before"],
            row["records"],
            Money(int(row["before"]), row["currency"]),
            Money(int(row["now"] or 0), row["currency"]),
        )
        for row in rows
    ]
