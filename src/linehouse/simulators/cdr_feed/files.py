"""A made file, and the faults it may have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from linehouse.simulators.cdr_feed.usage import Subscriber, Use


class Fault(StrEnum):
    """One thing that goes wrong in real feeds."""

    REPEATED_RECORD = "repeated-record"
    CONTRADICTING_RECORD = "contradicting-record"
    UNKNOWN_SUBSCRIBER = "unknown-subscriber"
    OLD_RECORD = "old-record"
    FUTURE_RECORD = "future-record"
    WRONG_COUNT = "wrong-count"
    WRONG_CHARGE = "wrong-charge"
    TRUNCATED = "truncated"
    UNKNOWN_VERSION = "unknown-version"


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file's name and octets."""

    name: str
    data: bytes


_STRANGER = Subscriber("204049999999999", "31600000001")


def with_faults(uses: tuple[Use, ...], faults: frozenset[Fault]) -> tuple[Use, ...]:
    """The usage with the faults that records can have; each touches one record, or adds one behind the first."""
    made = list(uses)
    first = made[0]
    if Fault.REPEATED_RECORD in faults:
        made.append(first)
    if Fault.CONTRADICTING_RECORD in faults:
        made.append(replace(first, seconds=first.seconds + 1, octets_down=first.octets_down + 1))
    if Fault.UNKNOWN_SUBSCRIBER in faults:
        made.append(replace(first, subscriber=_STRANGER))
    if Fault.OLD_RECORD in faults:
        made.append(replace(first, started_at=first.started_at - timedelta(days=500)))
    if Fault.FUTURE_RECORD in faults:
        made.append(replace(first, started_at=first.started_at + timedelta(days=500)))
    return tuple(made)
