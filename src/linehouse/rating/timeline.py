"""Positions in an event against instants: which rule is in force where, and up to where nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo

from linehouse.kernel.quantity import Unit
from linehouse.rating.burn_order import bands_of, covers
from linehouse.rating.matching import Candidate, Facts, Matched
from linehouse.rating.period_use import PeriodUse
from linehouse.rating.time_bands import holds, next_edge
from linehouse.rating.values import Attribute, Bucket, Tariff, TimeBand

_MICROSECOND = timedelta(microseconds=1)
_MS = 1_000
_A_DAY = timedelta(days=1)


def zone_of(tariff: Tariff, facts: Facts) -> tzinfo:
    """In which time zone the tariff's bands are read for this event."""
    offset = facts.event.utc_offset
    if not tariff.serving_time or offset is None or abs(offset) >= _A_DAY:
        return tariff.time_zone
    return timezone(offset)


class Timeline:
    """Time passes while it is used; messages happen when they start; data when the tariff's ``attribute`` says.

    ``opened``: buckets that last from their first use, with the instant of that.
    """

    def __init__(
        self,
        facts: Facts,
        matched: Matched,
        buckets: list[Bucket],
        use: PeriodUse,
        opened: dict[str, datetime],
        reported: int,
    ) -> None:
        event = facts.event
        self._facts = facts
        self._use = use
        self._rules = matched.rules
        self._always = matched.always
        self.buckets = buckets
        self.opened = opened
        # From position ``_from`` at ``_start``, ``_span`` microseconds pass per ``_per`` base units.
        self._from, self._start, self._per, self._span = 0, event.started_at, 1, 0
        if event.usage_type.unit is Unit.MILLISECOND:
            self._span = _MS
        elif event.usage_type.unit is Unit.OCTET:
            self._place_volume(reported)
        self._zone = zone_of(facts.tariff, facts)
        self._rule_bands: list[tuple[tzinfo, tuple[TimeBand, ...]]] = []
        if self._span and self._always is None:
            by_zone: dict[tzinfo, list[TimeBand]] = {}
            for rule in self._rules:
                by_zone.setdefault(zone_of(rule.tariff, facts), []).extend(rule.bands)
            self._rule_bands = [(zone, tuple(bands)) for zone, bands in by_zone.items() if bands]
        self._bucket_bands = tuple(band for bucket in buckets for band in bands_of(bucket, facts)) if buckets else ()
        last = self.instant(event.quantity)
        self._constant = all(
            bucket.lasts is None
            and not bucket.scope.timed
            and bucket.valid.contains(self._start)
            and bucket.valid.contains(last)
            for bucket in buckets
        )

    def _place_volume(self, reported: int) -> None:
        event, attribute = self._facts.event, self._facts.tariff.attribute
        self._start = event.priced_at or event.started_at
        if event.ended_at is None:
            return
        if attribute is Attribute.REPORT:
            self._start = event.ended_at
        elif attribute is Attribute.PRO_RATA and event.ended_at > self._start and event.quantity > reported:
            self._from, self._per = reported, event.quantity - reported
            self._span = (event.ended_at - self._start) // _MICROSECOND

    def instant(self, position: int) -> datetime:
        """When the position is reached."""
        if not self._span:
            return self._start
        return self._start + timedelta(microseconds=(position - self._from) * self._span // self._per)

    def rule_at(self, position: int, further: int = 0, counting: tuple[str, ...] = ()) -> Candidate | None:
        """The first rule in force there, when ``counting`` counters stand ``further`` than now."""
        if self._always is not None:
            return self._always
        instant = self.instant(position)
        for rule in self._rules:
            asked = rule.rule.conditions.accumulated
            if asked is not None:
                stands = self._use.at(asked.counter) + (further if asked.counter in counting else 0)
                if not asked.holds(stands):
                    continue
            if rule.holds(instant, zone_of(rule.tariff, self._facts)):
                return rule
        return None

    def band_at(self, rule: Candidate, position: int) -> str:
        """The key of the time band by which the rule holds; empty when it needs none."""
        if not rule.bands:
            return ""
        instant, zone = self.instant(position), zone_of(rule.tariff, self._facts)
        return next((band.key for band in rule.bands if holds(band, instant, zone)), "")

    def rule_edge(self, position: int, end: int, counting: tuple[str, ...]) -> int:
        """The position, at most ``end``, from which another rule is in force while ``counting`` counters go on."""
        if self._always is not None or (not self._span and not counting):
            return end
        here = self.rule_at(position)
        edge = position
        while edge < end:
            edge = min(self._rule_marks(position, edge, counting), default=end)
            if edge < end and self.rule_at(edge, edge - position, counting) is not here:
                return edge
        return end

    def _rule_marks(self, position: int, edge: int, counting: tuple[str, ...]) -> Iterator[int]:
        """Positions after ``edge`` at which something that rules ask for changes."""
        if self._span:
            instant = self.instant(edge)
            for zone, bands in self._rule_bands:
                mark = next_edge(bands, instant, zone)
                if mark is not None:
                    yield self._position(mark)
            for rule in self._rules:
                valid = rule.rule.valid
                if valid is not None:
                    yield from (self._position(one) for one in (valid.start, valid.end) if one and one > instant)
        for rule in self._rules:
            asked = rule.rule.conditions.accumulated
            if asked is not None and asked.counter in counting:
                stands = self._use.at(asked.counter)
                reached = (position + bound - stands for bound in (asked.start, asked.end) if bound is not None)
                yield from (one for one in reached if one > edge)

    def bucket_edge(self, position: int, end: int, using: Bucket | None = None) -> int:
        """The position from which a bucket may begin or cease to cover; ``end`` when none does.

        ``using`` is about to be used there.
        """
        if self._constant or not self._span:
            return end
        here = self.instant(position)
        marks: list[datetime | None] = [next_edge(self._bucket_bands, here, self._zone)]
        for bucket in self.buckets:
            marks += [bucket.valid.start, bucket.valid.end]
            if bucket.lasts is not None and (bucket is using or bucket.ref in self.opened):
                marks.append(self.opened.get(bucket.ref, here) + bucket.lasts)
        return min((self._position(mark) for mark in marks if mark is not None and mark > here), default=end)

    def covering(self, position: int) -> list[Bucket]:
        """The buckets that may cover a block that starts there, in burn order."""
        if self._constant:
            return self.buckets
        instant = self.instant(position)
        return [bucket for bucket in self.buckets if self._covers(bucket, instant)]

    def _covers(self, bucket: Bucket, instant: datetime) -> bool:
        first = self.opened.get(bucket.ref) if bucket.lasts is not None else None
        if first is not None and bucket.lasts is not None and instant >= first + bucket.lasts:
            return False
        return covers(bucket, self._facts, instant, self._zone, begun=first is not None)

    def _position(self, instant: datetime) -> int:
        # The first whole base unit that is not before the instant.
        passed = (instant - self._start) // _MICROSECOND
        return self._from - (-passed * self._per // self._span)
