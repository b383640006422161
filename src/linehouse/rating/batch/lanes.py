"""Lanes: how all events of one kind are priced, as whole numbers that a compiled loop can use.

A kind is a tariff, what its rules can ask of an event, and which of its time bands hold. Whatever a lane cannot say
goes to the exact function; so a word that is new in the tariff's language is slow here, and right.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from math import lcm
from typing import Any

import numpy as np

from linehouse.kernel.quantity import Unit
from linehouse.kernel.rounding import Rounding
from linehouse.rating.batch.answers import NOBODY, Names
from linehouse.rating.batch.kernel import (
    BLOCKED,
    DOWN,
    EXACT_LANE,
    FREE,
    HALF_EVEN,
    HALF_UP,
    NO_BOUND,
    PRICE,
    UNRATED,
    UP,
    Lanes,
    Steps,
)
from linehouse.rating.batch.plans import Template
from linehouse.rating.buckets import MAX_MILLISECONDS, MAX_QUANTITY, NOT_ONE_RULE, RULE_BLOCKS
from linehouse.rating.burn_order import covers, may_cover
from linehouse.rating.emergency import emergency_zone, free_part
from linehouse.rating.matching import Candidate, Facts, matched
from linehouse.rating.money_takes import step_of
from linehouse.rating.percentage import NO_STEPS
from linehouse.rating.timeline import zone_of
from linehouse.rating.values import AtMaximum, Due, Fee, Per, Price, RuleEffect, Tariff, UsageEvent

_MODES = {Rounding.UP: UP, Rounding.DOWN: DOWN, Rounding.HALF_UP: HALF_UP, Rounding.HALF_EVEN: HALF_EVEN}
_ROOM = 2**60
_SIMPLE_TARIFF = frozenset({
    "key", "name", "version", "valid_from", "currency", "tax_mode", "time_zone", "rules", "number_zones", "lines",
    "network_zones", "time_bands", "round_to", "band_change", "fallback_key", "fallback", "cost_key", "cost",
    "serving_time", "attribute", "counters", "period_counts", "examples", "source", "exchange", "prefix_index",
    "short_index", "plmn_index", "country_index", "longest_prefix", "prefix_lengths", "ported_index",
    "emergency_keys", "matched", "accepted",
})  # fmt: skip
"""Words of a tariff that change nothing in a lane, or that lanes know."""
_SIMPLE_PRICE = frozenset(
    ("steps", "connect", "finish", "free", "minimum", "maximum", "at_maximum", "counts", "counter")
)


@dataclass(frozen=True, slots=True)
class _Lane:
    effect: int
    rule: int = NOBODY
    reason: int = NOBODY
    most: int = MAX_QUANTITY
    free: int = 0
    parts: int = 1
    connect: int = 0
    always: int = 0
    minimum: int = 0
    maximum: int = NO_BOUND
    rounded_to: int = 1
    mode: int = HALF_UP
    steps: tuple[tuple[int, int, int, int, int], ...] = ()
    plain: bool = True
    covers: frozenset[int] = frozenset()


class LaneBook:
    """Every lane that was needed so far. ``templates`` are all kinds of buckets that plans hold."""

    def __init__(self, names: Names, templates: tuple[Template, ...]) -> None:
        self._names = names
        self._templates = templates
        self._known: dict[Any, int] = {}
        self._lanes: list[_Lane] = []
        self._arrays: tuple[Lanes, Steps] | None = None

    def lane(self, key: Any, tariff: Tariff, event: UsageEvent) -> int:
        """The lane of a kind, shown by one event of it (of one unit, at an instant at which its bands hold)."""
        found = self._known.get(key)
        if found is None:
            made = self._made(tariff, event)
            if made is None:
                found = EXACT_LANE
            else:
                found = len(self._lanes)
                self._lanes.append(made)
                self._arrays = None
            self._known[key] = found
        return found

    def known(self, key: Any) -> int | None:
        """The lane of a kind that was seen before."""
        return self._known.get(key)

    @property
    def kinds(self) -> int:
        """How many kinds were seen so far."""
        return len(self._known)

    def arrays(self) -> tuple[Lanes, Steps]:
        """For the loop."""
        if self._arrays is None:
            self._arrays = self._built()
        return self._arrays

    def _made(self, tariff: Tariff, event: UsageEvent) -> _Lane | None:
        """None: only the exact function can price such events."""
        facts = Facts.of(tariff, event)
        most = MAX_MILLISECONDS if event.usage_type.unit is Unit.MILLISECOND else MAX_QUANTITY
        emergency = emergency_zone(facts)
        if emergency is not None:
            return _Lane(FREE, self._names.place(free_part(facts, emergency).rule), most=most)
        found = matched(facts)
        if not _simple(tariff, _SIMPLE_TARIFF) or found.counters:
            return None
        for rule in found.rules:
            if rule.accumulated is not None:
                return None
            if rule.holds(event.started_at, zone_of(rule.tariff, facts)):
                return self._by_rule(facts, rule, most)
        return _Lane(UNRATED, reason=self._names.place(NOT_ONE_RULE), most=most)

    def _by_rule(self, facts: Facts, rule: Candidate, most: int) -> _Lane | None:
        name, price = self._names.place(rule.rule.key), rule.rule.price
        if price is None:
            if rule.rule.effect is RuleEffect.FREE:
                return _Lane(FREE, name, most=most)
            return _Lane(BLOCKED, name, self._names.place(RULE_BLOCKS), most)
        if not _simple(price, _SIMPLE_PRICE) or price.per is not Per.EVENT:
            return None
        return self._priced(facts, price, name, most)

    def _priced(self, facts: Facts, price: Price, name: int, most: int) -> _Lane | None:
        steps = price.steps or NO_STEPS
        parts = lcm(*(step.unit for step in steps))
        ends = [*(step.start for step in steps[1:]), MAX_QUANTITY]
        rows = tuple(
            (step.start, end, step.block, step.price * step.block * parts // step.unit, step.flat * parts)
            for step, end in zip(steps, ends, strict=True)
        )
        even = all((end - start) % block == 0 for start, end, block, _, _ in rows[:-1])
        overhangs = all(step.overhang for step in steps[:-1])
        if steps[0].start != 0 or not (even or overhangs) or min(min(row[3:]) for row in rows) < 0:
            return None
        always = _due(price.connect, Due.ALWAYS) + _due(price.finish, Due.ALWAYS)
        connect = always + _due(price.connect, Due.CHARGED) + _due(price.finish, Due.CHARGED)
        maximum = price.maximum if price.at_maximum is AtMaximum.FREE else None
        minimum = price.minimum or 0
        if min(always, connect, minimum) < 0 or price.free < 0:
            return None
        if maximum is not None and (always or connect >= maximum):
            return None
        rounded_to = step_of(facts.tariff.round_to)
        fixed = (connect + minimum) * parts + sum(row[3] + row[4] for row in rows)
        if max(fixed, (maximum or 0) * parts, parts * rounded_to) >= _ROOM:
            return None
        dearest = max(-(-row[3] // row[2]) for row in rows)
        return _Lane(
            effect=PRICE,
            rule=name,
            most=min(most, price.free + _ROOM // max(1, dearest)),
            free=price.free,
            parts=parts,
            connect=connect * parts,
            always=always * parts,
            minimum=(minimum if maximum is None else min(minimum, maximum)) * parts,
            maximum=NO_BOUND if maximum is None else maximum * parts,
            rounded_to=rounded_to,
            mode=_MODES[facts.tariff.round_to.mode],
            steps=rows,
            plain=even,
            covers=frozenset(place for place, template in enumerate(self._templates) if self._covers(facts, template)),
        )

    def _covers(self, facts: Facts, template: Template) -> bool:
        """Whether such a bucket covers, at the instant of the event, its own validity set aside."""
        bucket = template.bucket
        asset = facts.tariff.currency if bucket.is_money else facts.event.usage_type.unit.value
        if template.asset != asset or not may_cover(bucket, facts):
            return False
        return covers(bucket, facts, facts.event.started_at, zone_of(facts.tariff, facts), begun=True)

    def _built(self) -> tuple[Lanes, Steps]:
        lanes = self._lanes
        counts = [len(one.steps) for one in lanes]
        rows = [row for one in lanes for row in one.steps] or [(0, 1, 1, 0, 0)]
        covering = np.zeros((max(1, len(lanes)), max(1, len(self._templates))), np.bool_)
        for place, one in enumerate(lanes):
            covering[place, list(one.covers)] = True
        first = np.cumsum([0, *counts])[: len(lanes)].astype(np.int32)
        small: dict[str, Any] = {name: np.array([getattr(one, name) for one in lanes], np.int32) for name in _SMALL}
        large: dict[str, Any] = {name: np.array([getattr(one, name) for one in lanes], np.int64) for name in _LARGE}
        plain = np.array([one.plain for one in lanes], np.bool_)
        made = Lanes(**small, **large, first_step=first, steps=np.array(counts, np.int32), plain=plain, covers=covering)
        columns = np.array(rows, np.int64).T
        return made, Steps(*(np.ascontiguousarray(column) for column in columns))


_SMALL = ("effect", "rule", "reason", "mode")
_LARGE = ("most", "free", "parts", "connect", "always", "minimum", "maximum", "rounded_to")


def _simple(declared: Tariff | Price, known: frozenset[str]) -> bool:
    """Whether every word that lanes do not know is as if it were not there."""
    return all(
        one.name in known or (one.default is not MISSING and getattr(declared, one.name) == one.default)
        for one in fields(declared)
    )


def _due(fee: Fee | None, due: Due) -> int:
    return fee.micros if fee is not None and fee.due is due else 0
