"""What of a message may be kept: its structure, codes and amounts; no number, identity, address or place in full."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from linehouse.platform.personal.masking import DOT, masked

_PERSONAL = (
    "msisdn",
    "imsi",
    "imei",
    "supi",
    "gpsi",
    "pei",
    "subscription-id-data",
    "subscriptionid",
    "userequipment",
    "user-equipment",
    "otherparty",
    "other-party",
    "party-address",
    "partyaddress",
    "calling",
    "called",
    "recipient",
    "originator",
    "destination-address",
    "user-name",
    "username",
    "ip-address",
    "ipaddress",
    "ipv4",
    "ipv6",
    "address-info",
    "sgsn-address",
    "pdp-address",
    "location",
    "user-location",
    "geographical",
    "cell",
    "ecgi",
    "ncgi",
    "tai",
    "timezone",
    "redirectto",
)
"""Parts of names whose values tell who, with whom, or where; letters small, without blanks."""
_PLAIN = ("session-id", "sessionid", "session", "key", "service", "charging-id", "chargingid")
"""Names of what the network counts by: kept, so that a session can be found."""
_LONG = re.compile(r"\+?\d{7,}")
_IPV4 = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_IPV6 = re.compile(r"\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\b", re.IGNORECASE)
_URI = re.compile(r"\b(sips?|tel|mailto):[^\s>;]+", re.IGNORECASE)
_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_DEEPEST = 12
_LONGEST = 400
_MOST = 200


def plain(value: Any) -> Any:
    """A message as JSON data, personal values masked."""
    return _plain(value, hidden=False, depth=0)


def _plain(value: Any, *, hidden: bool, depth: int) -> Any:
    if isinstance(value, msgspec.Struct):
        value = msgspec.to_builtins(value)
    if isinstance(value, Mapping):
        if depth >= _DEEPEST:
            return "…"
        return {
            str(key): _shown(str(key), item, hidden=hidden, depth=depth + 1)
            for key, item in list(value.items())[:_MOST]
            if item not in (None, "", [], {})
        }
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(one, hidden=hidden, depth=depth + 1) for one in value[:_MOST]] if depth < _DEEPEST else "…"
    if value is None or isinstance(value, bool):
        return value
    if hidden:
        return masked(value if isinstance(value, str | int) else str(value), "number")
    if isinstance(value, int | float):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        # Octets may be an address or a cell in some coding: what they are is told, not what they say.
        return f"{DOT * 3} ({len(bytes(value))} octets)"
    if isinstance(value, datetime):
        return value.isoformat()
    return _text(str(value))


def _shown(key: str, value: Any, *, hidden: bool, depth: int) -> Any:
    name = key.lower().replace("_", "-").replace(" ", "")
    if name in _PLAIN and isinstance(value, str | int):
        return value if isinstance(value, int) else value[:_LONGEST]
    return _plain(value, hidden=hidden or any(part in name for part in _PERSONAL), depth=depth)


def _text(text: str) -> str:
    text = text[:_LONGEST]
    if _CLOCK.match(text):
        return text
    text = _URI.sub(lambda found: f"{found.group(1)}:{DOT * 6}", text)
    text = _IPV4.sub(DOT * 4, text)
    text = _IPV6.sub(DOT * 4, text)
    return _LONG.sub(lambda found: masked(found.group(), "number"), text)
