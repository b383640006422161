"""Migrations that never stop a brand: applied in phases, under a short lock timeout, one database after the other.

A migration says in `phase` when it may run: ``before`` (the default) while the previous release still serves, since it
only adds; ``switch`` between the last process of the previous release and the first of this one, since neither could
serve with the other's schema (`why` says for what reason); ``after`` when nothing of the previous release runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import structlog
from django.core.management.sql import emit_post_migrate_signal
from django.db import OperationalError, connections
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg.errors import LockNotAvailable

from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.scope import brand_scope, realm_scope

_log = structlog.get_logger(__name__)

LOCK_TIMEOUT = "2s"
"""A migration that waits for a lock makes everybody behind it wait, too: so it gives up soon and comes again."""
ATTEMPTS = 8
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0

Told = Callable[[str, int, int], None]


class Phase(StrEnum):
    """When a migration may run."""

    BEFORE = "before"
    SWITCH = "switch"
    AFTER = "after"


class TableBusy(DomainError, code="platform.table_busy", kind=Kind.UNAVAILABLE):
    """A migration did not get its lock for minutes: some transaction holds a table all the time."""


@dataclass(frozen=True, slots=True)
class Step:
    """A migration that a database lacks."""

    app: str
    name: str
    phase: Phase

    def __str__(self) -> str:
        return f"{self.app}.{self.name}"


def phase_of(migration: Migration) -> Phase:
    """When the migration may run."""
    return Phase(getattr(migration, "phase", Phase.BEFORE))


@cache
def on_disk() -> dict[tuple[str, str], Migration]:
    """Every migration that this release knows."""
    return dict(sorted(MigrationLoader(None).disk_migrations.items()))


def pending(alias: str) -> list[Step]:
    """What the database lacks, in the order in which it would run."""
    executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [Step(migration.app_label, migration.name, phase_of(migration)) for migration, _ in plan]


def possible(plan: Sequence[Migration], phases: frozenset[Phase]) -> list[Migration]:
    """The migrations of a plan that belong to the phases and stand on nothing that must wait for a later one."""
    waiting: set[tuple[str, str]] = set()
    chosen = []
    for migration in plan:
        me = (migration.app_label, migration.name)
        if phase_of(migration) in phases and not waiting.intersection(migration.dependencies):
            chosen.append(migration)
        else:
            waiting.add(me)
    return chosen


def migrate(alias: str, phases: frozenset[Phase], told: Told) -> list[Step]:
    """Apply what the database lacks of these phases; returns what it lacks still. Repeating it goes on.

    Each migration is a transaction of its own; one that does not get its locks within two seconds is tried again.
    Raises TableBusy, or whatever a migration raises; what ran before stays.
    """
    with realm_scope(alias), brand_scope(alias):
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        try:
            done, rest = _run(alias, phases, told)
            if done:
                emit_post_migrate_signal(verbosity=0, interactive=False, db=alias)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
    return rest


def _run(alias: str, phases: frozenset[Phase], told: Told) -> tuple[int, list[Step]]:
    pause, attempt, done = _FIRST_PAUSE, 0, 0
    while True:
        executor = MigrationExecutor(connections[alias])
        full = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        wanted = possible(full, phases)
        if not wanted:
            return done, [Step(each.app_label, each.name, phase_of(each)) for each in full]
        total = done + len(wanted)

        def progress(action: str, migration: object = None, fake: object = None, /, total: int = total) -> None:
            nonlocal done
            if action == "apply_start":
                told(str(migration), done, total)
            elif action == "apply_success":
                done += 1
                told(str(migration), done, total)

        executor.progress_callback = progress
        try:
            executor.migrate([(each.app_label, each.name) for each in wanted], plan=[(each, False) for each in wanted])
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            attempt += 1
            if attempt == ATTEMPTS:
                raise TableBusy(
                    "a table is in use all the time",
                    field="database",
                    value=alias,
                    expected="an hour with fewer or shorter transactions; what was done stays, run it again",
                ) from error
            _log.warning("a migration waits for a lock", database=alias, attempt=attempt)
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
