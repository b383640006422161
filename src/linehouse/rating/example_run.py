"""Executing an example: with what it says was used before, with its allowance, in its parts."""

from __future__ import annotations

from dataclasses import replace

from linehouse.kernel.period import Period
from linehouse.rating.buckets import consume
from linehouse.rating.matching import Facts, candidates
from linehouse.rating.period_use import charged_key, entered_key
from linehouse.rating.price import price
from linehouse.rating.values import (
    Bucket,
    BucketKind,
    Consumption,
    Per,
    Tariff,
    TariffExample,
    UsageEvent,
    WalkState,
)

ALLOWANCE = "allowance"
"""What the explanation calls the allowance of an example."""


def event_of(example: TariffExample) -> UsageEvent:
    """The event that an example describes."""
    return UsageEvent(
        usage_type=example.usage_type,
        direction=example.direction,
        started_at=example.started_at,
        quantity=example.quantity.amount,
        other_party=example.other_party,
        serving_plmn=example.serving_plmn,
        serving_country=example.serving_country,
        on_net=example.on_net,
        other_network=example.other_network,
        closed_user_groups=example.closed_user_groups,
        friend_lists=example.friend_lists,
        segments=example.segments,
        amount=example.amount,
    )


def run(tariff: Tariff, example: TariffExample) -> Consumption:
    """What the example's event costs, and who pays. Never raises on data."""
    event = event_of(example)
    counters = _counters(tariff, example, event)
    buckets: tuple[Bucket, ...] = ()
    if example.left is not None:
        buckets = (_bucket(tariff, example.left),)
    if example.part is None or event.quantity <= 0:
        return consume(buckets, tariff, event, counters=counters)
    return _in_parts(tariff, example, event, example.part, counters)


def _in_parts(
    tariff: Tariff, example: TariffExample, event: UsageEvent, part: int, counters: dict[str, int]
) -> Consumption:
    """Report by report, with the allowance and the counters as booked since."""
    left, state, answer = example.left, WalkState(), Consumption(priced=price(tariff, event))
    for mark in [*range(part, event.quantity, part), event.quantity]:
        buckets = () if left is None else (_bucket(tariff, left),)
        answer = consume(
            buckets,
            tariff,
            replace(event, quantity=mark),
            counters=counters,
            resume=state,
            final=mark == event.quantity,
        )
        if left is not None:
            left -= answer.unit_takes.get(ALLOWANCE, 0)
        for key, more in answer.counted.items():
            counters[key] = counters.get(key, 0) + more
        if answer.state is None:
            return answer
        state = answer.state
    return replace(answer, unit_takes=dict(state.units_booked))


def _bucket(tariff: Tariff, left: int) -> Bucket:
    return Bucket(
        ref=ALLOWANCE,
        kind=BucketKind.UNITS,
        available=left,
        valid=Period(tariff.valid_from),
        created_at=tariff.valid_from,
        name=ALLOWANCE,
    )


def _counters(tariff: Tariff, example: TariffExample, event: UsageEvent) -> dict[str, int]:
    """Every counter that the event moves, at what the example says was used; steps behind it are paid for."""
    found: dict[str, int] = {}
    if example.used is not None:
        asked: Tariff | None = tariff
        while asked is not None:
            found |= {
                key: example.used
                for key, one in asked.counters.items()
                if event.usage_type in one.what.usage_types or not one.what.usage_types
            }
            asked = asked.fallback
        for rule in candidates(Facts.of(tariff, event)):
            price = rule.rule.price
            if price is None or price.per is not Per.PERIOD:
                continue
            found[rule.usage or price.counter] = example.used
            if price.volume:
                found[charged_key(rule)] = example.used
            for index, step in enumerate(price.steps):
                if step.flat and step.start < example.used:
                    found[entered_key(rule, index)] = 1
    return found | dict(example.used_of)
