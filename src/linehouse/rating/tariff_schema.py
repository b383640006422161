"""JSON Schema (2020-12) of tariff and zone files, for editors. Keys come from the same tables that the reader uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from linehouse.kernel.rounding import Rounding
from linehouse.rating.band_text import DATES, DAY_WORDS, HOLIDAYS, TIME_BAND, WINDOW
from linehouse.rating.countries import GROUPS
from linehouse.rating.example_text import GRAMMAR
from linehouse.rating.tariff_text import FEE, MAXIMUM, PRICE, ROUND, RULE, STEP, TARIFF, WHEN
from linehouse.rating.values import BandChange, Direction, Due, TaxMode, UsageType, ZoneKind
from linehouse.rating.yaml_source import FieldSet
from linehouse.rating.zone_text import NETWORK_ZONE, NUMBER_ZONE, ZONE_FILE

Schema = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KEY: Schema = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_TEXT: Schema = {"type": ["string", "number"]}
_AMOUNT: Schema = {
    "type": ["number", "string"],
    "pattern": r"^\d+(\.\d{1,6})?$",
    "description": "major units of the currency",
}
_QUANTITY: Schema = {"type": ["string", "integer"], "description": "60 s, 1 min, 100 kB, 1 GiB, 1 sms"}
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_YEARLY: Schema = {"type": "string", "pattern": r"^\d{2}-\d{2}$", "description": "a day of every year: 12-31"}
_PREFIX: Schema = {"type": ["string", "integer"], "pattern": r"^[1-9]\d{0,14}$", "minimum": 1}
_ZONE: Schema = {"type": "string", "pattern": "^(any )?[a-z0-9]+(-[a-z0-9]+)*$"}
_CLOCK: Schema = {"type": "string", "pattern": r"^([01]\d|2[0-4]):[0-5]\d$"}


def tariff_schema() -> Schema:
    """The schema of one tariff file."""
    fee = {"oneOf": [_AMOUNT, _object(FEE, {"amount": _AMOUNT, "due": _words(Due)})]}
    maximum = {"oneOf": [_AMOUNT, _object(MAXIMUM, {"amount": _AMOUNT, "then": {"const": "free"}})]}
    step = _object(
        STEP,
        {
            "price": _AMOUNT,
            "unit": _QUANTITY,
            "from": _QUANTITY,
            "block": _QUANTITY,
            "flat": _AMOUNT,
            "overhang": {"const": "pay"},
        },
    )
    price = _object(
        PRICE,
        {
            "steps": {"type": "array", "minItems": 1, "items": step},
            "connect": fee,
            "finish": fee,
            "free": _QUANTITY,
            "minimum": _AMOUNT,
            "maximum": maximum,
        },
    )
    when = _object(
        WHEN,
        {
            "usage-type": _some(_words(UsageType)),
            "direction": _some(_words(Direction)),
            "number-zone": _some(_ZONE),
            "network-zone": _some(_KEY),
            "time-band": _some(_KEY),
            "rating-group": _some({"type": "integer", "minimum": 0}),
            "apn": _some({"type": "string"}),
            "service-id": _some(_TEXT),
            "on-net": {"type": "boolean"},
        },
    )
    effect: Schema = {"oneOf": [{"enum": ["free", "blocked"]}, price]}
    rule = _object(
        RULE,
        {
            "rule": _KEY,
            "name": {"type": "string"},
            "when": when,
            "price": effect,
            "line": _KEY,
        },
    )
    round_to = _object(ROUND, {"mode": _words(Rounding), "decimals": {"type": "integer", "minimum": 0, "maximum": 6}})
    schema = _object(
        TARIFF,
        {
            "tariff": _KEY,
            "name": {"type": "string"},
            "version": _TEXT,
            "valid-from": _DAY,
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
            "prices": _words(TaxMode),
            "time-zone": {"type": "string"},
            "zones": _some(_KEY),
            "rules": {"type": "array", "minItems": 1, "items": rule},
            "round": round_to,
            "band-change": _words(BandChange),
            "fallback": _KEY,
            "lines": _by_key(_by_key({"type": "string"})),
            "covers-week": _some(_KEY),
            "examples": {"type": "array", "items": {"type": "string", "description": GRAMMAR}},
        },
    )
    return {"$schema": _DIALECT, "title": "Linehouse tariff", **schema}


def zone_schema() -> Schema:
    """The schema of one zone file."""
    country: Schema = {"type": "string", "pattern": "^[A-Z]{2}$"}
    places = {
        "name": {"type": "string"},
        "countries": _some(country),
        "groups": _some(_words(GROUPS)),
        "except": _some(country),
        "others": {"type": "boolean"},
    }
    plmn: Schema = {"type": "string", "pattern": r"^\d{3}-\d{2,3}$"}
    number = _object(
        NUMBER_ZONE,
        {
            **places,
            "kind": _words(ZoneKind),
            "prefixes": _some(_PREFIX),
            "short-codes": _some({"type": ["string", "integer"]}),
            "networks": _some(plmn),
        },
    )
    network = _object(NETWORK_ZONE, {**places, "plmns": _some(plmn)})
    window = _object(WINDOW, {"days": _some(_words(DAY_WORDS)), "from": _CLOCK, "to": _CLOCK})
    dates = {"oneOf": [_DAY, _YEARLY, _object(DATES, {"from": _DAY, "to": _DAY})]}
    calendar = {"type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$", "description": "NL, or DE-BY for a part"}
    free_days: Schema = {
        "oneOf": [
            calendar,
            _object(
                HOLIDAYS,
                {
                    "country": calendar,
                    "subdivision": {"type": "string"},
                    "observed": {"type": "boolean"},
                    "only": _some({"type": "string"}),
                    "except": _some({"type": "string"}),
                },
            ),
        ]
    }
    band = _object(
        TIME_BAND,
        {
            "name": {"type": "string"},
            "weekly": _some(window),
            "dates": _some(dates),
            "except-dates": _some(dates),
            "holidays": _some(free_days),
            "except-holidays": _some(free_days),
        },
    )
    schema = _object(
        ZONE_FILE,
        {"number-zones": _by_key(number), "network-zones": _by_key(network), "time-bands": _by_key(band)},
    )
    return {"$schema": _DIALECT, "title": "Linehouse zones", **schema}


def _object(fields: FieldSet, properties: Mapping[str, Schema]) -> Schema:
    if set(properties) != set(fields.known):
        raise ValueError(f"the schema of a {fields.what} and its reader differ: {set(properties) ^ set(fields.known)}")
    schema: Schema = {
        "type": "object",
        "properties": {key: properties[key] for key in fields.known},
        "additionalProperties": False,
    }
    if fields.required:
        schema["required"] = list(fields.required)
    return schema


def _by_key(value: Schema) -> Schema:
    return {"type": "object", "propertyNames": _KEY, "additionalProperties": value}


def _some(item: Schema) -> Schema:
    """One, or a list."""
    return {"oneOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _words(words: Iterable[str]) -> Schema:
    return {"enum": [str(word) for word in words]}
