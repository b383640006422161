"""The statuses of a line's policy counters: which one holds now, and which one follows by itself. Pure.

The doors tell them: Sy as Policy-Counter-Status, with the next one as pending; Nchf as ``currentStatus``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from linehouse.balance.values import BucketView
from linehouse.charging.controls.values import LineControls, SettingKind, StatusChange, StatusRow
from linehouse.rating.controls import CounterRule, StatusRule
from linehouse.rating.controls.values import Whereabouts, whereabouts

_SOON = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFacts:
    """What the statuses of a counter ask. ``left``: whole percent of the allowance, None where there is none."""

    used: int
    left: int | None
    place: Whereabouts
    at: datetime
    device: str
    boosted: bool


def holding(rule: CounterRule, facts: PolicyFacts, line: LineControls) -> StatusRule:
    """The first status that holds; the last one always does."""
    clock = facts.at.astimezone(line.zone).time()
    return next(one for one in rule.statuses if _holds(one, facts) and (one.hours is None or one.hours.holds(clock)))


def _holds(one: StatusRule, facts: PolicyFacts) -> bool:
    return (
        (one.used is None or facts.used >= one.used)
        and (one.left is None or (facts.left is not None and facts.left <= one.left))
        and (not one.places or facts.place in one.places)
        and (not one.devices or facts.device.startswith(one.devices))
        and (one.boosted is None or facts.boosted is one.boosted)
    )


def statuses(line: LineControls, buckets: Iterable[BucketView], now: datetime) -> tuple[StatusRow, ...]:
    """The status of every counter of the line, by key, with what follows."""
    held = tuple(buckets)
    return tuple(_status(rule, line, held, now) for _, rule in sorted(line.rules.counters.items()))


def changes(before: Mapping[str, StatusRow], now: Iterable[StatusRow], why: str) -> tuple[StatusChange, ...]:
    """What is another status than was told, or follows at another time."""
    found = []
    for row in now:
        told = before.get(row.key)
        if told != row:
            found.append(StatusChange(told.status if told is not None else "", row, why))
    return tuple(found)


def _status(rule: CounterRule, line: LineControls, buckets: tuple[BucketView, ...], now: datetime) -> StatusRow:
    here = holding(rule, _facts(rule, line, buckets, now), line)
    row = StatusRow(key=rule.key, status=here.status, acts=here.acts.value)
    for instant in _marks(rule, line, buckets, now):
        then = holding(rule, _facts(rule, line, buckets, instant), line)
        if then.status != here.status:
            return replace(row, next_status=then.status, next_at=instant)
    return row


def _facts(rule: CounterRule, line: LineControls, buckets: tuple[BucketView, ...], at: datetime) -> PolicyFacts:
    period = line.period(rule.per, at)
    used = sum(row.used for row in line.counters.values() if row.key == rule.key and row.starts == period.start)
    return PolicyFacts(
        used=used,
        left=_left(rule, buckets, at),
        place=whereabouts(line.place.country, line.rules.home, at.date()),
        at=at,
        device=line.place.device,
        boosted=_boosted(rule, line, buckets, at),
    )


def _left(rule: CounterRule, buckets: tuple[BucketView, ...], at: datetime) -> int | None:
    of_it = [one for one in buckets if _is(one, rule.allowance) and one.valid.contains(at)]
    if any(one.granted is None for one in of_it):
        return 100
    granted = sum(one.granted or 0 for one in of_it)
    if not granted:
        return None
    left = sum(max(0, (one.granted or 0) - one.used - one.expired - one.rolled) for one in of_it)
    return -(-100 * left // granted)


def _boosted(rule: CounterRule, line: LineControls, buckets: tuple[BucketView, ...], at: datetime) -> bool:
    own = line.setting(SettingKind.TURBO, rule.key)
    if own is not None and own.on and (own.until is None or at < own.until):
        return True
    return any(any(_is(one, key) for key in rule.turbo) and one.valid.contains(at) and _lasts(one) for one in buckets)


def _lasts(bucket: BucketView) -> bool:
    return bucket.closed_at is None and (bucket.granted is None or bucket.granted > bucket.used)


def _is(bucket: BucketView, allowance: str) -> bool:
    return bool(allowance) and bucket.source.rpartition("/")[2] == allowance


def _marks(rule: CounterRule, line: LineControls, buckets: tuple[BucketView, ...], now: datetime) -> list[datetime]:
    """The instants at which time alone may change the status."""
    marks = [line.period(rule.per, now).end]
    own = line.setting(SettingKind.TURBO, rule.key)
    if own is not None:
        marks.append(own.until)
    keys = (*rule.turbo, rule.allowance)
    marks += [
        mark for one in buckets if any(_is(one, key) for key in keys) for mark in (one.valid.start, one.valid.end)
    ]
    for one in rule.statuses:
        if one.hours is not None:
            here = now.astimezone(line.zone)
            for day in (here.date(), here.date() + timedelta(days=1)):
                marks += [
                    datetime.combine(day, clock, tzinfo=line.zone).astimezone(now.tzinfo)
                    for clock in (one.hours.start, one.hours.end)
                ]
    return sorted({mark for mark in marks if mark is not None and mark > now})
