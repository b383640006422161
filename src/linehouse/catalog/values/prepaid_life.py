"""The life of a prepaid line, as a brand wants it: how long it lives without money and use, and what it may do then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Counts(StrEnum):
    """What keeps a prepaid line alive."""

    TOP_UP = "top-up"
    USE = "use"
    """Usage that a bucket of the line paid, and packs that its balance bought."""


class RestOf(StrEnum):
    """What becomes of bought credit that is left when a line is recycled."""

    BREAKAGE = "breakage"
    """The brand keeps it."""
    REFUND_CLAIM = "refund-claim"
    """It stays owed to the customer, who may ask for it."""


BARS = ("outgoing", "data", "incoming")
"""What a line may be kept from; the bar of that name in the controls, with ``prepaid-`` before it, says what it is."""
EVERYTHING = BARS


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaidLife:
    """A line is ``active`` so long after what counts, then in ``grace`` with these bars, then ``inactive`` and barred,
    then recycled. ``notices`` are told so long before each step, the longest first. ``rest``: what becomes of credit.
    """

    active: timedelta
    grace: timedelta
    inactive: timedelta
    counts: tuple[Counts, ...] = (Counts.TOP_UP, Counts.USE)
    grace_bars: tuple[str, ...] = ("outgoing", "data")
    inactive_bars: tuple[str, ...] = EVERYTHING
    notices: tuple[timedelta, ...] = (timedelta(days=14), timedelta(days=3))
    rest: RestOf = RestOf.REFUND_CLAIM
