"""What a catalogue value says, as plain data: the basis of digests and of the diff that a person reads.

Two values with the same content are the same offering, whatever their files look like.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from zoneinfo import ZoneInfo

from linehouse.catalog.values import PRICE_JUMP, BrandProfile, Look, ProductOffering, Terms
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.quantity import Quantity
from linehouse.rating.regulation import ChosenLaw

Content = None | bool | int | str | list["Content"] | dict[str, "Content"]
"""Plain data, as JSON knows it."""

_NOT_CONTENT = frozenset({"source", "line", "fallback", "cost"})
"""Fields that say where something was written, not what it says; fallbacks and costs are content of their own."""


_SINCE_THEN = ("cost_tariff", "cost_key", "exchange", "friend_lists", "accepted", "renewal", "prepaid_life")
"""Fields that came later and are empty by themselves."""


def content_of(value: object) -> Content:
    """The value as plain data. Sequences of things with a key become mappings by key, sets become sorted lists."""
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return str(value.value)
        case str():
            return value
        case Money() | Plmn() | Fraction() | ZoneInfo() | Decimal():
            return str(value)
        case Quantity():
            return value.human()
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return f"{value // timedelta(seconds=1)} s"
        case Mapping():
            return {str(key): content_of(item) for key, item in value.items()}
        case tuple() | list():
            return _sequence(value)
        case frozenset() | set():
            return sorted((content_of(item) for item in value), key=str)
    if is_dataclass(value):
        return {
            field.name: content_of(getattr(value, field.name))
            for field in fields(value)
            if field.compare
            and field.name not in _NOT_CONTENT
            and not _given_by_publishing(value, field.name)
            and not _no_logo(value, field.name)
            and not _no_cost(value, field.name)
            and not _plain_terms(value, field.name)
            and not _plain_law(value, field.name)
        }
    raise TypeError(f"no content for {type(value).__name__}")


def _given_by_publishing(value: object, field: str) -> bool:
    return field == "version" and isinstance(value, ProductOffering)


def _no_logo(value: object, field: str) -> bool:
    """A brand without a logo says what it said before there were any: its digest stays."""
    return field == "logo" and isinstance(value, Look) and not value.logo


def _no_cost(value: object, field: str) -> bool:
    """Who names no wholesale tariff, no renewal and so on says what was said before there were any."""
    return field in _SINCE_THEN and not getattr(value, field)


def _plain_terms(value: object, field: str) -> bool:
    """An allowance without terms of its own says what it said before there were any."""
    return field == "terms" and getattr(value, field) == Terms()


def _plain_law(value: object, field: str) -> bool:
    """A brand that says nothing of the law and of lint keeps what it said before it could."""
    return isinstance(value, BrandProfile) and (
        (field == "law" and value.law == ChosenLaw()) or (field == "price_jump" and value.price_jump == PRICE_JUMP)
    )


def _sequence(items: tuple[object, ...] | list[object]) -> Content:
    keys = [getattr(item, "key", None) for item in items]
    if items and all(isinstance(key, str) for key in keys):
        return {str(key): content_of(item) for key, item in zip(keys, items, strict=True)}
    return [content_of(item) for item in items]


def digest_of(value: object) -> str:
    """SHA-256 over the content, the same for equal content on every machine."""
    return hashlib.sha256(as_text(content_of(value)).encode()).hexdigest()


def as_text(content: Content) -> str:
    """The content as one line; equal texts are equal contents in the same order."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
