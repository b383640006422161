"""CGRateS' rule once more, naively: increment by increment from the rows of the files, written from its documentation.

Nothing of the import is used here. Rows are tuples of texts as the files have them. The rule:

- the profile of tenant, category and subject counts, without one that of ``*any``; of its plans the last that was
  activated, and before the first nothing;
- of the destinations that the plan rates, the one with the longest prefix of the number counts that has a rate at the
  start of the call, of several the one with the heaviest rate, else ``*any``; where there is none, the fallback
  subjects are asked one after the other;
- at the start of each increment the heaviest timing that holds says the rate, of equal ones the one that began last;
- an increment costs rate / unit × increment, rounded half up to ``general.rounding_decimals``;
- the connect fee is that of the first increment's rate; the sum is bounded by MaxCost where the strategy is ``*free``;
- the sum is rounded once, as the destination's rate says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

Rows = Sequence[tuple[str, ...]]
UNITS = {"": 1, "s": 10**9, "m": 60 * 10**9}


def nanoseconds(text: str) -> int:
    """``60s``, ``1m``, or a bare number."""
    digits = text.rstrip("sm")
    return int(digits) * UNITS[text[len(digits) :]]


def rounded(amount: Fraction, decimals: int, method: str) -> Fraction:
    """By CGRateS' words; no word, or no decimals, is no rounding."""
    scaled = amount * 10**decimals
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    if method == "*up" and rest:
        whole += 1
    if method == "*middle" and rest >= Fraction(1, 2):
        whole += 1
    return Fraction(whole, 10**decimals) if method and decimals else amount


@dataclass(frozen=True)
class Line:
    """A rate of a destination at a time."""

    rated: tuple[str, ...]
    timing: tuple[str, ...]
    weight: Fraction

    def holds(self, local: datetime) -> bool:
        _, years, months, days, weekdays, clock = self.timing
        return (
            _in(years, local.year)
            and _in(months, local.month)
            and _in(days, local.day)
            and (weekdays == "*any" or local.isoweekday() % 7 in {int(day) % 7 for day in weekdays.split(";")})
            and local.strftime("%H:%M:%S") >= clock
        )


def _in(field: str, value: int) -> bool:
    return field == "*any" or str(value) in field.split(";")


@dataclass(frozen=True)
class Reference:
    """The six files, and how CGRateS was set up."""

    timings: Rows
    destinations: Rows
    rates: Rows
    destination_rates: Rows
    plans: Rows
    profiles: Rows
    decimals: int | None = 5

    def cost(
        self, tenant: str, category: str, subject: str, number: str, start: datetime, usage: int, zone: ZoneInfo
    ) -> Fraction | None:
        """What so many nanoseconds cost; None: they cannot be rated. Times are UTC."""
        if not usage:
            return Fraction(0)
        position, sum_, first = 0, Fraction(0), None
        time_passes = category == "call"
        lines: Sequence[Line] = ()
        activated: tuple[str, ...] | None = None
        while position < usage:
            now = start + timedelta(microseconds=position // 1000) if time_passes else start
            plan = self._plan(tenant, category, subject, now)
            if plan is None:
                return None
            if plan != activated:
                activated, lines = plan, self._lines(tenant, category, plan, number, now.astimezone(zone), 1)
            line = _best(lines, now.astimezone(zone))
            if line is None:
                return None
            first = first or line
            slot = self._slot(line, position)
            increment, unit = nanoseconds(slot[4]), nanoseconds(slot[3])
            each = Fraction(slot[2]) * increment / unit
            sum_ += each if self.decimals is None else rounded(each, self.decimals, "*middle")
            position += increment
        assert first is not None
        sum_ += Fraction(next(row for row in self.rates if row[0] == first.rated[2])[1])
        _, _, _, method, decimals, most, strategy = first.rated
        if strategy == "*free" and Fraction(most):
            sum_ = min(sum_, Fraction(most))
        return rounded(sum_, int(decimals), method)

    def _plan(self, tenant: str, category: str, subject: str, now: datetime) -> tuple[str, ...] | None:
        known = any(row[:3] == (tenant, category, subject) for row in self.profiles)
        return self._plan_of(tenant, category, subject if known else "*any", now)

    def _lines(
        self, tenant: str, category: str, profile: tuple[str, ...], number: str, local: datetime, depth: int
    ) -> Sequence[Line]:
        rated: dict[str, list[Line]] = {}
        for plan, rates, timing, weight in self.plans:
            for row in self.destination_rates:
                if plan == profile[4] and row[0] == rates:
                    rated.setdefault(row[1], []).append(Line(row, self._timing(timing), Fraction(weight)))
        for length in range(len(number), 0, -1):
            here = [tag for tag, prefix in self.destinations if prefix == number[:length] and tag in rated]
            able = [tag for tag in here if any(line.holds(local) for line in rated[tag])]
            if able:
                return rated[max(able, key=lambda tag: max(line.weight for line in rated[tag]))]
        if "*any" in rated:
            return rated["*any"]
        for name in profile[5].split(";") if profile[5] and depth < 3 else ():
            other = self._plan_of(tenant, category, name, local)
            found = self._lines(tenant, category, other, number, local, depth + 1) if other else ()
            if found:
                return found
        return ()

    def _plan_of(self, tenant: str, category: str, name: str, now: datetime) -> tuple[str, ...] | None:
        rows = [row for row in self.profiles if row[:3] == (tenant, category, name)]
        active = [row for row in rows if datetime.fromisoformat(row[3]) <= now]
        return max(active, key=lambda row: datetime.fromisoformat(row[3]), default=None)

    def _timing(self, tag: str) -> tuple[str, ...]:
        any_time = ("*any", "*any", "*any", "*any", "*any", "00:00:00")
        return next((row for row in self.timings if row[0] == tag), any_time)

    def _slot(self, line: Line, position: int) -> tuple[str, ...]:
        rows = [row for row in self.rates if row[0] == line.rated[2] and nanoseconds(row[5]) <= position]
        return max(rows, key=lambda row: nanoseconds(row[5]))

    def files(self) -> Mapping[str, str]:
        """The rows as files."""
        return {
            "Timings.csv": _csv(self.timings),
            "Destinations.csv": _csv(self.destinations),
            "Rates.csv": _csv(self.rates),
            "DestinationRates.csv": _csv(self.destination_rates),
            "RatingPlans.csv": _csv(self.plans),
            "RatingProfiles.csv": _csv(self.profiles),
        }


def _best(lines: Sequence[Line], local: datetime) -> Line | None:
    holding = [line for line in lines if line.holds(local)]
    return max(holding, key=lambda line: (line.weight, line.timing[5]), default=None)


def _csv(rows: Rows) -> str:
    return "#head\n" + "".join(",".join(row) + "\n" for row in rows)
