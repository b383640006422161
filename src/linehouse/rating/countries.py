"""Countries as the zones need them: calling prefixes, mobile country codes, and dated groups such as the EU."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from linehouse.rating.country_codes import ALPHA3, MCC, SHARED_CODES
from linehouse.rating.errors import CountryUnknown

_ISO = re.compile(r"^[A-Z]{2}$")


@dataclass(frozen=True, slots=True)
class Membership:
    """A country belongs to a group from a day on, until (not including) another, or to this day."""

    country: str
    since: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the country belongs on that day."""
        return self.since <= day and (self.until is None or day < self.until)


def _joined(day: date, countries: str) -> tuple[Membership, ...]:
    return tuple(Membership(country, day) for country in countries.split())


_EU = (
    *_joined(date(1958, 1, 1), "BE DE FR IT LU NL"),
    *_joined(date(1973, 1, 1), "DK IE"),
    Membership("GB", date(1973, 1, 1), date(2020, 2, 1)),
    *_joined(date(1981, 1, 1), "GR"),
    *_joined(date(1986, 1, 1), "ES PT"),
    *_joined(date(1995, 1, 1), "AT FI SE"),
    *_joined(date(2004, 5, 1), "CY CZ EE HU LT LV MT PL SI SK"),
    *_joined(date(2007, 1, 1), "BG RO"),
    *_joined(date(2013, 7, 1), "HR"),
)
_EFTA_IN_EEA = _joined(date(1994, 1, 1), "IS NO") + _joined(date(1995, 5, 1), "LI")
# Parts of a member state that have calling or network codes of their own: Art. 355(1) TFEU; Åland.
_EU_PARTS = (
    _joined(date(1958, 1, 1), "GF GP MF MQ RE") + _joined(date(1995, 1, 1), "AX") + _joined(date(2014, 1, 1), "YT")
)
# The roaming rules of Regulation (EU) 2022/612 reach further than the EEA: by association agreements, from this day.
_ROAMING_GUESTS = _joined(date(2026, 1, 1), "MD UA")
# The rules went on for the United Kingdom to the end of the transition (Withdrawal Agreement Art. 126).
_TRANSITION = (Membership("GB", date(2020, 2, 1), date(2021, 1, 1)),)

GROUPS: Mapping[str, tuple[Membership, ...]] = {
    "eu": _EU + _EU_PARTS,
    "eea": _EU + _EU_PARTS + _EFTA_IN_EEA,
    "roaming-union": _EU + _EU_PARTS + _EFTA_IN_EEA + _TRANSITION + _ROAMING_GUESTS,
}
"""Groups that a zone may name. ``roaming-union`` is where «roam like at home» applies."""


def group(key: str, day: date) -> frozenset[str]:
    """The countries of a group on a day. Raises CountryUnknown."""
    if key not in GROUPS:
        raise CountryUnknown(
            f"there is no group {key!r}", field="group", value=key, expected=" or ".join(sorted(GROUPS))
        )
    return frozenset(member.country for member in GROUPS[key] if member.holds(day))


@cache
def calling_prefixes() -> Mapping[str, frozenset[str]]:
    """E.164 prefixes by country: calling codes from the phonenumbers library, shared ones told apart by area codes."""
    found: dict[str, set[str]] = {}
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        shared = SHARED_CODES.get(str(code), {})
        for region in regions:
            if not _ISO.match(region):
                continue
            areas = shared.get(region)
            if areas is not None:
                found.setdefault(region, set()).update(f"{code}{area}" for area in areas)
            elif region == regions[0]:
                found.setdefault(region, set()).add(str(code))
            # Saint-Martin and Saint-Barthélemy number within Guadeloupe's ranges and cannot be told apart by a prefix.
    return {country: frozenset(prefixes) for country, prefixes in found.items()}


def prefixes_of(country: str) -> frozenset[str]:
    """E.164 prefixes of one country. Raises CountryUnknown for one that has none of its own."""
    try:
        return calling_prefixes()[country]
    except KeyError:
        raise CountryUnknown(
            f"no calling code is known for {country!r}",
            field="country",
            value=country,
            expected="an ISO 3166-1 code such as NL",
        ) from None


def country_of_number(digits: str) -> str | None:
    """The country to which an E.164 number, or a prefix of one, belongs by its longest known prefix; None: none."""
    owners = _owners()
    return next((owners[digits[:length]] for length in range(len(digits), 0, -1) if digits[:length] in owners), None)


@cache
def _owners() -> Mapping[str, str]:
    return {prefix: country for country, prefixes in calling_prefixes().items() for prefix in prefixes}


def country_of_mcc(mcc: str) -> str | None:
    """The country of a mobile country code, or None."""
    return MCC.get(mcc)


@cache
def mobile_countries() -> frozenset[str]:
    """Every country that has a mobile country code."""
    return frozenset(MCC.values())


def first_mcc(country: str) -> str | None:
    """A mobile country code of the country: the lowest."""
    return min((mcc for mcc, land in MCC.items() if land == country), default=None)


def known_countries() -> frozenset[str]:
    """Every country with calling prefixes or a mobile country code."""
    return frozenset(calling_prefixes()) | mobile_countries()


def with_prefixes(countries: Iterable[str]) -> frozenset[str]:
    """Those of the countries that have calling prefixes of their own."""
    return frozenset(countries) & frozenset(calling_prefixes())


def country_of_tadig(tadig: str) -> str | None:
    """The country named by a TADIG code (``GBRCN``: GB), or None for codes of no country (satellites, ships)."""
    return ALPHA3.get(tadig[:3].upper())
