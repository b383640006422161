"""Positions in an event against instants: which rule is in force where, and up to where nothing changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from linehouse.kernel.quantity import Unit
from linehouse.rating.burn_order import bands_of, covers
from linehouse.rating.matching import Candidate, Facts
from linehouse.rating.time_bands import next_edge
from linehouse.rating.values import Bucket, TimeBand

_MS = timedelta(milliseconds=1)


class Timeline:
    """Only time passes while it is used: data, messages and events happen at the instant at which they started."""

    def __init__(self, facts: Facts, rules: tuple[Candidate, ...], buckets: list[Bucket]) -> None:
        self._facts = facts
        self._rules = rules
        self._buckets = buckets
        self._passes = facts.event.usage_type.unit is Unit.MILLISECOND
        by_zone: dict[ZoneInfo, list[TimeBand]] = {}
        for rule in rules:
            by_zone.setdefault(rule.tariff.time_zone, []).extend(rule.bands)
        self._rule_bands = [(zone, tuple(bands)) for zone, bands in by_zone.items() if bands]
        self._bucket_bands = tuple(band for bucket in buckets for band in bands_of(bucket, facts))

    def instant(self, position: int) -> datetime:
        """When the position is reached."""
        start = self._facts.event.started_at
        return start + position * _MS if self._passes else start

    def rule_at(self, position: int) -> Candidate | None:
        """The first rule in force there."""
        instant = self.instant(position)
        return next((rule for rule in self._rules if rule.holds(instant)), None)

    def rule_edge(self, position: int, end: int) -> int:
        """The position, at most ``end``, from which another rule is in force."""
        if not self._passes:
            return end
        here = self.rule_at(position)
        edge = position
        while edge < end:
            instants = [next_edge(bands, self.instant(edge), zone) for zone, bands in self._rule_bands]
            later = [self._position(instant) for instant in instants if instant is not None]
            if not later:
                return end
            edge = min(*later, end)
            if edge < end and self.rule_at(edge) is not here:
                return edge
        return end

    def bucket_edge(self, position: int, end: int) -> int:
        """The position from which a bucket may begin or cease to cover; ``end`` when none does."""
        if not self._passes:
            return end
        here = self.instant(position)
        marks = [mark for bucket in self._buckets for mark in (bucket.valid.start, bucket.valid.end)]
        marks.append(next_edge(self._bucket_bands, here, self._facts.tariff.time_zone))
        return min((self._position(mark) for mark in marks if mark is not None and mark > here), default=end)

    def covering(self, position: int) -> list[Bucket]:
        """The buckets that may cover a block that starts there, in burn order."""
        instant = self.instant(position)
        return [bucket for bucket in self._buckets if covers(bucket, self._facts, instant)]

    def _position(self, instant: datetime) -> int:
        # The first whole millisecond that is not before the instant.
        return -(-(instant - self._facts.event.started_at) // _MS)
