"""The six files row by row: every fault is told with file, row and field."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TypeVar
from zoneinfo import ZoneInfo

from linehouse.catalog.cgrates.values import ANY, Activation, Binding, Place, Rated, Six, Slot, Timing
from linehouse.catalog.errors import FilesInvalid
from linehouse.kernel.outcome import Problem

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Timings.csv": ("Tag", "Years", "Months", "MonthDays", "WeekDays", "Time"),
    "Destinations.csv": ("Id", "Prefix"),
    "Rates.csv": ("Id", "ConnectFee", "Rate", "RateUnit", "RateIncrement", "GroupIntervalStart"),
    "DestinationRates.csv": (
        "Id", "DestinationId", "RatesTag", "RoundingMethod", "RoundingDecimals", "MaxCost", "MaxCostStrategy",
    ),
    "RatingPlans.csv": ("Id", "DestinationRatesId", "TimingTag", "Weight"),
    "RatingProfiles.csv": ("Tenant", "Category", "Subject", "ActivationTime", "RatingPlanId", "RatesFallbackSubject"),
}  # fmt: skip
NEEDED = ("Rates.csv", "DestinationRates.csv", "RatingPlans.csv", "RatingProfiles.csv")
"""Timings and destinations may be missing where everything is for any time and any number."""
BETWEEN = ";"
"""What divides several values in one field."""
ALWAYS = Timing(ANY)

_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_CLOCK = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d):([0-5]\d)$")
_METHODS = ("", "*up", "*middle", "*down")
_STRATEGIES = ("", "*free", "*disconnect")
_ZERO = ("", "*unlimited", "0001-01-01T00:00:00Z")
_MOST_DECIMALS = 12

T = TypeVar("T")


class _Row:
    """One row, whose fields are read by name."""

    def __init__(self, place: Place, cells: Mapping[str, str], problems: list[Problem]) -> None:
        self.place = place
        self._cells = cells
        self._problems = problems

    def text(self, name: str) -> str:
        return self._cells[name]

    def read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """The field, or the default after noting what is wrong with it."""
        try:
            return parse(self._cells[name])
        except _Wrong as wrong:
            self.wrong(name, wrong.why, wrong.right)
            return default

    def wrong(self, name: str, why: str, right: str = "") -> None:
        value = self._cells[name]
        message = f"{self.place}, {name} {value!r}: {why}"
        self._problems.append(Problem("catalog.cgrates_invalid", message, name, value, right))

    def named(self, name: str) -> str:
        """A field that may not be empty."""
        return self.read(name, _named, "")


class _Wrong(Exception):
    def __init__(self, why: str, right: str = "") -> None:
        super().__init__(why)
        self.why, self.right = why, right


def read_six(files: Mapping[str, str], zone: ZoneInfo) -> Six:
    """The six files by their names; activation times without an offset are read in ``zone``.

    Raises FilesInvalid with every row that cannot be read, or that names what is nowhere.
    """
    problems: list[Problem] = []
    problems += [
        Problem("catalog.cgrates_invalid", f"{name} is missing", name, "", ", ".join(COLUMNS))
        for name in NEEDED
        if name not in files
    ]
    if problems:
        raise FilesInvalid(tuple(problems))
    six = Six(timings={ANY: ALWAYS})
    for row in _rows("Timings.csv", files, problems):
        timing = _timing(row)
        if timing.tag in six.timings and timing.tag != ANY:
            row.wrong("Tag", "this timing stands there twice", "each tag once")
        six.timings[timing.tag] = timing
    for row in _rows("Destinations.csv", files, problems):
        six.destinations.setdefault(row.named("Id"), {})[row.named("Prefix")] = row.place
    for row in _rows("Rates.csv", files, problems):
        six.rates.setdefault(row.named("Id"), []).append(_slot(row))
    for row in _rows("DestinationRates.csv", files, problems):
        one = _rated(row, six)
        six.destination_rates.setdefault(one.tag, []).append(one)
    for row in _rows("RatingPlans.csv", files, problems):
        six.plans.setdefault(row.named("Id"), []).append(_binding(row, six))
    for row in _rows("RatingProfiles.csv", files, problems):
        six.profiles.append(_activation(row, six, zone))
    if problems:
        raise FilesInvalid(tuple(problems))
    return six


def _rows(name: str, files: Mapping[str, str], problems: list[Problem]) -> Iterator[_Row]:
    columns = COLUMNS[name]
    text = files.get(name, "").removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text), skipinitialspace=True)
    for cells in reader:
        if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
            continue
        place = Place(name, reader.line_num)
        if len(cells) != len(columns):
            why = f"{place}: this row has {len(cells)} fields instead of {len(columns)}"
            if "*out" in cells:
                why += "; files with a Direction are of an older CGRateS: load them there and export them again"
            problems.append(Problem("catalog.cgrates_invalid", why, name, ",".join(cells), ",".join(columns)))
            continue
        yield _Row(place, dict(zip(columns, (cell.strip() for cell in cells), strict=True)), problems)


def _timing(row: _Row) -> Timing:
    weekdays = row.read("WeekDays", lambda text: _numbers(text, range(8), "0 or 7 (Sunday) to 6 (Saturday)"), _NONE)
    return Timing(
        tag=row.named("Tag"),
        place=row.place,
        years=row.read("Years", lambda text: _numbers(text, range(1970, 10_000), "years such as 2026;2027"), _NONE),
        months=row.read("Months", lambda text: _numbers(text, range(1, 13), "1 to 12"), _NONE),
        days=row.read("MonthDays", lambda text: _numbers(text, range(1, 32), "1 to 31"), _NONE),
        weekdays=frozenset((day - 1) % 7 for day in weekdays),
        start=row.read("Time", _clock, 0),
        ignored=_ignored(row.text("Time")),
    )


def _ignored(text: str) -> str:
    begins, _, ends = text.partition(BETWEEN)
    return f"the end {ends}" if ends else begins if begins == "*asap" else ""


_NONE: frozenset[int] = frozenset()


def _slot(row: _Row) -> Slot:
    return Slot(
        place=row.place,
        connect=row.read("ConnectFee", _amount, Fraction(0)),
        rate=row.read("Rate", _amount, Fraction(0)),
        unit=row.read("RateUnit", duration, 0),
        increment=row.read("RateIncrement", duration, 0),
        start=row.read("GroupIntervalStart", duration, 0),
    )


def _rated(row: _Row, six: Six) -> Rated:
    one = Rated(
        place=row.place,
        tag=row.named("Id"),
        destination=row.named("DestinationId"),
        rate=row.named("RatesTag"),
        method=row.read("RoundingMethod", lambda text: _word(text, _METHODS), ""),
        decimals=row.read("RoundingDecimals", _decimals, 0),
        max_cost=row.read("MaxCost", _amount, Fraction(0)),
        strategy=row.read("MaxCostStrategy", lambda text: _word(text, _STRATEGIES), ""),
    )
    if one.rate and one.rate not in six.rates:
        row.wrong("RatesTag", "Rates.csv has no such rate", _known(six.rates))
    if one.destination and one.destination != ANY and one.destination not in six.destinations:
        row.wrong("DestinationId", "Destinations.csv has no such destination", _known((ANY, *six.destinations)))
    return one


def _binding(row: _Row, six: Six) -> Binding:
    one = Binding(
        row.place, row.named("DestinationRatesId"), row.named("TimingTag"), row.read("Weight", _weight, Fraction(0))
    )
    if one.rates and one.rates not in six.destination_rates:
        row.wrong("DestinationRatesId", "DestinationRates.csv has no such id", _known(six.destination_rates))
    if one.timing and one.timing not in six.timings:
        row.wrong("TimingTag", "Timings.csv has no such timing", _known(six.timings))
    return one


def _activation(row: _Row, six: Six, zone: ZoneInfo) -> Activation:
    fallbacks = tuple(text.strip() for text in row.text("RatesFallbackSubject").split(BETWEEN) if text.strip())
    one = Activation(
        place=row.place,
        tenant=row.named("Tenant"),
        category=row.named("Category"),
        subject=row.named("Subject"),
        since=row.read("ActivationTime", lambda text: _instant(text, zone), None),
        plan=row.named("RatingPlanId"),
        fallbacks=fallbacks,
    )
    if one.plan and one.plan not in six.plans:
        row.wrong("RatingPlanId", "RatingPlans.csv has no such plan", _known(six.plans))
    return one


def duration(text: str) -> int:
    """Nanoseconds from ``60s``, ``1m30s`` or a bare number, which CGRateS reads as nanoseconds. Raises _Wrong."""
    if not text:
        return 0
    if text.isascii() and text.isdigit():
        return int(text)
    found = _DURATION.findall(text)
    if not found or "".join(number + unit for number, unit in found) != text:
        raise _Wrong("this is no duration", "such as 60s, 1m, 1h30m, or a bare number of units")
    exact = sum(Fraction(Decimal(number)) * _UNITS[unit] for number, unit in found)
    if exact.denominator != 1:
        raise _Wrong("this is a part of a nanosecond", "whole nanoseconds")
    return int(exact)


def _named(text: str) -> str:
    if not text:
        raise _Wrong("this is empty", "a tag")
    return text


def _numbers(text: str, allowed: range, right: str) -> frozenset[int]:
    if text in ("", ANY):
        return frozenset()
    parts = [part.strip() for part in text.split(BETWEEN)]
    if not all(part.isascii() and part.isdigit() and int(part) in allowed for part in parts):
        raise _Wrong("these are no such numbers", f"{right}, divided by {BETWEEN!r}, or {ANY}")
    return frozenset(map(int, parts))


def _clock(text: str) -> int:
    """Minutes after midnight. An end is not asked: CGRateS lets no rate end before the day does."""
    begins = text.split(BETWEEN, maxsplit=1)[0]
    if begins in ("", ANY, "*asap"):
        return 0
    found = _CLOCK.match(begins)
    if found is None:
        raise _Wrong("this is no time of day", "HH:MM:SS")
    hours, minutes, seconds = (int(part) for part in found.groups())
    if seconds:
        raise _Wrong("time bands begin on whole minutes", "HH:MM:00")
    return hours * 60 + minutes


def _amount(text: str) -> Fraction:
    exact = _decimal(text, Fraction(0))
    if exact < 0:
        raise _Wrong("an amount below zero", "0 or more")
    return exact


def _weight(text: str) -> Fraction:
    exact = _decimal(text, Fraction(0))
    if exact < 0:
        raise _Wrong("CGRateS never looks at weights below zero", "0 or more; only their order counts")
    return exact


def _decimal(text: str, empty: Fraction) -> Fraction:
    if not text:
        return empty
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _Wrong("this is no number", "such as 0.05") from None
    if not number.is_finite():
        raise _Wrong("this is no number", "such as 0.05")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _MOST_DECIMALS:
        raise _Wrong("this has too many decimals", f"at most {_MOST_DECIMALS}")
    return Fraction(number)


def _decimals(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise _Wrong("this is no number of decimals", "0 to 6")
    return int(text)


def _word(text: str, words: tuple[str, ...]) -> str:
    if text not in words:
        raise _Wrong("this word is not known", ", ".join(word for word in words if word))
    return text


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    """None: always."""
    if text in _ZERO:
        return None
    if text.isascii() and text.isdigit() and len(text) in (10, 13):
        seconds = int(text[:10])
        return datetime.fromtimestamp(seconds, UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _Wrong("this is no instant", "such as 2026-01-01T00:00:00Z") from None
    return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)


def _known(names: Mapping[str, object] | tuple[str, ...]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:8]) + (" …" if len(shown) > 8 else "")
