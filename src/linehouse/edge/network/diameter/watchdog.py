"""When a silent connection is asked whether it lives, and when it is given up (RFC 3539 §3.4.1). Pure."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import StrEnum

TW = 30.0
"""Seconds of silence before a watchdog request, by default; never below `LEAST`."""
LEAST = 6.0
JITTER = 2.0


class Due(StrEnum):
    """What is to be done."""

    ASK = "ask"
    """Send a watchdog request."""
    SUSPECT = "suspect"
    """Give no new requests to it."""
    CLOSE = "close"


@dataclass(slots=True)
class Watchdog:
    """One connection's watchdog; instants are seconds of a clock that only goes on."""

    name: str
    now: float
    tw: float = TW
    pending: bool = False
    suspect: bool = False
    round: int = 0
    at: float = 0.0

    def __post_init__(self) -> None:
        """Set it."""
        self._set(self.now)

    def heard(self, now: float, *, answer: bool = False) -> None:
        """Something came; ``answer``: to a watchdog request."""
        if answer:
            self.pending = False
        self.suspect = False
        self._set(now)

    def due(self, now: float) -> Due | None:
        """What its time brings."""
        if now < self.at:
            return None
        self._set(now)
        if not self.pending:
            self.pending = True
            return Due.ASK
        if not self.suspect:
            self.suspect = True
            return Due.SUSPECT
        return Due.CLOSE

    def _set(self, now: float) -> None:
        # Spread, so that connections that began together are not asked together.
        self.round += 1
        spread = zlib.crc32(f"{self.name}:{self.round}".encode()) / 0xFFFF_FFFF
        self.at = now + self.tw + (spread * 2 - 1) * min(JITTER, self.tw / 10)
