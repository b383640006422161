"""Adding jobs, and looking after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linehouse.kernel.error import NotFound
from linehouse.platform.jobs.lifecycle import FAILED_JOB, JOB
from linehouse.platform.jobs.models import Job
from linehouse.platform.jobs.registry import kind_named
from linehouse.platform.jobs.store import insert_job
from linehouse.platform.work import Actor, current_work, unit_of_work


def enqueue(kind: str, payload: dict[str, Any], *, key: str, due: datetime | None = None, serial: str = "") -> bool:
    """Add a job in the surrounding unit of work; due now unless a business instant is given.

    One job per (kind, key), ever: adding it again changes nothing and returns False. Jobs of one ``serial`` run one
    after the other. Raises KeyError for a kind that nobody declares.
    """
    kind_named(kind)
    work = current_work()
    return insert_job(kind, payload, key=key, due=due or work.now, serial=serial, correlation=work.correlation)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as the operations screen shows it."""

    id: UUID
    kind: str
    key: str
    state: str
    due_at: datetime
    attempts: int
    last_error: str
    not_before: datetime | None
    made_at: datetime
    ended_at: datetime | None


def search_jobs(*, state: str = "", kind: str = "", offset: int = 0, limit: int = 50) -> tuple[Sequence[JobView], int]:
    """A page of jobs, newest first, and how many match."""
    rows = Job.objects.order_by("-made_at", "-id")
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind__icontains=kind)
    page = [
        JobView(r.id, r.kind, r.key, r.state, r.due_at, r.attempts, r.last_error, r.not_before, r.made_at, r.ended_at)
        for r in rows[offset : offset + limit]
    ]
    return page, rows.count()


def _move(job_id: UUID, new: str, actor: Actor, reason: str) -> None:
    with unit_of_work(actor, reason) as work:
        row = Job.objects.select_for_update().filter(id=job_id).first()
        if row is None:
            raise NotFound("no such job", field="id", value=str(job_id))
        row.state = JOB.require(row.state, new)
        row.not_before = None
        if new == "waiting":
            row.attempts = 0
        row.save(update_fields=["state", "not_before", "attempts"])
        work.touch(FAILED_JOB, str(job_id))


def retry(job_id: UUID, *, actor: Actor, reason: str) -> None:
    """Let a failed job run again. Raises NotFound, IllegalTransition."""
    _move(job_id, "waiting", actor, reason)


def discard(job_id: UUID, *, actor: Actor, reason: str) -> None:
    """Give a failed or waiting job up. Raises NotFound, IllegalTransition."""
    _move(job_id, "discarded", actor, reason)
