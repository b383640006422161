"""The pure decision on one event: which buckets give what, what money pays, and what nobody pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Unit
from linehouse.kernel.rounding import Rounding, round_to_int, round_to_step
from linehouse.rating.burn_order import in_burn_order
from linehouse.rating.emergency import emergency_zone, free_part
from linehouse.rating.matching import Facts
from linehouse.rating.money_takes import Purses, kept, step_of
from linehouse.rating.values import (
    Bucket,
    Consumption,
    NumberZone,
    PaidBy,
    Part,
    Priced,
    Tariff,
    UsageEvent,
    Verdict,
    WalkState,
)
from linehouse.rating.volume import volume_differences
from linehouse.rating.walk import Walk
from linehouse.rating.walk_state import give_back

MAX_QUANTITY = 2**62
"""Beyond this no meter counts; an event that claims it is broken."""
MAX_MILLISECONDS = 10 * 366 * 86_400_000
NOT_ONE_RULE = "no-rule"
NEGATIVE = "negative-quantity"
TOO_MUCH = "quantity-out-of-range"
NO_AMOUNT = "no-amount"
NO_INSTANT = "instant-out-of-range"
RULE_BLOCKS = "blocked-by-rule"
EMPTY_BLOCKS = "blocked-by-empty-bucket"
EMPTY_REDIRECTS = "redirected-by-empty-bucket"
EMPTY_THROTTLES = "throttled-by-empty-bucket"
_NOBODY = frozenset({PaidBy.BLOCKED, PaidBy.EMPTY, PaidBy.REDIRECTED})
_ALL_DECIMALS = 6
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
_NO_COUNTERS: Mapping[str, int] = MappingProxyType({})


def consume(
    buckets: Sequence[Bucket],
    tariff: Tariff,
    event: UsageEvent,
    *,
    counters: Mapping[str, int] = _NO_COUNTERS,
    resume: WalkState | None = None,
    final: bool = True,
) -> Consumption:
    """Price one event against these buckets. Never raises on data: what cannot be priced is ``unrated`` with a reason.

    Buckets are those valid for the event's subscriber, empty ones included (they may forbid money), with what they
    have now. ``counters`` is what was used of the period so far, by counter. Nothing moves: the caller books
    ``unit_takes``, ``money_takes`` and ``counted``.

    Reported in parts: ``event.quantity`` is the usage since the event's start. The first call has
    ``resume=WalkState()``, each further one the ``state`` of the answer before, with buckets and counters as booked
    since; the answer holds what this call adds (less than nothing where usage is given back). What was assigned is
    kept; only the last block of an exact bucket is decided again while it may still grow. ``final``: the event
    ends, so that ``finish`` and ``minimum`` are due. Split in any way, the answers add up to that of one piece.
    """
    if event.or_priced_at is not None and event.quantity > 0:
        return _cheaper(buckets, tariff, event, counters, resume, final=final)
    facts = Facts.of(tariff, event)
    refused = _refused(event)
    if refused is not None:
        return _unrated(facts, *refused, resume)
    if event.quantity < 0:
        return _correction(buckets, facts, counters)
    if event.quantity == 0 and resume is None:
        return Consumption(priced=_priced(facts, Verdict.FREE, detail="nothing was used"))
    if (emergency := emergency_zone(facts)) is not None:
        return _emergency(facts, emergency, resume)
    begun = give_back(resume, event.quantity) if resume is not None else None
    walk = Walk(facts, buckets, counters, begun).go()
    if walk.amount_missing:
        return _unrated(facts, NO_AMOUNT, "a percentage is due and the event carries no amount", resume)
    if walk.gap is not None:
        return _unrated(facts, NOT_ONE_RULE, _no_rule(facts, walk.gap), resume)
    if resume is not None and walk.kept is None:
        walk.kept = walk.keep()
    return _answer(facts, walk, resume, final=final)


def _answer(facts: Facts, walk: Walk, resume: WalkState | None, *, final: bool) -> Consumption:
    """The whole event so far, and what is new in it."""
    tariff, money = facts.tariff, walk.money
    if walk.counts_volume:
        for rule, difference in volume_differences(walk).items():
            money.beyond_bounds("volume", difference, rule)
    if final and facts.event.quantity:
        money.end()
    exact = money.sum
    round_to = tariff.round_to
    whole = isinstance(exact, int) and round_to.decimals == _ALL_DECIMALS
    total = int(exact) if whole else round_to_step(exact, step_of(round_to), round_to.mode)
    purses = Purses(walk.time, walk.state, one_bucket=tariff.one_bucket)
    purses.pay(money.owed[: walk.kept_owed])
    kept_money = kept(purses.paid) if resume is not None else ()
    purses.pay(money.owed[walk.kept_owed :])
    takes = purses.split(exact, total, round_to)
    units = {ref: round_to_int(taken, Rounding.UP) for ref, taken in walk.units.taken.items() if taken}
    blocked = throttled = 0
    for part in walk.parts:
        if part.paid_by in _NOBODY:
            blocked += part.quantity
        elif part.paid_by is PaidBy.THROTTLED:
            throttled += part.quantity
    verdict, reason, detail = verdict_of(walk.parts)
    priced = Priced(
        verdict=verdict,
        tariff=tariff.label,
        currency=tariff.currency,
        tax_mode=tariff.tax_mode,
        unit=facts.event.usage_type.unit,
        quantity=facts.event.quantity,
        number=facts.number,
        network=facts.network,
        parts=tuple(walk.parts),
        fees=tuple(money.fees),
        exact=exact,
        total=Money(total, tariff.currency),
        rounding=round_to,
        reason=reason,
        detail=detail,
    )
    opened = walk.time.opened
    if resume is None or walk.kept is None:
        return Consumption(
            priced=priced,
            unit_takes=units,
            money_takes=takes.by_bucket,
            uncollected=takes.uncollected,
            blocked=blocked,
            throttled=throttled,
            counted=walk.use.added,
            first_used=opened,
            ends_at=money.ends_at,
        )
    state = replace(
        walk.kept,
        money=kept_money,
        total=total,
        units_booked=units,
        money_booked=takes.by_bucket,
        uncollected=takes.uncollected,
        counted=dict(walk.use.added),
        blocked=blocked,
        throttled=throttled,
    )
    return Consumption(
        priced=priced,
        unit_takes=_more(units, resume.units_booked),
        money_takes=_more(takes.by_bucket, resume.money_booked),
        uncollected=takes.uncollected - resume.uncollected,
        blocked=blocked - resume.blocked,
        throttled=throttled - resume.throttled,
        counted=_more(walk.use.added, resume.counted),
        first_used={ref: at for ref, at in opened.items() if ref not in resume.opened},
        ends_at=money.ends_at,
        state=state,
    )


def _more(now: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """What is more than before, key by key, without zeros."""
    found = {key: now.get(key, 0) - before.get(key, 0) for key in (*now, *(key for key in before if key not in now))}
    return {key: more for key, more in found.items() if more}


def _refused(event: UsageEvent) -> tuple[str, str] | None:
    """Data that no tariff can price, with the reason."""
    quantity = event.quantity
    if quantity < 0 and not event.correction:
        return NEGATIVE, "the quantity is negative"
    if abs(quantity) > (MAX_MILLISECONDS if event.usage_type.unit is Unit.MILLISECOND else MAX_QUANTITY):
        return TOO_MUCH, "no meter counts that far"
    if not all(
        _FIRST_YEAR <= one.year < _LAST_YEAR for one in (event.started_at, event.priced_at, event.ended_at) if one
    ):
        return NO_INSTANT, "no usage happened in that year"
    return None


def _cheaper(
    buckets: Sequence[Bucket],
    tariff: Tariff,
    event: UsageEvent,
    counters: Mapping[str, int],
    resume: WalkState | None,
    *,
    final: bool,
) -> Consumption:
    """A part of which nobody can say on which side of a switch it lies is priced on the cheaper."""
    sides = [
        consume(
            buckets,
            tariff,
            replace(event, priced_at=at, or_priced_at=None),
            counters=counters,
            resume=resume,
            final=final,
        )
        for at in (event.priced_at, event.or_priced_at)
    ]
    rated = [one for one in sides if one.priced.verdict is not Verdict.UNRATED] or sides[:1]
    return min(rated, key=lambda one: one.priced.total.micros)


def _emergency(facts: Facts, zone: NumberZone, resume: WalkState | None) -> Consumption:
    part = free_part(facts, zone)
    priced = replace(_priced(facts, Verdict.FREE), parts=(part,))
    if resume is None:
        return Consumption(priced=priced)
    quantity = facts.event.quantity
    return Consumption(priced=priced, state=WalkState(used=quantity, position=quantity, parts=(part,)))


def verdict_of(parts: Sequence[Part]) -> tuple[Verdict, str, str]:
    """What parts come to together, with the reason as a code and as a sentence where nobody paid."""
    payers = {part.paid_by for part in parts}
    if PaidBy.MONEY in payers or PaidBy.BUCKET in payers:
        return Verdict.PRICED, "", ""
    if PaidBy.THROTTLED in payers:
        return Verdict.THROTTLED, EMPTY_THROTTLES, "the allowance is used up; usage goes on, slower, without money"
    if not payers & _NOBODY:
        return Verdict.FREE, "", ""
    if PaidBy.BLOCKED in payers:
        return Verdict.BLOCKED, RULE_BLOCKS, f"rule {parts[0].rule!r} does not allow it"
    if PaidBy.REDIRECTED in payers:
        return Verdict.BLOCKED, EMPTY_REDIRECTS, "the allowance is used up and more can be bought"
    return Verdict.BLOCKED, EMPTY_BLOCKS, "the allowance is used up and money is not asked"


def _correction(buckets: Sequence[Bucket], facts: Facts, counters: Mapping[str, int]) -> Consumption:
    """A correcting record gives back the plain price of its quantity, to the money that is asked last.

    In the period it takes back what was used last: the steps are those before that usage.
    """
    event = facts.event
    quantity = -event.quantity
    amount = abs(event.amount) if event.amount is not None else None
    right = replace(event, quantity=quantity, amount=amount, correction=False)
    lower = {key: count if "#" in key else max(0, count - quantity) for key, count in counters.items()}
    plain = consume((), facts.tariff, right, counters=lower)
    given = plain.priced
    detail = "a correction: the price of the quantity is given back"
    priced = replace(
        given,
        quantity=event.quantity,
        exact=-given.exact,
        total=-given.total,
        detail=detail if given.verdict is Verdict.PRICED else given.detail,
    )
    purses = [bucket.ref for bucket in in_burn_order(buckets) if bucket.is_money]
    takes = {purses[-1]: priced.total.micros} if purses and priced.total.micros else {}
    uncollected = 0 if takes else priced.total.micros
    counted = {key: -count for key, count in plain.counted.items()}
    return Consumption(priced=priced, money_takes=takes, uncollected=uncollected, counted=counted)


def _unrated(facts: Facts, reason: str, detail: str, state: WalkState | None = None) -> Consumption:
    return Consumption(priced=_priced(facts, Verdict.UNRATED, reason, detail), state=state)


def _priced(facts: Facts, verdict: Verdict, reason: str = "", detail: str = "") -> Priced:
    tariff, event = facts.tariff, facts.event
    return Priced(
        verdict=verdict,
        tariff=tariff.label,
        currency=tariff.currency,
        tax_mode=tariff.tax_mode,
        unit=event.usage_type.unit,
        quantity=event.quantity,
        number=facts.number,
        network=facts.network,
        parts=(),
        fees=(),
        exact=Fraction(0),
        total=Money.zero(tariff.currency),
        rounding=tariff.round_to,
        reason=reason,
        detail=detail,
    )


def _no_rule(facts: Facts, position: int) -> str:
    event = facts.event
    where = f"number zone {facts.number.zone}, network zone {facts.network.zone}"
    when = "" if position == 0 else f" from position {position}"
    return f"{facts.tariff.label} has no rule for {event.usage_type} {event.direction} ({where}){when}"
