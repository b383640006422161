"""The desired state as JSON and back: one form for the tables, the same for the same state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from linehouse.activation.values import DesiredState


def to_json(desired: DesiredState) -> dict[str, Any]:
    """Plain values; sets in a fixed order."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(desired, order="deterministic"))
    return found


def from_json(data: Mapping[str, Any]) -> DesiredState:
    """The state that ``to_json`` wrote. Raises msgspec.ValidationError."""
    return msgspec.convert(data, type=DesiredState)
