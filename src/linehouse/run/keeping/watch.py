"""Telling people when keeping does not work: a task in the work list of every brand, settled when it works again."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import DatabaseError

from linehouse.platform.postgres.routing import brand_aliases
from linehouse.platform.scope import brand_scope
from linehouse.platform.work import SYSTEM, unit_of_work
from linehouse.platform.worklist.service import raise_task, settle_task

_log = structlog.get_logger(__name__)

BACKUP, DRILL = "keeping.backup", "keeping.drill"
_KEY = "schedule"


def backup_failed(reason: str) -> None:
    """A backup that the schedule wanted was not made."""
    _wait(BACKUP, "the scheduled backup", reason)


def backup_succeeded() -> None:
    """The schedule's backup was made."""
    _settle(BACKUP, "a backup was made")


def drill_failed(reason: str) -> None:
    """A drill that the schedule wanted did not bring everything back."""
    _wait(DRILL, "the scheduled drill", reason)


def drill_succeeded() -> None:
    """The schedule's drill brought everything back."""
    _settle(DRILL, "a drill brought everything back")


def _wait(kind: str, subject: str, reason: str) -> None:
    _log.error("keeping failed", what=subject, reason=reason)
    _for_each(lambda: str(raise_task(kind, _KEY, subject=subject, reason=reason[:500])))


def _settle(kind: str, outcome: str) -> None:
    _for_each(lambda: settle_task(kind, _KEY, outcome=outcome))


def _for_each(act: Callable[[], object]) -> None:
    for brand in brand_aliases():
        try:
            with brand_scope(brand), unit_of_work(SYSTEM, "keeping"):
                act()
        except DatabaseError as error:
            # A brand that cannot be told must not keep the others from being told.
            _log.error("a brand could not be told", brand=brand, error=type(error).__name__)
