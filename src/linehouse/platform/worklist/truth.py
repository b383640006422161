"""Bringing tasks in line with what really waits: raised, brought up to date, begun again or settled, set-based."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from linehouse.kernel.ids import new_id
from linehouse.platform.jobs.lifecycle import FAILED_JOB
from linehouse.platform.outbox.service import emit
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import SYSTEM, Work, before_commit, current_work, unit_of_work
from linehouse.platform.worklist.events import TaskRaised, TaskSettled
from linehouse.platform.worklist.kinds import TaskKind, all_kinds, kind_named
from linehouse.platform.worklist.lifecycle import LIVE, TASK
from linehouse.platform.worklist.models import Task
from linehouse.platform.worklist.values import Waiting

_LOCKS = 64
"""Locks per kind: keys share them, so that a file with thousands of records takes few."""


def refresh(kind_name: str, keys: Collection[str]) -> None:
    """Ask the kind what of these keys waits now, and bring their tasks in line, in the surrounding unit of work.

    Raises UnknownKind. A kind without ``waiting`` is left alone.
    """
    kind = kind_named(kind_name)
    if kind.waiting is None or not keys:
        return
    lock(kind, keys)
    found = {one.key: one for one in kind.waiting(sorted(keys))}
    settle_or_raise(kind, {key: found.get(key) for key in keys})


def lock(kind: TaskKind, keys: Iterable[str]) -> None:
    """Let one transaction at a time judge these keys: who comes second sees what the first has done."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, n)) FROM ("
            "SELECT DISTINCT abs(hashtext(k)) %% %s AS n FROM unnest(%s::text[]) k ORDER BY 1) b",
            [f"task/{kind.name}", _LOCKS, list(keys)],
        )


def settle_or_raise(kind: TaskKind, wanted: Mapping[str, Waiting | None]) -> dict[str, UUID]:
    """Bring the tasks of these keys in line: something waits, or None for what does not. The keys are locked.

    Returns the ids of the tasks of what waits.
    """
    work = current_work()
    rows = {row.key: row for row in Task.objects.select_for_update().filter(kind=kind.name, key__in=list(wanted))}
    made: list[Task] = []
    ids: dict[str, UUID] = {}
    for key, waiting in wanted.items():
        row = rows.get(key)
        if waiting is None:
            if row is not None and row.state in LIVE:
                close(row, "done", f"mended: {work.reason}" if work.reason else "mended elsewhere", elsewhere=True)
        elif row is None:
            made.append(_new(kind, waiting, work.now))
            ids[key] = made[-1].id
        else:
            _again(kind, row, waiting, work.now)
            ids[key] = row.id
    Task.objects.bulk_create(made, batch_size=500)
    for row in made:
        _tell_raised(row)
    return ids


def _new(kind: TaskKind, waiting: Waiting, now: datetime) -> Task:
    since = waiting.since or now
    row = Task(
        id=new_id(),
        created_at=now,
        changed_at=now,
        kind=kind.name,
        key=waiting.key,
        queue=kind.queue,
        occurred_at=since,
    )
    _describe(row, waiting)
    row.due_at = _due(kind, waiting, since)
    return row


def _describe(row: Task, waiting: Waiting) -> bool:
    said = (waiting.subject[:200], waiting.reason[:1000], [[n, v] for n, v in waiting.evidence.items()])
    before = (row.subject, row.reason, row.evidence)
    row.subject, row.reason, row.evidence = said
    changed = row.customer_id != waiting.customer_id
    row.customer_id = waiting.customer_id
    return changed or said != before


def _due(kind: TaskKind, waiting: Waiting, since: datetime) -> datetime | None:
    if waiting.due is not None or kind.due is None:
        return waiting.due
    return since + kind.due


def _again(kind: TaskKind, row: Task, waiting: Waiting, now: datetime) -> None:
    """The thing is still there, or there again."""
    since = waiting.since or (row.occurred_at if row.state in LIVE else now)
    if row.settled_at is not None and since <= row.settled_at:
        if row.state == "dismissed" and kind.dismissible:
            return
        since = now
    fresh = row.state not in LIVE or since > row.occurred_at
    changed = _describe(row, waiting)
    if fresh:
        row.occurrences += 1
        row.occurred_at, row.due_at, row.attempts = since, _due(kind, waiting, since), 0
        state = "taken" if row.owner_id else "open"
        if row.state in ("done", "dismissed", "snoozed"):
            row.state = TASK.require(row.state, state)
        row.settled_at, row.settled_by, row.outcome, row.snoozed_until = None, "", "", None
    if fresh or changed:
        row.changed_at = now
        row.save()
    if fresh:
        _tell_raised(row)


def _tell_raised(row: Task) -> None:
    emit(
        TaskRaised(
            task_id=row.id,
            kind=row.kind,
            key=row.key,
            queue=row.queue,
            occurrence=row.occurrences,
            customer_id=row.customer_id,
        )
    )


def close(row: Task, state: str, outcome: str, *, elsewhere: bool) -> None:
    """Settle a locked task as done or dismissed."""
    work = current_work()
    row.state = TASK.require(row.state, state)
    row.settled_at, row.settled_by, row.outcome = work.now, work.actor.name, outcome[:1000]
    row.snoozed_until, row.note, row.changed_at = None, "", work.now
    row.save()
    emit(
        TaskSettled(
            task_id=row.id,
            kind=row.kind,
            key=row.key,
            state=state,
            elsewhere=elsewhere,
            customer_id=row.customer_id,
        )
    )


@before_commit
def follow(work: Work) -> None:
    """Before a unit of work commits: the tasks of everything that it touched follow, kind by kind in order."""
    while work.touched:
        touched = {name: work.touched.pop(name) for name in sorted(work.touched)}
        for name, keys in touched.items():
            refresh(name, keys)
            if name == FAILED_JOB:
                for kind in all_kinds().values():
                    if kind.jobs:
                        refresh(kind.name, keys)


def reconcile() -> dict[str, int]:
    """Bring all tasks of the current brand in line with what waits; returns per kind how many wait.

    For data that is older than its kind of task, and after something went round the house's own code.
    """
    counts = {}
    for kind in all_kinds().values():
        if kind.waiting is None:
            continue
        with unit_of_work(SYSTEM, "work list brought in line"):
            live = Task.objects.filter(kind=kind.name, state__in=LIVE).values_list("key", flat=True)
            waiting = [one.key for one in kind.waiting(None)]
            refresh(kind.name, {*live, *waiting})
            counts[kind.name] = len(waiting)
    return counts
