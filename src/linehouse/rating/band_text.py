"""Time bands from a file: hours of weekdays, dates, and public holidays of a country or of a part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta

import holidays

from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.values import TimeBand, WeeklyWindow

TIME_BAND = FieldSet(
    "time band", required=("name",), optional=("weekly", "dates", "except-dates", "holidays", "except-holidays")
)
WINDOW = FieldSet("weekly window", required=("days",), optional=("from", "to"))
DATES = FieldSet("span of dates", required=("from", "to"))
HOLIDAYS = FieldSet("set of holidays", required=("country",), optional=("subdivision", "observed", "only", "except"))

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_WORDS: Mapping[str, frozenset[int]] = {
    **{name: frozenset({place}) for place, name in enumerate(WEEKDAYS)},
    "weekdays": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
    "every-day": frozenset(range(7)),
}
YEARS_AHEAD = 10
"""Holidays and yearly dates are worked out for so many years, beginning the year before a tariff's first day."""
LONGEST_SPAN = timedelta(days=3660)
_CLOCK = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")
_YEARLY = re.compile(r"^\d{2}-\d{2}$")
_COUNTRY = re.compile(r"^(?P<country>[A-Z]{2})(?:-(?P<part>[A-Z0-9]{1,3}))?$")


def parse_band(key: str, node: MarkedNode, day: date) -> TimeBand:
    """One time band of a tariff that begins on ``day``. Raises SourceTextInvalid."""
    given = node.mapping(TIME_BAND)
    windows = tuple(window for item in _many(given, "weekly") for window in _windows(item))
    dates = _dates(given, "dates", day) | _free_days(given, "holidays", day)
    excepted = _dates(given, "except-dates", day) | _free_days(given, "except-holidays", day)
    if not windows and not dates:
        node.fail(f"time band {key!r} never holds", "weekly, dates or holidays")
    return TimeBand(
        key=key,
        name=given["name"].text(),
        windows=windows,
        dates=frozenset(dates),
        except_dates=frozenset(excepted),
    )


def _many(given: Mapping[str, MarkedNode], key: str) -> tuple[MarkedNode, ...]:
    return given[key].many() if key in given else ()


def _windows(node: MarkedNode) -> tuple[WeeklyWindow, ...]:
    """One window, or two where it runs over midnight."""
    given = node.mapping(WINDOW)
    days = frozenset(day for item in given["days"].many() for day in DAY_WORDS[item.choice(DAY_WORDS)])
    start = _clock(given["from"]) if "from" in given else time.min
    end = None if "to" not in given or given["to"].text() == "24:00" else _clock(given["to"])
    if end == start:
        given["to"].fail(
            "the window ends when it begins", "no `from` and no `to` for whole days, or two different times"
        )
    if end is None or start < end:
        return (WeeklyWindow(weekdays=days, start=start, end=end),)
    evening = WeeklyWindow(weekdays=days, start=start, end=None)
    next_days = frozenset((day + 1) % 7 for day in days)
    return (evening,) if end == time.min else (evening, WeeklyWindow(weekdays=next_days, start=time.min, end=end))


def _clock(node: MarkedNode) -> time:
    found = _CLOCK.match(node.text())
    if found is None:
        node.fail(f"{node.text()!r} is no time of day", "HH:MM in quotation marks, from 00:00 to 23:59")
    return time(int(found.group(1)), int(found.group(2)))


def _dates(given: Mapping[str, MarkedNode], word: str, day: date) -> set[date]:
    """Single days, days of every year such as ``12-31``, and spans from a day until (not including) another."""
    found: set[date] = set()
    for item in _many(given, word):
        if item.is_mapping:
            found.update(_span(item))
        elif isinstance(item.value, str) and _YEARLY.match(item.value):
            found.update(_yearly(item, day))
        else:
            found.add(item.day())
    return found


def _span(node: MarkedNode) -> Iterator[date]:
    given = node.mapping(DATES)
    start, end = given["from"].day(), given["to"].day()
    if end <= start:
        given["to"].fail("the span ends before it begins", "a later day; the day itself is the first one without")
    if end - start > LONGEST_SPAN:
        given["to"].fail("the span is too long", f"at most {LONGEST_SPAN.days} days")
    return (start + timedelta(days=place) for place in range((end - start).days))


def _yearly(node: MarkedNode, day: date) -> Iterator[date]:
    month, of_month = (int(part) for part in node.text().split("-"))
    try:
        date(2024, month, of_month)
    except ValueError:
        node.fail(f"{node.text()!r} is no day of any year", "MM-DD such as 12-31, or YYYY-MM-DD")
    for year in _years(day):
        try:
            yield date(year, month, of_month)
        except ValueError:
            continue  # 29 February comes only in leap years.


def _free_days(given: Mapping[str, MarkedNode], word: str, day: date) -> set[date]:
    return {found for item in _many(given, word) for found in _holidays(item, day)}


def _holidays(node: MarkedNode, day: date) -> set[date]:
    """``NL``, ``DE-BY``, or a mapping that says more: observed substitutes or not, only some or all but some."""
    if not node.is_mapping:
        country, part = _place(node)
        return set(_calendar(node, country, part, observed=True, day=day))
    given = node.mapping(HOLIDAYS)
    country, part = _place(given["country"])
    if "subdivision" in given:
        part = given["subdivision"].choice(holidays.list_supported_countries()[country])
    observed = given["observed"].boolean() if "observed" in given else True
    known = _calendar(node, country, part, observed=observed, day=day)
    names = {name for text in known.values() for name in text.split("; ")}
    wanted = {item.choice(names) for item in _many(given, "only")} or names
    unwanted = {item.choice(names) for item in _many(given, "except")}
    return {found for found, text in known.items() if set(text.split("; ")) & wanted - unwanted}


def _place(node: MarkedNode) -> tuple[str, str | None]:
    known = holidays.list_supported_countries()
    text = node.text()
    found = _COUNTRY.match(text)
    if found is None or found["country"] not in known:
        node.fail(f"no public holidays are known for {text!r}", "an ISO 3166 code such as NL, or DE-BY for a part")
    parts = known[found["country"]]
    if found["part"] is not None and found["part"] not in parts:
        node.fail(f"{found['country']} has no part {found['part']!r}", ", ".join(parts) or "the country alone")
    return found["country"], found["part"]


def _calendar(node: MarkedNode, country: str, part: str | None, *, observed: bool, day: date) -> dict[date, str]:
    """Public holidays with their names, in English where the calendar speaks it."""
    english = "en_US" if "en_US" in _languages(country) else None
    found = holidays.country_holidays(country, subdiv=part, years=_years(day), observed=observed, language=english)
    if not found:
        node.fail(f"no public holidays are known for {country!r} from {day.year - 1} on", "another country, or dates")
    return dict(found)


def _languages(country: str) -> tuple[str, ...]:
    return tuple(holidays.list_localized_countries().get(country, ()))


def _years(day: date) -> range:
    return range(day.year - 1, day.year + YEARS_AHEAD)
