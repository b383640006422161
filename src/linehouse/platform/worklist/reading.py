"""What screens ask of the work list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from linehouse.platform.clock.service import business_now
from linehouse.platform.worklist.errors import TaskNotFound
from linehouse.platform.worklist.kinds import all_kinds
from linehouse.platform.worklist.lifecycle import LIVE
from linehouse.platform.worklist.models import Task
from linehouse.platform.worklist.values import AGES, Ageing, TaskFilter, TaskView

_SORTS = {"occurred_at", "due_at", "queue", "subject", "state", "owner_name", "kind", "occurrences"}


def task_view(row: Task, now: datetime) -> TaskView:
    """The row as a value."""
    kind = all_kinds().get(row.kind)
    return TaskView(
        id=row.id,
        kind=row.kind,
        key=row.key,
        title=str(kind.title) if kind else row.kind,
        queue=row.queue,
        subject=row.subject,
        reason=row.reason,
        evidence={str(name): str(value) for name, value in row.evidence},
        customer_id=row.customer_id,
        state=row.state,
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        occurrences=row.occurrences,
        raised_at=row.created_at,
        occurred_at=row.occurred_at,
        due_at=row.due_at,
        snoozed_until=row.snoozed_until,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        outcome=row.outcome or row.note,
        attempts=row.attempts,
        now=now,
    )


def find_task(task_id: UUID, *, kinds: Collection[str] | None = None) -> TaskView:
    """One task; with ``kinds`` only of these. Raises TaskNotFound."""
    row = Task.objects.filter(id=task_id).first()
    if row is None or (kinds is not None and row.kind not in kinds):
        raise TaskNotFound("there is no such task", field="task", value=str(task_id))
    return task_view(row, business_now())


def task_of(kind: str, key: str) -> TaskView | None:
    """The task of a thing, settled or not; None when it never waited."""
    row = Task.objects.filter(kind=kind, key=key).first()
    return None if row is None else task_view(row, business_now())


def tasks(
    wanted: TaskFilter,
    *,
    kinds: Collection[str] | None = None,
    sort: str = "occurred_at",
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[TaskView], int]:
    """A page of tasks, longest waiting first, and how many match; with ``kinds`` only of these."""
    now = business_now()
    order = sort if sort.lstrip("-") in _SORTS else "occurred_at"
    rows = _matching(wanted, kinds, now).order_by(order, "id")
    return [task_view(row, now) for row in rows[offset : offset + limit]], rows.count()


def neighbours(task_id: UUID, wanted: TaskFilter, *, kinds: Collection[str] | None = None) -> tuple[UUID | None, ...]:
    """The task before and the one after in the list, longest waiting first; None at its ends."""
    row = Task.objects.filter(id=task_id).first()
    if row is None:
        return (None, None)
    rows = _matching(wanted, kinds, business_now())
    here = Q(occurred_at__lt=row.occurred_at) | Q(occurred_at=row.occurred_at, id__lt=row.id)
    there = Q(occurred_at__gt=row.occurred_at) | Q(occurred_at=row.occurred_at, id__gt=row.id)
    before = rows.filter(here).order_by("-occurred_at", "-id").values_list("id", flat=True).first()
    after = rows.filter(there).order_by("occurred_at", "id").values_list("id", flat=True).first()
    return (before, after)


def _matching(wanted: TaskFilter, kinds: Collection[str] | None, now: datetime) -> QuerySet[Task]:
    rows = Task.objects.all()
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    if wanted.queue:
        rows = rows.filter(queue=wanted.queue)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state:
        rows = rows.filter(state__in=LIVE) if wanted.state == "live" else rows.filter(state=wanted.state)
    if wanted.owner_id:
        rows = rows.filter(owner_id=wanted.owner_id)
    if wanted.unowned:
        rows = rows.filter(owner_id="")
    if wanted.customer_id is not None:
        rows = rows.filter(customer_id=wanted.customer_id)
    if wanted.overdue:
        rows = rows.filter(state__in=LIVE, due_at__lt=now)
    if wanted.age in AGES:
        least, most = AGES[wanted.age]
        rows = rows.filter(occurred_at__lte=now - least) if least else rows
        rows = rows.filter(occurred_at__gt=now - most) if most else rows
    if wanted.text:
        text = wanted.text
        rows = rows.filter(Q(subject__icontains=text) | Q(reason__icontains=text) | Q(key__icontains=text))
    return rows


def ageing(wanted: TaskFilter, *, kinds: Collection[str] | None = None) -> Ageing:
    """How old the matching live tasks are."""
    now = business_now()
    rows = _matching(wanted, kinds, now).filter(state__in=LIVE)
    parts = {}
    for number, (least, most) in enumerate(AGES.values()):
        within = Q(occurred_at__lte=now - least) if least else Q()
        if most:
            within &= Q(occurred_at__gt=now - most)
        parts[f"n{number}"] = Count("id", filter=within)
    sums = rows.aggregate(total=Count("id"), overdue=Count("id", filter=Q(due_at__lt=now)), **parts)
    return Ageing({age: sums[f"n{number}"] for number, age in enumerate(AGES)}, sums["overdue"], sums["total"])


def queue_sizes(*, kinds: Collection[str] | None = None) -> dict[str, int]:
    """How many live tasks each queue has; queues without any are left out."""
    rows = Task.objects.filter(state__in=LIVE)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return dict(rows.order_by("queue").values_list("queue").annotate(n=Count("id")))


def waiting_for(owner_id: str, *, kinds: Collection[str]) -> int:
    """The number beside the work list in the rail: tasks that are the reader's, or nobody's yet."""
    rows = Task.objects.filter(state__in=("open", "taken"), kind__in=list(kinds))
    return rows.filter(Q(owner_id=owner_id) | Q(owner_id="")).count()


def owners() -> list[tuple[str, str]]:
    """Everybody who has a live task, by name."""
    rows = Task.objects.filter(state__in=LIVE).exclude(owner_id="")
    return sorted(rows.values_list("owner_id", "owner_name").distinct(), key=lambda row: row[1])
