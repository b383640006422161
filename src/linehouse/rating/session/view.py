"""What one service of one member may take: balances less what others have reserved, within the member's caps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime

from linehouse.kernel.copies import changed
from linehouse.kernel.period import Period
from linehouse.rating.burn_order import covers
from linehouse.rating.emergency import emergency_zone
from linehouse.rating.matching import Facts
from linehouse.rating.session.answers import CutBy
from linehouse.rating.session.state import Holding, PolicyCounter, ServiceState, SpendCap, State
from linehouse.rating.values import Attribute, Bucket, BucketKind, Scope, Tariff, UsageType

_FIELDS = tuple(one.name for one in fields(Bucket))
_EVER = Period(datetime.fromisoformat("0001-01-01T00:00:00+00:00"))


def buckets_for(
    state: State, service: ServiceState, subscriber: str, tariff: Tariff, now: datetime, *, happened: bool
) -> list[Bucket]:
    """The buckets that may pay, each with what this service can take of it.

    ``happened``: it is usage that has happened already; only such may bring an account below zero that allows it.
    """
    unit = service.event.usage_type.unit
    found = []
    for holding in state.holdings.values():
        bucket = holding.bucket
        if holding.asset != (tariff.currency if bucket.is_money else unit):
            continue
        own = service.reserved.get(bucket.ref, 0)
        found.append(_seen(holding, own, subscriber, _extended(holding, own, service, tariff, now), happened))
    return found


def _seen(holding: Holding, own: int, subscriber: str, valid: Period, happened: bool) -> Bucket:
    bucket = holding.bucket
    left = bucket.available
    if left is not None:
        left = max(0, left + bucket.overdraft - (holding.reserved - own))
    member = holding.members.get(subscriber)
    if member is not None and member.cap is not None:
        cap = max(0, member.cap - member.used - (member.reserved - own))
        left = cap if left is None else min(left, cap)
    overdraw = bucket.overdraw and happened
    if (left, valid, overdraw, 0) == (bucket.available, bucket.valid, bucket.overdraw, bucket.overdraft):
        return bucket
    if (valid, overdraw, 0) == (bucket.valid, bucket.overdraw, bucket.overdraft):
        return with_available(bucket, left)
    return changed(bucket, available=left, valid=valid, overdraw=overdraw, overdraft=0)


def with_available(bucket: Bucket, available: int | None) -> Bucket:
    """The bucket with another balance: what every decision does, and ``dataclasses.replace`` is slow."""
    if available == bucket.available:
        return bucket
    changed = object.__new__(Bucket)
    for name in _FIELDS:
        object.__setattr__(changed, name, getattr(bucket, name))
    object.__setattr__(changed, "available", available)
    return changed


def _extended(holding: Holding, own: int, service: ServiceState, tariff: Tariff, now: datetime) -> Period:
    """What was reserved before a bucket expired stays usable until the reservation ends.

    Where usage is priced as of the instant of its grant this is so by itself; else the bucket lives on meanwhile.
    """
    valid = holding.bucket.valid
    if valid.end is None or valid.end > now or not own or service.until is None:
        return valid
    if tariff.attribute is Attribute.GRANT or service.until <= valid.end:
        return valid
    return Period(valid.start, service.until)


def caps_on(state: State, service: ServiceState, tariff: Tariff, instant: datetime) -> tuple[SpendCap, ...]:
    """The spend caps that count this usage, without what the service itself has reserved in them."""
    if not state.caps:
        return ()
    facts = Facts.of(tariff, service.event)
    if passes(facts, state.open_zones):
        return ()
    return tuple(
        changed(cap, reserved=cap.reserved - service.reserved_caps.get(cap.key, 0))
        for cap in state.caps.values()
        if _counts(cap, facts, instant)
    )


def stopped_by(state: State, service: ServiceState, tariff: Tariff, *, begins: bool) -> CutBy | None:
    """Why the line may not use this at all: a bar, or, where it begins now, too many attempts; None: it may."""
    begins = begins or (service.granted_at is None and not service.used)
    if not state.bars and not state.attempts:
        return None
    facts = Facts.of(tariff, service.event)
    if passes(facts, state.open_zones):
        return None
    if any(bar.reach.covers(facts) for bar in state.bars):
        return CutBy.BAR
    if begins and any(one.made >= one.most and one.reach.covers(facts) for one in state.attempts.values()):
        return CutBy.ATTEMPTS
    return None


def passes(facts: Facts, open_zones: frozenset[str]) -> bool:
    """Whether nothing may stop the event: an emergency, or a number that the brand keeps open."""
    if facts.event.usage_type is UsageType.DATA:
        return False
    return facts.number.zone in open_zones or emergency_zone(facts) is not None


def _counts(one: SpendCap | PolicyCounter, facts: Facts, instant: datetime) -> bool:
    if one.valid is not None and not one.valid.contains(instant):
        return False
    if one.reach is not None and not one.reach.covers(facts):
        return False
    return _in_scope(one.scope, facts, instant)


def counters_on(state: State, service: ServiceState, tariff: Tariff, instant: datetime) -> tuple[PolicyCounter, ...]:
    """The policy counters that count this usage, without what is granted to the service itself."""
    unit = service.event.usage_type.unit
    if not any(counter.unit == unit for counter in state.policy_counters.values()):
        return ()
    facts = Facts.of(tariff, service.event)
    return tuple(
        changed(counter, open=counter.open - service.open_counters.get(counter.key, 0))
        for counter in state.policy_counters.values()
        if counter.unit == unit and _counts(counter, facts, instant)
    )


def _in_scope(scope: Scope, facts: Facts, instant: datetime) -> bool:
    if not scope.include and not scope.exclude:
        return True
    asked = Bucket(ref="", kind=BucketKind.UNITS, available=0, valid=_EVER, created_at=instant, scope=scope)
    return covers(asked, facts, instant)


def redirect_of(buckets: Iterable[Bucket], when_empty: str) -> str:
    """Where the first bucket of these that redirects or throttles sends to."""
    return next((one.when_empty_to for one in buckets if one.when_empty == when_empty and one.when_empty_to), "")
