"""The port to an SMS centre, and where the process says which one it uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from linehouse.notify.errors import NoSmsCentre


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of an SMS. ``octets`` are in the alphabet; ``reference`` (0–255) joins the segments of one text."""

    sender: str
    recipient: str
    octets: bytes
    is_gsm: bool
    number: int
    total: int
    reference: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The centre took the segment. Without a number no receipt can ever be matched to it."""

    centre_id: str
    words: str


class ReceiptState(StrEnum):
    """What a receipt says (SMPP 3.4 clause 5.2.28, appendix B)."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNDERWAY = "underway"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the centre says later of a segment; ``words`` are its own."""

    centre_id: str
    state: ReceiptState
    words: str


class OutcomeUnknown(Exception):
    """The connection broke after the segment was sent and before it was answered: it may have been taken."""


class SmsCentre(Protocol):
    """Takes segments."""

    def submit(self, segment: Segment) -> Taken:
        """Hand a segment over. Raises Refusal for good, Unreachable where trying again helps, OutcomeUnknown."""
        ...


_wired: list[Callable[[], SmsCentre]] = []


def set_factory(factory: Callable[[], SmsCentre] | None) -> None:
    """Say how to reach the centre; called once by the process that wires things."""
    _wired[:] = [factory] if factory is not None else []


def current_factory() -> Callable[[], SmsCentre] | None:
    """What was set, for somebody who replaces it for a while."""
    return _wired[0] if _wired else None


def is_wired() -> bool:
    """Whether messages can go by SMS at all."""
    return bool(_wired)


def centre() -> SmsCentre:
    """The centre. Raises NoSmsCentre."""
    if not _wired:
        raise NoSmsCentre("no SMS centre is configured", expected="the setting LINEHOUSE_SMPP_URL")
    return _wired[0]()
