"""JSON Schema of zone files: number zones, network zones, time bands."""

from __future__ import annotations

from linehouse.rating.band_text import DATES, DAY_WORDS, HOLIDAYS, TIME_BAND, WINDOW
from linehouse.rating.countries import GROUPS
from linehouse.rating.schema_words import (
    BOOLEAN,
    CLOCK,
    COUNTRY,
    DAY,
    DIALECT,
    PLMN,
    TEXT,
    YEARLY,
    Schema,
    by_key,
    mapping,
    said,
    some,
    words,
)
from linehouse.rating.values import ZoneKind
from linehouse.rating.zone_text import NETWORK_ZONE, NUMBER_ZONE, ZONE_FILE

_PREFIX: Schema = {"type": ["string", "integer"], "pattern": r"^[1-9]\d{0,14}$", "minimum": 1}
_SHORT: Schema = {"type": ["string", "integer"], "pattern": r"^\d{2,6}$", "minimum": 10, "maximum": 999_999}
_CALENDAR: Schema = {
    "type": "string",
    "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
    "description": "NL, or DE-BY for a part of a country",
}


def zone_schema() -> Schema:
    """The schema of one zone file."""
    places = {
        "name": said(TEXT, "what people call it"),
        "countries": said(some(COUNTRY), "whole countries"),
        "groups": said(some(words(GROUPS)), "groups of countries as they stand on the tariff's first day"),
        "except": said(some(COUNTRY), "but not these"),
        "others": said(BOOLEAN, "every country that no other zone names"),
    }
    number = mapping(
        NUMBER_ZONE,
        {
            **places,
            "kind": said(words(ZoneKind), "what the numbers are for; emergency numbers are free and never blocked"),
            "prefixes": said(some(_PREFIX), "E.164 digits without plus; the longest that fits wins"),
            "short-codes": said(some(_SHORT), "2 to 6 digits that match only as a whole, in quotation marks"),
            "networks": said(some(PLMN), "networks whose numbers the zone is for: by portability, not by prefix"),
        },
    )
    network = mapping(NETWORK_ZONE, {**places, "plmns": said(some(PLMN), "networks by MCC-MNC")})
    return {
        "$schema": DIALECT,
        "title": "Linehouse zones",
        **mapping(
            ZONE_FILE,
            {
                "number-zones": said(by_key(number), "who is called or texted"),
                "network-zones": said(by_key(network), "where the subscriber is"),
                "time-bands": said(by_key(_band()), "when it happens"),
            },
        ),
    }


def _band() -> Schema:
    window = mapping(WINDOW, {"days": some(words(DAY_WORDS)), "from": CLOCK, "to": CLOCK})
    dates: Schema = {"anyOf": [DAY, YEARLY, mapping(DATES, {"from": DAY, "to": DAY})]}
    detailed = mapping(
        HOLIDAYS,
        {
            "country": _CALENDAR,
            "subdivision": {"type": "string"},
            "observed": said(BOOLEAN, "whether substitute days count; yes unless it says no"),
            "only": said(some(TEXT), "only these, by the calendar's names"),
            "except": said(some(TEXT), "all but these"),
        },
    )
    free_days: Schema = {"anyOf": [_CALENDAR, detailed]}
    return mapping(
        TIME_BAND,
        {
            "name": said(TEXT, "what people call it"),
            "weekly": said(some(window), "hours of weekdays"),
            "dates": said(some(dates), "days that belong to it from midnight to midnight"),
            "except-dates": said(some(dates), "days that never do"),
            "holidays": said(some(free_days), "public holidays that belong to it"),
            "except-holidays": said(some(free_days), "public holidays that never do"),
        },
    )
