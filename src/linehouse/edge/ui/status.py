"""States and their tones: one table says which colour a state's pill has, whatever room it comes from."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from linehouse.platform.texts.codes import said, spelled


class Tone(StrEnum):
    """How a state should feel to the person who reads it; the word itself always stands beside the colour."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    INFO = "info"
    QUIET = "quiet"


_WORDS: Final[Mapping[Tone, str]] = MappingProxyType(
    {
        Tone.GOOD: (
            "active, allocated, applied, approved, assigned, available, balanced, billed, completed, confirmed, "
            "delivered, "
            "done, green, in sync, in use, inuse, issued, launched, matched, ok, open period, paid, posted, processed, "
            "provisioned, published, rated, sent, settled, succeeded, success, valid, verified, yes"
        ),
        Tone.INFO: (
            "acknowledged, calculated, calculating, charging, collected, due, identified, in progress, "
            "inprogress, leased, normalised, open, parsed, partial, partially settled, pending, processing, "
            "provisioning, queued, quoted, ready, received, reserved, retry, running, scheduled, started, "
            "proposed, requested, taken, validated, waiting"
        ),
        Tone.WARN: (
            "amended, barred, blocked, corrected, drift, duplicate, held, on hold, overdue, parked, partially "
            "processed, paused, pending cancellation, retrying, suspended, suspense, unallocated, unmatched, "
            "returned, reversed, snoozed, warning"
        ),
        Tone.BAD: (
            "abandoned, bad, broken, dead, error, failed, lost, refused, rejected, revoked, unbalanced, void, voided"
        ),
        Tone.QUIET: (
            "aborted, archived, cancelled, closed, created, designed, discarded, draft, expired, inactive, new, "
            "no, obsolete, planned, quarantined, released, resolved, retired, skipped, terminated, unbilled, "
            "withdrawn, dismissed, given"
        ),
    }
)

_TONES: Final[Mapping[str, Tone]] = MappingProxyType(
    {word: tone for tone, words in _WORDS.items() for word in words.split(", ")}
)


def readable(state: str) -> str:
    """Turn a stored state into the reader's words: ``inProgress`` and ``IN-PROGRESS`` read "in progress"."""
    return said(state)


def tone_of(state: str) -> Tone:
    """Return the tone of a state; an unknown state is quiet, never alarming."""
    return _TONES.get(spelled(state), Tone.QUIET)
