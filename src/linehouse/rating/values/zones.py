"""Where: zones of numbers and of networks. When: time bands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from linehouse.kernel.numbering import Plmn

UNKNOWN_ZONE = "unknown"
"""The zone of whatever could not be normalised or is in no zone: never silently home."""


class ZoneKind(StrEnum):
    """What numbers of a zone are for. Only ``emergency`` means something by itself; the rest are words for rules."""

    EMERGENCY = "emergency"
    """Free and never blocked, whatever any rule says."""
    TOLL_FREE = "toll-free"
    SHARED_COST = "shared-cost"
    PREMIUM = "premium"
    SHORT_CODE = "short-code"
    MOBILE = "mobile"
    FIXED = "fixed"
    PERSONAL = "personal"
    SATELLITE = "satellite"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberZone:
    """A set of E.164 prefixes (digits without the plus), and short codes that match only as a whole.

    ``networks`` are those whose numbers the zone is for: a number known to be ported to one of them belongs here
    whatever its prefix says, and one known to be ported away from all of them does not.
    """

    key: str
    name: str
    prefixes: frozenset[str] = frozenset()
    short_codes: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    """The ISO 3166-1 countries whose prefixes were named as a whole: for lint and for people."""
    kind: ZoneKind | None = None
    networks: frozenset[Plmn] = frozenset()


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
    """Which number zone an event fell into, and by which prefix or short code, or by the network it was ported to."""

    zone: str
    prefix: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class NetworkMatch:
    """Which network zone an event fell into, and by which network or country."""

    zone: str
    by: str = ""
