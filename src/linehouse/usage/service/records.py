"""A record as JSON in suspense and among repeats, and back."""

from __future__ import annotations

from typing import Any

import msgspec

from linehouse.usage.values import RawUsage


def to_json(raw: RawUsage) -> str:
    """The record as JSON text."""
    return msgspec.json.encode(raw).decode().replace("\\u0000", "")


def to_builtins(raw: RawUsage) -> dict[str, Any]:
    """The record as what a JSON column takes."""
    decoded: dict[str, Any] = msgspec.json.decode(to_json(raw))
    return decoded


def from_builtins(kept: Any) -> RawUsage:
    """The record back from its JSON column."""
    return msgspec.convert(kept, RawUsage, strict=False)
