"""How much may be granted, and what has to be kept for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linehouse.kernel.quantity import Unit
from linehouse.rating.session.answers import FINAL_CUTS, CutBy, Refusal
from linehouse.rating.session.going import Going, go_on
from linehouse.rating.session.requests import Ask
from linehouse.rating.session.state import ServiceState, SpendCap, State
from linehouse.rating.session.switches import next_switch
from linehouse.rating.session.terms import Terms
from linehouse.rating.session.view import buckets_for, caps_on, counters_on, redirect_of, stopped_by
from linehouse.rating.values import Bucket, PaidBy, WhenEmpty

_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """A grant: how much (0: none), what it keeps by bucket and by spend cap, and why it is not more."""

    granted: int
    keeps: Mapping[str, int] = field(default_factory=dict)
    keeps_caps: Mapping[str, int] = field(default_factory=dict)
    opens: Mapping[str, int] = field(default_factory=dict)
    cost: int = 0
    cut_by: CutBy | None = None
    refusal: Refusal | None = None
    switch: datetime | None = None
    throttle: str = ""
    redirect_to: str = ""

    @property
    def final(self) -> bool:
        """Whether nothing can follow when it is used up."""
        return self.cut_by in FINAL_CUTS


@dataclass(frozen=True, slots=True)
class _Found:
    """What a candidate grant would take on each side of a tariff switch, or why it cannot be."""

    sides: tuple[Going, ...]
    why: CutBy | None


def size(
    state: State,
    service: ServiceState,
    subscriber: str,
    terms: Terms,
    ask: Ask,
    now: datetime,
    *,
    wanted: int | None = None,
) -> Sized:
    """The largest grant, at most what is wanted, that buckets, money and all bounds allow.

    ``wanted`` is a debit in one piece: no tariff switch and no threshold cuts it, and it is priced as of its event.
    """
    event = service.event
    unit = event.usage_type.unit
    single = wanted is not None
    tariff = terms.tariff_at(event.started_at if single else now)
    if (stopped := stopped_by(state, service, tariff, begins=single)) is not None:
        return Sized(granted=0, cut_by=stopped, refusal=Refusal.DENIED)
    buckets = buckets_for(state, service, subscriber, tariff, now, happened=False)
    caps = caps_on(state, service, tariff, event.started_at if single else now)
    want = wanted if wanted is not None else _wanted(terms, ask, unit)
    cut: CutBy | None = None
    opens: tuple[str, ...] = ()
    switch: datetime | None = None
    if not single:
        counters = counters_on(state, service, tariff, now)
        opens = tuple(one.key for one in counters)
        room = min((one.room for one in counters if one.room), default=None)
        if room is not None and room < want:
            want, cut = room, CutBy.POLICY
        if unit is Unit.MILLISECOND:
            here = event.started_at + service.used * _MS
            ends = next_switch(terms, event, here, here + want * _MS)
            if ends is not None:
                want, cut = -(-(ends - here) // _MS), CutBy.SWITCH
        else:
            switch = next_switch(terms, event, now, now + terms.policy.validity)
    sides = _priced_at(now, switch) if unit is not Unit.MILLISECOND and not single else (None,)

    def probe(more: int) -> _Found:
        goings = []
        for side in sides:
            going = go_on(
                buckets,
                terms,
                event,
                service.walk,
                service.used,
                service.used + more,
                state.counters,
                priced_at=side,
                reported_at=side,
            )
            why = _why_not(going, service.used + more, ask.ceiling, caps, terms, side or event.started_at)
            goings.append(going)
            if why is not None:
                return _Found(tuple(goings), why)
        return _Found(tuple(goings), None)

    granted, found, why = _largest(probe, want)
    if why is not None:
        cut = why
    least = terms.policy.least.get(unit, 0) if not single else 0
    refused = why is not None and (not terms.policy.partial or granted < least)
    if granted == 0 or refused:
        return Sized(
            granted=0,
            cut_by=cut,
            refusal=_refusal(why, found) if why is not None else None,
            redirect_to=redirect_of(buckets, WhenEmpty.REDIRECT) if why is CutBy.ALLOWANCE else "",
        )
    if terms.policy.whole_blocks and not single:
        granted = max(granted, min(one.walk.position for one in found.sides) - service.used)
    return Sized(
        granted=granted,
        keeps=_dearer(found.sides),
        keeps_caps={cap.key: max(one.charge for one in found.sides) for cap in caps},
        opens=dict.fromkeys(opens, granted),
        cost=max(one.charge for one in found.sides),
        cut_by=cut,
        switch=switch,
        throttle=_throttle(found.sides, buckets),
        redirect_to=redirect_of(buckets, WhenEmpty.REDIRECT) if why is CutBy.ALLOWANCE else "",
    )


def _priced_at(now: datetime, switch: datetime | None) -> tuple[datetime | None, ...]:
    """The instants by which volume of this grant may be priced: both sides of a switch."""
    return (now,) if switch is None else (now, switch)


def _wanted(terms: Terms, ask: Ask, unit: Unit) -> int:
    want = ask.want if ask.want is not None else terms.policy.quota.get(unit, 1)
    most = terms.policy.most.get(unit)
    return want if most is None else min(want, most)


def _largest(probe: Callable[[int], _Found], want: int) -> tuple[int, _Found, CutBy | None]:
    """The largest grant that can be; the reason why the next unit cannot."""
    whole = probe(want)
    if want == 0 or whole.why is None:
        return want, whole, None
    low, high, best, failed = 0, want, _Found((), None), whole
    while high - low > 1:
        middle = (low + high) // 2
        found = probe(middle)
        if found.why is None:
            low, best = middle, found
        else:
            high, failed = middle, found
    return low, best if low else failed, failed.why


def _why_not(
    going: Going, to: int, ceiling: int | None, caps: Sequence[SpendCap], terms: Terms, instant: datetime
) -> CutBy | None:
    if going.gap or going.paid_by(PaidBy.BLOCKED):
        return CutBy.RULE
    if going.paid_by(PaidBy.EMPTY, PaidBy.REDIRECTED):
        return CutBy.ALLOWANCE
    if going.uncollected:
        return CutBy.MONEY
    if going.ends_at is not None and going.ends_at < to:
        return CutBy.MAXIMUM
    if ceiling is not None and going.walk.total > ceiling:
        return CutBy.CEILING
    tariff = terms.tariff_at(instant)
    if any((room := cap.room(tariff)) is not None and going.charge > room for cap in caps):
        return CutBy.SPEND_CAP
    return None


def _refusal(why: CutBy, found: _Found) -> Refusal:
    if why is CutBy.RULE:
        return Refusal.UNRATED if any(one.gap for one in found.sides) else Refusal.DENIED
    return Refusal.CREDIT_LIMIT


def _dearer(sides: Sequence[Going]) -> dict[str, int]:
    """By bucket, what the side takes that takes more."""
    keeps: dict[str, int] = {}
    for side in sides:
        for ref, amount in side.takes.items():
            keeps[ref] = max(keeps.get(ref, 0), amount)
    return {ref: amount for ref, amount in keeps.items() if amount > 0}


def _throttle(sides: Sequence[Going], buckets: Sequence[Bucket]) -> str:
    if any(one.paid_by(PaidBy.THROTTLED) for one in sides):
        return redirect_of(buckets, WhenEmpty.THROTTLE) or WhenEmpty.THROTTLE.value
    return ""
