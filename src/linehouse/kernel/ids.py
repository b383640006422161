"""Time-ordered ids: UUID version 7 (RFC 9562 §5.7)."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = [0]


def new_id() -> UUID:
    """A new UUIDv7; ids made by one process grow strictly, also within a millisecond."""
    # 48 bits of milliseconds and 12 bits of fraction, so that ids sort by when they were made.
    stamp = time.time_ns() * 4096 // 1_000_000
    with _lock:
        stamp = max(stamp, _last[0] + 1)
        _last[0] = stamp
    milliseconds, fraction = stamp >> 12, stamp & 0xFFF
    tail = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail)
