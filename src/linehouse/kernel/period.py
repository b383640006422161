"""Half-open periods of instants and of local dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from linehouse.kernel.error import Invalid


def require_aware(instant: datetime) -> datetime:
    """Return the instant in UTC; raises Invalid for one without a time zone."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise Invalid(
            "an instant needs a time zone", field="instant", value=instant.isoformat(), expected="an offset or Z"
        )
    return instant.astimezone(UTC)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day in ``zone`` on which the instant falls."""
    return require_aware(instant).astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which the local day begins; where midnight is skipped, the first instant that exists."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """``[start, end)`` in UTC instants; no end means for ever."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", require_aware(self.start))
        if self.end is not None:
            object.__setattr__(self, "end", require_aware(self.end))
            if self.end < self.start:
                raise Invalid(
                    "a period ends before it starts",
                    field="end",
                    value=self.end.isoformat(),
                    expected=f">= {self.start}",
                )

    def contains(self, instant: datetime) -> bool:
        """Whether the instant lies within; the end itself does not."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def overlaps(self, other: Period) -> bool:
        """Whether at least one instant lies in both."""
        return self.intersect(other) is not None

    def intersect(self, other: Period) -> Period | None:
        """What lies in both, or None when that is empty."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        if end is not None and end <= start:
            return None
        return Period(start, end)


@dataclass(frozen=True, slots=True)
class DatePeriod:
    """``[start, end)`` in local calendar days: a billing period from 1 to 1 of the next month."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise Invalid(
                "a period ends before it starts", field="end", value=self.end.isoformat(), expected=f">= {self.start}"
            )

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day that belongs to it."""
        return self.end - timedelta(days=1)

    def contains(self, day: date) -> bool:
        """Whether the day lies within; the end itself does not."""
        return self.start <= day < self.end

    def intersect(self, other: DatePeriod) -> DatePeriod | None:
        """What lies in both, or None when that is empty."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return DatePeriod(start, end) if start < end else None

    def instants(self, zone: ZoneInfo) -> Period:
        """The same period as UTC instants of that zone; days of 23 or 25 hours are what they are."""
        return Period(day_start(self.start, zone), day_start(self.end, zone))
