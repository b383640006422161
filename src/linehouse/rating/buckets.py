"""The pure decision on one event: which buckets give what, what money pays, and what nobody pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Unit
from linehouse.kernel.rounding import Rounding, round_to_int, round_to_step
from linehouse.rating.emergency import emergency_zone, free_part
from linehouse.rating.matching import Facts
from linehouse.rating.money_takes import allocate, step_of
from linehouse.rating.values import Bucket, Consumption, PaidBy, Part, Priced, Tariff, UsageEvent, Verdict
from linehouse.rating.walk import MAX_MILLISECONDS, MAX_QUANTITY, walk

NOT_ONE_RULE = "no-rule"
NEGATIVE = "negative-quantity"
TOO_MUCH = "quantity-out-of-range"
RULE_BLOCKS = "blocked-by-rule"
EMPTY_BLOCKS = "blocked-by-empty-bucket"
_NOBODY = {PaidBy.BLOCKED, PaidBy.EMPTY}


def consume(buckets: Sequence[Bucket], tariff: Tariff, event: UsageEvent) -> Consumption:
    """Price one event against these buckets. Never raises on data: what cannot be priced is ``unrated`` with a reason.

    Buckets are those valid for the event's subscriber, empty ones included (they may forbid money). Nothing moves: the
    caller books ``unit_takes`` and ``money_takes``.
    """
    facts = Facts.of(tariff, event)
    if event.quantity < 0:
        return (
            _correction(buckets, facts) if event.correction else _unrated(facts, NEGATIVE, "the quantity is negative")
        )
    if event.quantity > (MAX_MILLISECONDS if event.usage_type.unit is Unit.MILLISECOND else MAX_QUANTITY):
        return _unrated(facts, TOO_MUCH, "no meter counts that far")
    if event.quantity == 0:
        return Consumption(priced=_priced(facts, Verdict.FREE, detail="nothing was used"))
    if (emergency := emergency_zone(facts)) is not None:
        return Consumption(priced=replace(_priced(facts, Verdict.FREE), parts=(free_part(facts, emergency),)))
    walked = walk(facts, buckets)
    if walked.gap is not None:
        return _unrated(facts, NOT_ONE_RULE, _no_rule(facts, walked.gap))
    exact = sum((amount for _, amount in walked.due), Fraction(0))
    total = round_to_step(exact, step_of(tariff.round_to), tariff.round_to.mode)
    money = allocate(walked.due, total, walked.timeline, tariff.round_to)
    blocked = sum(part.quantity for part in walked.parts if part.paid_by in _NOBODY)
    verdict, reason, detail = _verdict(walked.parts)
    priced = _priced(facts, verdict, reason, detail)
    return Consumption(
        priced=replace(
            priced,
            parts=tuple(walked.parts),
            fees=tuple(walked.fees),
            exact=exact,
            total=Money(total, tariff.currency),
        ),
        unit_takes={ref: round_to_int(taken, Rounding.UP) for ref, taken in walked.taken.items() if taken},
        money_takes=money.by_bucket,
        uncollected=money.uncollected,
        blocked=blocked,
    )


def _verdict(parts: Sequence[Part]) -> tuple[Verdict, str, str]:
    payers = {part.paid_by for part in parts}
    if payers & {PaidBy.MONEY, PaidBy.BUCKET}:
        return Verdict.PRICED, "", ""
    if not payers & _NOBODY:
        return Verdict.FREE, "", ""
    if PaidBy.BLOCKED in payers:
        return Verdict.BLOCKED, RULE_BLOCKS, f"rule {parts[0].rule!r} does not allow it"
    return Verdict.BLOCKED, EMPTY_BLOCKS, "the allowance is used up and money is not asked"


def _correction(buckets: Sequence[Bucket], facts: Facts) -> Consumption:
    """A correcting record gives back the plain price of its quantity, to the money that is asked last."""
    plain = consume((), facts.tariff, replace(facts.event, quantity=-facts.event.quantity, correction=False))
    given = plain.priced
    priced = replace(
        given,
        quantity=facts.event.quantity,
        exact=-given.exact,
        total=-given.total,
        detail="a correction: the price of the quantity is given back"
        if given.verdict is Verdict.PRICED
        else given.detail,
    )
    purses = [bucket.ref for bucket in buckets if bucket.is_money]
    takes = {purses[-1]: priced.total.micros} if purses and priced.total.micros else {}
    uncollected = 0 if takes else priced.total.micros
    return Consumption(priced=priced, money_takes=takes, uncollected=uncollected)


def _unrated(facts: Facts, reason: str, detail: str) -> Consumption:
    return Consumption(priced=_priced(facts, Verdict.UNRATED, reason, detail))


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
