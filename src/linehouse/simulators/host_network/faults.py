"""The fault menu: what can go wrong at a host operator, on request and as often as asked."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec


class FaultKind(StrEnum):
    """One entry of the menu."""

    SLOW = "slow"
    LOST_ANSWER = "lost-answer"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    PARTIAL = "partial"
    RESTART = "restart"
    REFUSE = "refuse"
    FAIL_LATER = "fail-later"
    UNAVAILABLE = "unavailable"


MENU: dict[FaultKind, str] = {
    FaultKind.SLOW: "does what is asked, and answers only after `milliseconds`",
    FaultKind.LOST_ANSWER: "does what is asked, and breaks the connection instead of answering",
    FaultKind.DUPLICATE: "sends every notification about the request twice",
    FaultKind.REORDER: "finishes the request and notifies before it answers it",
    FaultKind.PARTIAL: "takes over half of the characteristics, then reports an error",
    FaultKind.RESTART: "breaks the connection, does nothing, and starts anew from what it had on disk",
    FaultKind.REFUSE: "refuses with 400 and `reason`",
    FaultKind.FAIL_LATER: "accepts the request, then reports `reason` as an error",
    FaultKind.UNAVAILABLE: "does nothing and answers 500",
}

#: Methods of requests that change something; these are what a fault without a method of its own waits for.
CHANGES = ("POST", "PATCH", "DELETE")


class Fault(msgspec.Struct, kw_only=True):
    """A fault that waits for its requests: the next ``count`` of ``method``, or of any that changes something.

    ``line`` limits it to one line.
    """

    kind: FaultKind
    count: int = 1
    method: str = ""
    line: str = ""
    milliseconds: int = 3000
    reason: str = "the subscriber profile is not allowed"

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a fault waits for at least one request")
        if self.milliseconds < 0:
            raise ValueError("a wait is not negative")

    def waits_for(self, method: str, line: str) -> bool:
        """Whether the request is one of those that this fault waits for."""
        return (method == self.method if self.method else method in CHANGES) and self.line in ("", line)


def take(faults: list[Fault], method: str, line: str) -> Fault | None:
    """The first fault that waits for such a request; it is used up by one."""
    for place, fault in enumerate(faults):
        if fault.waits_for(method, line):
            fault.count -= 1
            if fault.count == 0:
                del faults[place]
            return fault
    return None


def described() -> Sequence[dict[str, str]]:
    """The menu for a page: kind and what it does."""
    return [{"kind": str(kind), "does": text} for kind, text in MENU.items()]
