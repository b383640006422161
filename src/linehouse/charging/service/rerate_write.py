"""Entering records anew: what each moved is taken back and moved again as it is right, set-based, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from linehouse.balance import service as balance
from linehouse.balance.values import BucketUse, BucketView
from linehouse.charging import store
from linehouse.charging.decision import Decided, Suspended
from linehouse.charging.posting import cause_of, reversal_cause, reversed_transfers, transfers_of, uses_of
from linehouse.charging.rated_row import rated_row
from linehouse.charging.rerating import Again
from linehouse.charging.service import reversals
from linehouse.charging.service.charge import cost_for, rate_of
from linehouse.charging.service.costs import gap_of
from linehouse.charging.service.lines import Tariffs
from linehouse.charging.values import NO_COST, RatedUsage
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry
from linehouse.platform.work import Work
from linehouse.rating.service import Cost
from linehouse.usage import service as usage

_SEES = ("cost_reason", "usage_type", "direction", "number_zone", "network_zone")


def enter_again(
    answers: Sequence[Again], buckets: Sequence[BucketView], tariffs: Tariffs, rerate: str, work: Work
) -> None:
    """Take the entries of these records back and enter them anew, in the surrounding unit of work.

    The buckets are locked and as they are now. What has no price any more goes to suspense. Raises BucketOverdrawn
    where a bucket does not hold what is to be taken.
    """
    now = {bucket.ref: bucket for bucket in buckets}
    decided = [(one, one.after) for one in answers if isinstance(one.after, Decided)]
    suspended = [(one, one.after) for one in answers if isinstance(one.after, Suspended)]
    rates = [rate_of(after) for _, after in decided]
    balance.rebook(
        [use for one in answers for use in _before(one.before, now)],
        [_of_now(use, now) for one, after in decided for use in uses_of(after, one.before.revision + 1) if use.amount],
    )
    ledger.post_all(_reversals(answers, buckets))
    ledger.post_all(
        [
            Entry(cause_of(after.record.key, one.before.revision + 1), transfers, f"rated again, {rerate}")
            for (one, after), rate in zip(decided, rates, strict=True)
            if (transfers := transfers_of(after, rate))
        ]
    )
    reversals.reverse([one.before.own_place for one in answers], rerate, work.now)
    rows = [
        rated_row(after, rate, _cost(one.before, after, tariffs)) | _entry(one, rerate)
        for (one, after), rate in zip(decided, rates, strict=True)
    ]
    rows.sort(key=lambda row: int(row["place"]))
    store.insert_rated(rows, work.now)
    for row in rows:
        if row["cost"] is None:
            work.touch(NO_COST, gap_of(row))
    for one in answers:
        if one.before.cost is None:
            work.touch(NO_COST, gap_of({name: getattr(one.before, name) for name in _SEES}))
    usage.mark_rerated([one.before.record_id for one in answers], actor=work.actor, reason=f"rated again, {rerate}")
    usage.mark_rated([one.before.record_id for one, _ in decided], actor=work.actor)
    for one, refused in suspended:
        usage.suspend(one.before.record_id, refused.reason.value, refused.message, actor=work.actor)


def _before(row: RatedUsage, now: Mapping[str, BucketView]) -> list[BucketUse]:
    """What the entry moved in buckets."""
    cause = reversal_cause(row.record_key, row.revision)
    return [
        BucketUse(
            bucket=now[ref],
            amount=amount,
            key=f"{cause}:{ref}",
            cause=cause,
            record_id=row.record_id,
            left=None,
            by=row.subscription,
            by_id=row.subscription_id,
        )
        for ref, amount in (*row.unit_takes.items(), *row.money_takes.items())
        if amount and ref in now
    ]


def _of_now(use: BucketUse, now: Mapping[str, BucketView]) -> BucketUse:
    return replace(use, bucket=now[use.bucket.ref], left=None)


def _reversals(answers: Sequence[Again], buckets: Sequence[BucketView]) -> list[Entry]:
    """The journal's entries, the other way round: by what was posted then, not by what would be posted now."""
    posted = ledger.transfers_of([cause_of(one.before.record_key, one.before.revision) for one in answers])
    return [
        Entry(
            reversal_cause(one.before.record_key, one.before.revision),
            reversed_transfers(transfers, buckets),
            "taken back to be rated again",
        )
        for one in answers
        if (transfers := posted.get(cause_of(one.before.record_key, one.before.revision)))
    ]


def _entry(one: Again, rerate: str) -> dict[str, Any]:
    return {
        "revision": one.before.revision + 1,
        "place": one.place or one.before.sequence,
        "first_rated_at": one.before.rated_at.isoformat(),
        "rerate": rerate,
    }


def _cost(before: RatedUsage, after: Decided, tariffs: Tariffs) -> Cost:
    """A cost that was known stays known where the tariffs of now cannot say it."""
    found = cost_for(after, tariffs)
    if found.known or before.cost is None:
        return found
    return Cost(before.cost.micros, before.cost_rule, "")
