"""Telling people when keeping does not work: a task in the work list of every brand, settled when it works again."""

from __future__ import annotations

import structlog

_log = structlog.get_logger(__name__)


def backup_failed(reason: str) -> None:
    """A backup that the schedule wanted was not made."""
    _log.error("the scheduled backup failed", reason=reason)


def backup_succeeded() -> None:
    """The schedule's backup was made."""
    _log.info("the scheduled backup was made")


def drill_failed(reason: str) -> None:
    """A drill that the schedule wanted did not bring everything back."""
    _log.error("the scheduled drill failed", reason=reason)


def drill_succeeded() -> None:
    """The schedule's drill brought everything back."""
    _log.info("the scheduled drill brought everything back")
