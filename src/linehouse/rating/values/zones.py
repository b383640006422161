"""Where: zones of numbers and of networks. When: time bands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from linehouse.kernel.numbering import Plmn

UNKNOWN_ZONE = "unknown"
"""The zone of whatever could not be normalised or is in no zone: never silently home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberZone:
    """A set of E.164 prefixes (digits without the plus), and short codes that match only as a whole."""

    key: str
    name: str
    prefixes: frozenset[str] = frozenset()
    short_codes: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    """The ISO 3166-1 countries whose prefixes were named as a whole: for lint and for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkZone:
    """A set of networks, and of countries by their MCC; a network named itself beats its country."""

    key: str
    name: str
    plmns: frozenset[Plmn] = frozenset()
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyWindow:
    """Hours of some weekdays (0 = Monday), local, half-open. ``end`` None is the end of the day."""

    weekdays: frozenset[int]
    start: time
    end: time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBand:
    """A weekly pattern, or dates, in the tariff's time zone.

    A day in ``dates`` belongs to the band from midnight to midnight; a day in ``except_dates`` never does, whatever
    the weekly pattern says; ``except_dates`` wins. ``holiday_country`` records where dates came from.
    """

    key: str
    name: str
    windows: tuple[WeeklyWindow, ...] = ()
    dates: frozenset[date] = frozenset()
    except_dates: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class NumberMatch:
    """Which number zone an event fell into, and by which prefix or short code."""

    zone: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class NetworkMatch:
    """Which network zone an event fell into, and by which network or country."""

    zone: str
    by: str = ""
