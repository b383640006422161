"""JSON Schema (2020-12) in the words of catalogue files. Keys come from the same tables that the readers use.

Editors read YAML 1.2: ``yes`` is a text and a date is one, too. Readers take both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from linehouse.rating.marked import FieldSet

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KEY: Schema = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
TEXT: Schema = {"type": ["string", "number"], "pattern": r"\S"}
AMOUNT: Schema = {
    "type": ["number", "string"],
    "pattern": r"^\d+(\.\d{1,6})?$",
    "minimum": 0,
    "description": "major units of the currency, at most six decimals",
}
FRACTION: Schema = {
    "type": ["number", "string"],
    "pattern": r"^\d+(\.\d+)?( ?/ ?\d+)?$",
    "exclusiveMinimum": 0,
    "description": "2, 0.5 or 1/3",
}
PERCENT: Schema = {
    "type": ["number", "string"],
    "pattern": r"^\d+(\.\d+)? ?%?$",
    "minimum": 0,
    "maximum": 100,
    "description": "3 for 3 %",
}
NUMBER: Schema = {"type": ["number", "string"], "pattern": r"^\d+(\.\d+)?$", "minimum": 0}
WHOLE: Schema = {"type": ["integer", "string"], "pattern": r"^\d+$", "minimum": 0}
QUANTITY: Schema = {
    "type": "string",
    "pattern": r"^\d+(\.\d+)? ?(ms|s|sec|min|h|d|octets?|[kMGT]?B|[KMGT]iB|sms|messages?|events?)$",
    "description": "60 s, 1 min, 100 kB, 1 GiB, 1 sms",
}
POSITION: Schema = {"anyOf": [QUANTITY, {"enum": [0, "0"]}]}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "YYYY-MM-DD"}
YEARLY: Schema = {"type": "string", "pattern": r"^\d{2}-\d{2}$", "description": "a day of every year: 12-31"}
CLOCK: Schema = {
    "type": "string",
    "pattern": r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$",
    "description": "HH:MM in quotation marks",
}
INSTANT: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$",
    "description": "a day, or an instant with its offset",
}
BOOLEAN: Schema = {"enum": [True, False, "yes", "no", "true", "false"]}
COUNTRY: Schema = {"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1, such as NL"}
PLMN: Schema = {"type": "string", "pattern": r"^\d{3}-\d{2,3}$", "description": "MCC-MNC, such as 204-04"}


def mapping(fields: FieldSet, properties: Mapping[str, Schema], **more: Any) -> Schema:
    """A mapping with these keys and no others. Raises ValueError when its reader knows other keys."""
    described = set(properties) - set(fields.unbuilt)
    if described != set(fields.known):
        raise ValueError(f"the schema of a {fields.what} and its reader differ: {described ^ set(fields.known)}")
    schema: Schema = {
        "type": "object",
        "properties": {key: properties[key] for key in fields.known},
        "additionalProperties": False,
    }
    if fields.required:
        schema["required"] = list(fields.required)
    return schema | more


def by_key(value: Schema) -> Schema:
    """A mapping of keys that its writer chooses."""
    return {"type": "object", "propertyNames": KEY, "additionalProperties": value}


def by_language() -> Schema:
    """Texts by language."""
    return {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z]{2,3}$"},
        "additionalProperties": TEXT,
        "minProperties": 1,
    }


def some(item: Schema) -> Schema:
    """One, or a list."""
    return {"anyOf": [item, {"type": "array", "items": item}]}


def each(item: Schema, least: int = 0) -> Schema:
    """A list."""
    return {"type": "array", "items": item} | ({"minItems": least} if least else {})


def words(allowed: Iterable[str]) -> Schema:
    """One of a closed set."""
    return {"enum": [str(word) for word in allowed]}


def said(schema: Schema, description: str) -> Schema:
    """The same with what an editor shows beside it."""
    return schema | {"description": description}
