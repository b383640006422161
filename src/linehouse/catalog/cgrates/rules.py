"""The rules of a plan: who is called, when, for which price, in the order in which a tariff asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from linehouse.catalog.cgrates.bands import Band, Bands
from linehouse.catalog.cgrates.number_zones import Zone, Zones
from linehouse.catalog.cgrates.prices import PriceText, price_of
from linehouse.catalog.cgrates.profiles import Span
from linehouse.catalog.cgrates.sharing import Horizon, share_out
from linehouse.catalog.cgrates.values import (
    ANY,
    Binding,
    Finding,
    Kind,
    Rated,
    Six,
    Timing,
    Untranslatable,
    Wishes,
    refuse,
)
from linehouse.catalog.cgrates.yaml_text import money
from linehouse.rating.values import UsageType


@dataclass(frozen=True, slots=True)
class Timed:
    """A destination's price at a time."""

    rated: Rated
    timing: Timing
    price: PriceText
    bands: tuple[Band, ...]
    """None at all: at any time."""

    def with_bands(self, bands: tuple[Band, ...]) -> Timed:
        """The same at more times."""
        return replace(self, bands=self.bands + bands)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a plan says of one destination; ``full``: at every instant something."""

    destination: str
    timed: tuple[Timed, ...]
    full: bool


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule before it is written. ``zones`` empty: any number; ``start``, ``end``: a price for a time."""

    category: str
    usage: UsageType
    destination: str
    zones: tuple[Zone, ...]
    timed: Timed
    bands: tuple[Band, ...]
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class _Choice:
    """One line of a plan that concerns a destination."""

    binding: Binding
    rated: Rated
    timing: Timing


class Plans:
    """The plans of the files. What is found on the way is kept in ``findings``, each thing once."""

    def __init__(self, six: Six, zones: Zones, horizon: Horizon, bands: Bands, wishes: Wishes) -> None:
        self._six = six
        self._zones = zones
        self._horizon = horizon
        self._bands = bands
        self._wishes = wishes
        self._decided: dict[tuple[str, str, UsageType], Decided] = {}
        self.findings: dict[Finding, None] = {}

    def rules(self, category: str, usage: UsageType, span: Span) -> Iterator[RuleText]:
        """The rules of a span of time, plan by plan. Raises Untranslatable."""
        for place, plan in enumerate(span.plans):
            yield from self._plan(category, usage, span, plan, more=place + 1 < len(span.plans))

    def _plan(self, category: str, usage: UsageType, span: Span, plan: str, *, more: bool) -> Iterator[RuleText]:
        choices = self._choices(plan)
        self._numbers_of(usage, choices)
        sequences: dict[tuple[str, ...], list[Zone]] = {}
        for zone in self._zones.zones:
            asked = self._asked(plan, usage, zone, choices)
            if asked:
                sequences.setdefault(asked, []).append(zone)
        for asked, zones in sequences.items():
            for place, destination in enumerate(asked):
                decided = self._decide(plan, usage, destination, choices)
                behind = place + 1 < len(asked) or ANY in choices or more
                self._gaps(decided, choices, behind=behind)
                yield from self._rules_of(category, usage, span, decided, tuple(zones))
        if ANY in choices:
            decided = self._decide(plan, usage, ANY, choices)
            self._gaps(decided, choices, behind=more)
            yield from self._rules_of(category, usage, span, decided, ())

    def _choices(self, plan: str) -> Mapping[str, list[_Choice]]:
        found: dict[str, list[_Choice]] = {}
        for binding in self._six.plans[plan]:
            timing = self._six.timings[binding.timing]
            for rated in self._six.destination_rates[binding.rates]:
                found.setdefault(rated.destination, []).append(_Choice(binding, rated, timing))
        return found

    def _numbers_of(self, usage: UsageType, choices: Mapping[str, list[_Choice]]) -> None:
        for destination, lines in choices.items():
            if destination in self._zones.refused:
                raise Untranslatable(self._zones.refused[destination])
            if usage is UsageType.DATA and destination != ANY:
                why = "data is used without a called number"
                raise refuse(lines[0].rated.place, "DestinationId", destination, why, f"{ANY} for data")

    def _asked(self, plan: str, usage: UsageType, zone: Zone, choices: Mapping[str, list[_Choice]]) -> tuple[str, ...]:
        """The destinations by which the plan rates the zone, up to the first that leaves no time over."""
        asked = []
        for level in zone.chain:
            rated = [destination for destination in level if destination in choices]
            rated.sort(key=lambda destination: -max(line.binding.weight for line in choices[destination]))
            for destination, after in pairwise([*rated, None]):
                if destination is None:
                    continue
                if after is not None:
                    _one_of(destination, after, choices)
                asked.append(destination)
                if self._decide(plan, usage, destination, choices).full:
                    return tuple(asked)
        return tuple(asked)

    def _decide(self, plan: str, usage: UsageType, destination: str, choices: Mapping[str, list[_Choice]]) -> Decided:
        key = (plan, destination, usage)
        if key not in self._decided:
            self._decided[key] = self._share(usage, destination, choices[destination])
        return self._decided[key]

    def _share(self, usage: UsageType, destination: str, lines: Sequence[_Choice]) -> Decided:
        ordered = sorted(lines, key=lambda line: (-line.binding.weight, -line.timing.start))
        priced = [(line, self._price(line, usage)) for line in ordered]
        for (line, price), (other, other_price) in pairwise(priced):
            same_rank = (line.binding.weight, line.timing.start) == (other.binding.weight, other.timing.start)
            if same_rank and price != other_price and _meet(line.timing, other.timing, self._horizon):
                why = f"{line.binding.place} rates {destination} at the same time with the same weight"
                raise refuse(other.binding.place, "Weight", str(other.binding.weight), why, "the heavier one counts")
        shares = share_out([line.timing for line in ordered], self._horizon)
        timed = []
        for share, (line, price) in zip(shares.shares, priced, strict=True):
            if share.nothing:
                why = f"other timings of {destination} leave it no time"
                self._tell(Kind.LEFT_OUT, line.binding, "TimingTag", line.binding.timing, why)
                continue
            bands = tuple(self._bands.of(line.timing.tag, share))
            timed.append(Timed(line.rated, line.timing, price, bands))
        self._notes(destination, priced)
        return Decided(destination, tuple(_together(timed)), shares.full)

    def _price(self, line: _Choice, usage: UsageType) -> PriceText:
        price, findings = price_of(line.rated, self._six.rates[line.rated.rate], usage, self._wishes.rounding)
        self.findings.update(dict.fromkeys(findings))
        if line.timing.ignored:
            why = f"CGRateS does not heed {line.timing.ignored} when it rates: a rate lasts until the next or midnight"
            self.findings[Finding(Kind.TOLD, line.timing.place, "Time", line.timing.ignored, why)] = None
        return price

    def _notes(self, destination: str, priced: Sequence[tuple[_Choice, PriceText]]) -> None:
        bounds = {(price.maximum, price.disconnect) for _, price in priced}
        line = priced[0][0]
        if len(bounds) > 1:
            shown = " / ".join(money(amount) if amount is not None else "none" for amount, _ in sorted(bounds, key=str))
            why = f"MaxCost of {destination} differs between its timings: that of a call's start counts for all of it"
            self.findings[Finding(Kind.DIFFERS, line.rated.place, "MaxCost", shown, why)] = None
        for heavy, light in pairwise([one for one, _ in priced]):
            if heavy.binding.weight > light.binding.weight and heavy.timing.start > light.timing.start:
                why = (
                    f"a call to {destination} that is going on when this begins changes its rate here; "
                    "CGRateS may keep the lighter rate until midnight"
                )
                self._tell(Kind.DIFFERS, heavy.binding, "Weight", str(heavy.binding.weight), why)

    def _gaps(self, decided: Decided, choices: Mapping[str, list[_Choice]], *, behind: bool) -> None:
        if decided.full:
            return
        line = choices[decided.destination][0]
        if behind:
            why = (
                f"{decided.destination} has no rate at some times, and something else rates it then; "
                "CGRateS decides that where a call starts, here it is asked again for each increment"
            )
            self._tell(Kind.DIFFERS, line.binding, "TimingTag", line.binding.timing, why)
        else:
            why = f"{decided.destination} has no rate at some times: it is unrated then, where CGRateS fails"
            self._tell(Kind.TOLD, line.binding, "TimingTag", line.binding.timing, why)

    def _tell(self, kind: Kind, binding: Binding, field: str, value: str, why: str) -> None:
        self.findings[Finding(kind, binding.place, field, value, why)] = None

    def _rules_of(
        self, category: str, usage: UsageType, span: Span, decided: Decided, zones: tuple[Zone, ...]
    ) -> Iterator[RuleText]:
        start = span.start if span.start > self._horizon.first else None
        for timed in decided.timed:
            weekly = tuple(band for band in timed.bands if not band.only_dates)
            if weekly or not timed.bands:
                yield RuleText(category, usage, decided.destination, zones, timed, weekly, start, span.end)
            for band in timed.bands:
                if band.only_dates:
                    end = min(span.end, self._horizon.last) if span.end is not None else self._horizon.last
                    yield RuleText(category, usage, decided.destination, zones, timed, (band,), start, end)


def _together(timed: Sequence[Timed]) -> list[Timed]:
    """Times of one price in one; what they share out does not overlap, so their order says nothing."""
    found: list[Timed] = []
    for one in sorted(timed, key=_first_band):
        place = next((place for place, other in enumerate(found) if other.price == one.price and other.bands), None)
        if place is None or not one.bands:
            found.append(one)
        else:
            found[place] = found[place].with_bands(one.bands)
    return found


def _first_band(timed: Timed) -> tuple[bool, int, int]:
    """Usual times in the order of the week, then dates."""
    hours = timed.bands[0].hours if timed.bands else ()
    first = min(((min(one.weekdays), one.start) for one in hours), default=(0, 0))
    return (bool(timed.bands) and not hours, *first)


def _one_of(destination: str, after: str, choices: Mapping[str, list[_Choice]]) -> None:
    """Two destinations of one prefix: the one with the heavier timing counts; of equal ones CGRateS takes either."""
    here, there = choices[destination], choices[after]
    weights = [max(line.binding.weight for line in lines) for lines in (here, there)]
    if weights[0] != weights[1]:
        return
    said = [
        sorted((line.timing.tag, str(line.binding.weight), line.rated.rate) for line in lines)
        for lines in (here, there)
    ]
    if said[0] == said[1]:
        return
    why = f"it shares a prefix with {destination}, with the same weight"
    raise refuse(there[0].binding.place, "Weight", str(weights[1]), why, "the heavier one counts")


def _meet(one: Timing, other: Timing, horizon: Horizon) -> bool:
    """Whether two timings hold on the same day."""
    shares = share_out([one, other], horizon).shares[1]
    alone = share_out([other], horizon).shares[0]
    return (shares.hours, shares.dates, shares.exceptions, shares.dated) != (
        alone.hours,
        alone.dates,
        alone.exceptions,
        alone.dated,
    )
