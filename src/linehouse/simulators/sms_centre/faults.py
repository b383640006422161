"""What the centre does wrong on purpose, kept in a file so that the page can change it while the centre runs."""

from __future__ import annotations

import threading
from enum import StrEnum
from pathlib import Path

import msgspec


class Fault(StrEnum):
    """One entry of the menu."""

    SLOW = "slow"
    THROTTLED = "throttled"
    REJECTED = "rejected"
    NO_ANSWER = "no-answer"
    LOST_RECEIPT = "lost-receipt"
    DUPLICATE_RECEIPT = "duplicate-receipt"
    UNDELIVERED = "undelivered"


MENU: dict[Fault, str] = {
    Fault.SLOW: "answers a message only after three seconds",
    Fault.THROTTLED: "does not take a message and asks for a slower pace",
    Fault.REJECTED: "refuses a message for good: no such number",
    Fault.NO_ANSWER: "takes a message and breaks the connection instead of answering",
    Fault.LOST_RECEIPT: "takes and delivers a message, and never sends its receipt",
    Fault.DUPLICATE_RECEIPT: "sends a receipt twice",
    Fault.UNDELIVERED: "takes a message, and says later that it could not be delivered",
}


class Faults:
    """How often each fault is still to come. Safe for several threads of one process."""

    _lock = threading.Lock()

    def __init__(self, folder: Path) -> None:
        self._file = folder / "faults.json"
        folder.mkdir(parents=True, exist_ok=True)

    def left(self) -> dict[Fault, int]:
        """What is still to come."""
        if not self._file.exists():
            return {}
        return msgspec.json.decode(self._file.read_bytes(), type=dict[Fault, int])

    def order(self, fault: Fault, count: int) -> None:
        """Let the next so many messages meet the fault; 0 takes it off the menu."""
        with self._lock:
            left = self.left()
            left[fault] = count
            self._write(left)

    def use(self, *wanted: Fault) -> Fault | None:
        """The first of these faults that is due, which is used up by one; None when all is well."""
        with self._lock:
            left = self.left()
            for fault in wanted:
                if left.get(fault, 0) > 0:
                    left[fault] -= 1
                    self._write(left)
                    return fault
        return None

    def _write(self, left: dict[Fault, int]) -> None:
        draft = self._file.with_suffix(".part")
        draft.write_bytes(msgspec.json.encode({fault: count for fault, count in left.items() if count > 0}))
        draft.rename(self._file)
