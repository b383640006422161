"""What may be kept of the wire: structure and states, no identity in full."""

from __future__ import annotations

import json
import re
from typing import Any

from linehouse.edge.network.tmf640.mapping import IDENTITIES

LIMIT = 20_000
"""Characters kept of one body."""
_LONG_NUMBER = re.compile(r"\d{7,}")


def masked(body: str) -> str:
    """The body with identities and every other long number shortened to their last digits; valid JSON stays JSON."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return _shorten(body)[:LIMIT]
    return json.dumps(_mask(parsed), ensure_ascii=False, separators=(",", ":"))[:LIMIT]


def _mask(value: Any) -> Any:
    if isinstance(value, dict):
        named = value.get("name") in IDENTITIES
        return {key: _hidden(item) if named and key == "value" else _mask(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_mask(item) for item in value]
    if isinstance(value, str):
        # A body within a body, as a monitor carries it, is masked like any other.
        return masked(value) if value.lstrip().startswith(("{", "[")) else _shorten(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000_000:
        return _hidden(str(value))
    return value


def _hidden(value: Any) -> str:
    return f"…{str(value)[-3:]}"


def _shorten(text: str) -> str:
    return _LONG_NUMBER.sub(lambda found: _hidden(found.group()), text)
