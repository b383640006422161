"""Use cases of the work list: raise and settle from rooms; take, assign, set aside, finish and retry by people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from linehouse.kernel.error import Invalid
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import SYSTEM, Actor, current_work, unit_of_work
from linehouse.platform.worklist.errors import NothingToRetry, StillWaiting, TaskNotFound
from linehouse.platform.worklist.events import TaskTaken
from linehouse.platform.worklist.kinds import kind_named
from linehouse.platform.worklist.lifecycle import LIVE, TASK
from linehouse.platform.worklist.models import Task
from linehouse.platform.worklist.reading import find_task, task_view
from linehouse.platform.worklist.truth import close, lock, settle_or_raise
from linehouse.platform.worklist.values import Waiting

WAKE = "worklist.wake"
"""The kind of job that ends a pause."""


def raise_task(
    kind: str,
    key: str,
    *,
    subject: str,
    reason: str,
    evidence: Mapping[str, str] = {},
    customer_id: UUID | None = None,
    due: datetime | None = None,
) -> UUID:
    """Let something wait for a person, in the surrounding unit of work; returns the task's id.

    Once per (kind, key) while it is not settled: again brings reason and evidence up to date. What was settled begins
    again as another occurrence. ``evidence`` holds no personal values. Raises UnknownKind.
    """
    return raise_tasks(kind, [Waiting(key, subject, reason, evidence, customer_id, None, due)])[key]


def raise_tasks(kind: str, waiting: Iterable[Waiting]) -> dict[str, UUID]:
    """The same for many at once, in a few statements; returns the ids by key."""
    found = kind_named(kind)
    wanted: dict[str, Waiting | None] = {one.key: one for one in waiting}
    lock(found, wanted)
    return settle_or_raise(found, wanted)


def settle_task(kind: str, key: str, *, outcome: str) -> None:
    """End the task of something that waits no more, in the surrounding unit of work; nothing when none is live."""
    settle_tasks(kind, [key], outcome=outcome)


def settle_tasks(kind: str, keys: Sequence[str], *, outcome: str) -> int:
    """The same for many at once; returns how many were live. Raises UnknownKind."""
    found = kind_named(kind)
    current_work()
    lock(found, keys)
    rows = Task.objects.select_for_update().filter(kind=kind, key__in=list(keys), state__in=LIVE)
    count = 0
    for row in rows:
        close(row, "done", outcome, elsewhere=True)
        count += 1
    return count


def take(task_id: UUID, *, actor: Actor) -> None:
    """Make the actor the owner. Raises TaskNotFound, IllegalTransition."""
    assign(task_id, actor.id, actor.name, actor=actor)


def assign(task_id: UUID, owner_id: str, owner_name: str, *, actor: Actor) -> None:
    """Give a live task to somebody; whoever had it has it no more. Raises TaskNotFound, IllegalTransition."""
    with unit_of_work(actor, f"task for {owner_name}"):
        row = _live(task_id)
        if row.state != "taken":
            row.state = TASK.require(row.state, "taken")
        elif row.owner_id == owner_id:
            return
        row.snoozed_until, row.note = None, ""
        _own(row, owner_id, owner_name)


def give_back(task_id: UUID, *, actor: Actor) -> None:
    """Leave a task to its queue. Raises TaskNotFound, IllegalTransition."""
    with unit_of_work(actor, "task given back"):
        row = _live(task_id)
        if row.state != "open":
            row.state, row.snoozed_until, row.note = TASK.require(row.state, "open"), None, ""
        _own(row, "", "")


def _own(row: Task, owner_id: str, owner_name: str) -> None:
    row.owner_id, row.owner_name, row.changed_at = owner_id, owner_name[:200], current_work().now
    row.save()
    emit(TaskTaken(task_id=row.id, kind=row.kind, owner_id=owner_id, customer_id=row.customer_id))


def wait_for(task_id: UUID, note: str, *, actor: Actor) -> None:
    """Say that somebody outside must act first. The task must have an owner. Raises TaskNotFound, Invalid."""
    if not note.strip():
        raise Invalid("say for whom or what it waits", field="note", expected="such as: the customer's answer")
    with unit_of_work(actor, note) as work:
        row = _live(task_id)
        if row.state == "open":
            row.state, row.owner_id, row.owner_name = "taken", actor.id, actor.name[:200]
            row.save()
        row.state = TASK.require(row.state, "waiting")
        row.snoozed_until, row.note, row.changed_at = None, note.strip()[:1000], work.now
        row.save()


def snooze(task_id: UUID, until: datetime, *, actor: Actor, note: str = "") -> None:
    """Put a task out of sight until a business instant. Raises TaskNotFound, Invalid for an instant that is past."""
    with unit_of_work(actor, note or "put off") as work:
        if until <= work.now:
            raise Invalid(
                "a task is put off until later", field="until", value=until.isoformat(), expected="an instant to come"
            )
        row = _live(task_id)
        if row.state != "snoozed":
            row.state = TASK.require(row.state, "snoozed")
        row.snoozed_until, row.note, row.changed_at = until, note.strip()[:1000], work.now
        row.save()
        enqueue(WAKE, {"task": str(row.id), "until": until.isoformat()}, key=f"{row.id}/{until.isoformat()}", due=until)


def wake(task_id: UUID, until: datetime) -> None:
    """End the pause that was to end at ``until``; another pause since then stays."""
    with unit_of_work(SYSTEM, "the pause is over") as work:
        row = Task.objects.select_for_update().filter(id=task_id, state="snoozed", snoozed_until=until).first()
        if row is not None:
            row.state = TASK.require(row.state, "taken" if row.owner_id else "open")
            row.snoozed_until, row.note, row.changed_at = None, "", work.now
            row.save()


def finish(task_id: UUID, outcome: str, *, actor: Actor) -> None:
    """Say what came of it. A task that follows an object ends only with it.

    Raises TaskNotFound, Invalid without a note, StillWaiting.
    """
    _settle(task_id, "done", outcome, actor)


def dismiss(task_id: UUID, reason: str, *, actor: Actor) -> None:
    """Decide that nothing is to be done. Raises TaskNotFound, Invalid without a reason, StillWaiting."""
    _settle(task_id, "dismissed", reason, actor)


def _settle(task_id: UUID, state: str, text: str, actor: Actor) -> None:
    if not text.strip():
        raise Invalid("this needs a note", field="outcome", expected="what came of it, for whoever looks later")
    with unit_of_work(actor, text):
        view = find_task(task_id)
        kind = kind_named(view.kind)
        lock(kind, [view.key])
        row = _live(task_id)
        free = kind.waiting is None or (state == "dismissed" and kind.dismissible)
        if kind.waiting is not None and not free and any(True for _ in kind.waiting([row.key])):
            raise StillWaiting(
                f"{row.subject} still waits: {row.reason}",
                field="task",
                value=str(task_id),
                expected="its object to be mended; the task then ends by itself",
            )
        close(row, state, text.strip(), elsewhere=False)


def retry(task_id: UUID, *, actor: Actor) -> str:
    """Repeat the act that failed; returns what came of it. The task is settled or brought up to date by the result.

    Raises TaskNotFound, NothingToRetry, or what refuses the act; that refusal is kept as the task's reason.
    """
    view = find_task(task_id)
    kind = kind_named(view.kind)
    if kind.retry is None or not view.live:
        raise NothingToRetry("there is no act to repeat", field="task", value=str(task_id), expected="a live task")
    with unit_of_work(actor, "attempt from the work list") as work:
        row = _live(task_id)
        row.attempts, row.changed_at = row.attempts + 1, work.now
        row.save(update_fields=["attempts", "changed_at"])
    # Outside that transaction: what repeats an act may open several, or call out.
    said = kind.retry(view, actor)
    with unit_of_work(actor, "attempt from the work list") as work:
        work.touch(view.kind, view.key)
    return said


def _live(task_id: UUID) -> Task:
    row = Task.objects.select_for_update().filter(id=task_id).first()
    if row is None:
        raise TaskNotFound("there is no such task", field="task", value=str(task_id))
    if row.state not in LIVE:
        TASK.require(row.state, "snoozed")  # says what is wrong: the task is settled
    return row


__all__ = [
    "assign",
    "dismiss",
    "find_task",
    "finish",
    "give_back",
    "raise_task",
    "raise_tasks",
    "retry",
    "settle_task",
    "settle_tasks",
    "snooze",
    "take",
    "task_view",
    "wait_for",
    "wake",
]
