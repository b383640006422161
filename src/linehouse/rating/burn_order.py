"""Which bucket first, and which usage a bucket covers. One order, always; docs/rules/burn-order.md shows it worked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from linehouse.rating.matching import Facts, hold_throughout
from linehouse.rating.time_bands import holds
from linehouse.rating.values import Bucket, BucketKind, Conditions, Scope, TimeBand

_NEVER = datetime.max.replace(tzinfo=UTC)
_KIND_ORDER = {BucketKind.UNITS: 0, BucketKind.PROMOTIONAL: 1, BucketKind.MAIN: 2, BucketKind.UNBILLED: 3}

Breadth = tuple[int, int, int]
BurnKey = tuple[int, int, datetime, Breadth, bool, datetime, str]


def breadth(scope: Scope) -> Breadth:
    """How wide a scope is; a smaller tuple is narrower.

    Compared in turn: the widest clause's number of conditions (more conditions are narrower; no clause at all is the
    widest), then how many values the clauses name (fewer are narrower), then exclusions (more are narrower).
    """
    if not scope.include:
        return (0, 0, -len(scope.exclude))
    return (
        -min(clause.constrained for clause in scope.include),
        sum(clause.named for clause in scope.include),
        -len(scope.exclude),
    )


def burn_key(bucket: Bucket) -> BurnKey:
    """The sort key of the burn order.

    Units before money (promotional before main), lowest priority number, earliest expiry, narrower scope, own before
    shared, oldest; the business key last, so that two equal buckets are never left to chance.
    """
    return (
        _KIND_ORDER[bucket.kind],
        bucket.priority,
        bucket.valid.end or _NEVER,
        breadth(bucket.scope),
        bucket.shared,
        bucket.created_at,
        bucket.ref,
    )


def in_burn_order(buckets: Iterable[Bucket]) -> list[Bucket]:
    """The buckets in the order in which they are asked."""
    return sorted(buckets, key=burn_key)


def bands_of(bucket: Bucket, facts: Facts) -> tuple[TimeBand, ...]:
    """Every time band that the bucket's scope names."""
    clauses = (*bucket.scope.include, *bucket.scope.exclude)
    known = facts.tariff.time_bands
    return tuple(known[key] for clause in clauses for key in clause.time_bands if key in known)


def may_cover(bucket: Bucket, facts: Facts) -> bool:
    """Whether the bucket could cover some block of the event, at the right time."""
    if not bucket.is_money and facts.event.quantity < 0:
        return False
    include = bucket.scope.include
    if include and not any(hold_throughout(clause, facts) for clause in include):
        return False
    return not any(not clause.time_bands and hold_throughout(clause, facts) for clause in bucket.scope.exclude)


def covers(bucket: Bucket, facts: Facts, instant: datetime, zone: tzinfo | None = None, *, begun: bool = False) -> bool:
    """Whether a block that starts then is in the bucket's validity and scope; ``exclude`` beats ``include``.

    ``begun``: it lasts from its first use, which was within its validity; how long is the caller's business.
    """
    if not begun and not bucket.valid.contains(instant):
        return False
    where, scope = zone or facts.tariff.time_zone, bucket.scope
    if scope.include and not any(_clause_holds(clause, facts, instant, where) for clause in scope.include):
        return False
    return not any(_clause_holds(clause, facts, instant, where) for clause in scope.exclude)


def _clause_holds(clause: Conditions, facts: Facts, instant: datetime, zone: tzinfo) -> bool:
    if not hold_throughout(clause, facts):
        return False
    if not clause.time_bands:
        return True
    # A band that the tariff does not know holds at no time.
    known = facts.tariff.time_bands
    return any(key in known and holds(known[key], instant, zone) for key in clause.time_bands)
