"""SQL of the queue: insert once, claim without waiting for others, finish, fail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.ids import new_id
from linehouse.platform.sql import brand_cursor


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this process holds."""

    id: UUID
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int
    due_at: datetime
    correlation_id: UUID | None


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job that is to be added."""

    kind: str
    payload: dict[str, Any]
    key: str
    due: datetime
    serial: str = ""
    correlation: UUID | None = None


_INSERT = """
INSERT INTO jobs_job (id, kind, key, payload, state, due_at, serial, attempts, last_error, correlation_id, made_at)
VALUES {rows} ON CONFLICT (kind, key) DO NOTHING
"""
_ROW = "(%s, %s, %s, %s, 'waiting', %s, %s, 0, '', %s, %s)"


def insertion(jobs: Sequence[NewJob]) -> tuple[str, list[Any]]:
    """The statement that adds the jobs of which none of the same kind and key was ever added, and its parameters."""
    now = MachineClock().now()
    params: list[Any] = []
    for job in jobs:
        params += (new_id(), job.kind, job.key, json.dumps(job.payload), job.due, job.serial, job.correlation, now)
    return _INSERT.format(rows=", ".join([_ROW] * len(jobs))), params


def insert_job(
    kind: str, payload: dict[str, Any], *, key: str, due: datetime, serial: str = "", correlation: UUID | None = None
) -> bool:
    """Add a job unless one of this kind and key was ever added; tells whether it was new."""
    with brand_cursor() as cursor:
        cursor.execute(*insertion([NewJob(kind, payload, key, due, serial, correlation)]))
        return bool(cursor.rowcount == 1)


_CLAIM = """
SELECT j.id, j.kind, j.key, j.payload, j.attempts, j.due_at, j.correlation_id
FROM jobs_job j
WHERE (j.state = 'waiting' OR (j.state = 'running' AND j.lease_until < %(machine)s))
  AND j.due_at <= %(business)s
  AND (j.not_before IS NULL OR j.not_before <= %(machine)s)
  AND (j.serial = '' OR NOT EXISTS (
        SELECT 1 FROM jobs_job e
        WHERE e.serial = j.serial AND e.state IN ('waiting', 'running') AND (e.due_at, e.id) < (j.due_at, j.id)))
ORDER BY j.due_at, j.id
LIMIT 1
FOR UPDATE OF j SKIP LOCKED
"""


def claim(business: datetime) -> Claimed | None:
    """Lock the next due job for the surrounding transaction, passing over those that others hold."""
    with brand_cursor() as cursor:
        cursor.execute(_CLAIM, {"business": business, "machine": MachineClock().now()})
        row = cursor.fetchone()
    if row is None:
        return None
    payload = row[3] if isinstance(row[3], dict) else json.loads(row[3])
    return Claimed(row[0], row[1], row[2], payload, row[4], row[5], row[6])


def mark_done(job_id: UUID) -> None:
    """The job has had its effect."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET state = 'done', attempts = attempts + 1, lease_until = NULL, last_error = '',"
            " ended_at = %s WHERE id = %s",
            [MachineClock().now(), job_id],
        )


def mark_running(job_id: UUID, lease_seconds: int) -> None:
    """Take a lease for an outside call; when it runs out, another worker may take the job."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET state = 'running', attempts = attempts + 1, lease_until = %s WHERE id = %s",
            [MachineClock().now() + timedelta(seconds=lease_seconds), job_id],
        )


def mark_failed(job_id: UUID, error: str, *, counted: bool, max_attempts: int) -> str:
    """Note a failed attempt; returns ``waiting`` when it will be repeated after a growing pause, else ``failed``."""
    now = MachineClock().now()
    with brand_cursor() as cursor:
        cursor.execute(
            """
            UPDATE jobs_job
            SET attempts = attempts + %(more)s,
                state = CASE WHEN attempts + %(more)s >= %(limit)s THEN 'failed' ELSE 'waiting' END,
                not_before = %(now)s
                    + least(interval '1 second' * power(2, attempts + %(more)s - 1), interval '10 minutes'),
                lease_until = NULL,
                last_error = %(error)s,
                ended_at = CASE WHEN attempts + %(more)s >= %(limit)s THEN %(now)s END
            WHERE id = %(id)s AND state IN ('waiting', 'running')
            RETURNING state
            """,
            {"more": 0 if counted else 1, "limit": max_attempts, "now": now, "error": error[:4000], "id": job_id},
        )
        row = cursor.fetchone()
    return str(row[0]) if row else "done"


@dataclass(frozen=True, slots=True)
class Due:
    """What is due at an instant: how much can be taken now, is held or pausing, has failed for good."""

    ready: int
    busy: int
    failed: int


def count_due(business: datetime) -> Due:
    """How much work is due up to the instant."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE state = 'waiting' AND (not_before IS NULL OR not_before <= %(machine)s)),
                   count(*) FILTER (WHERE state = 'running' OR (state = 'waiting' AND not_before > %(machine)s)),
                   count(*) FILTER (WHERE state = 'failed')
            FROM jobs_job WHERE due_at <= %(business)s AND state IN ('waiting', 'running', 'failed')
            """,
            {"business": business, "machine": MachineClock().now()},
        )
        ready, busy, failed = cursor.fetchone() or (0, 0, 0)
    return Due(ready, busy, failed)


def next_due(after: datetime, until: datetime) -> datetime | None:
    """The earliest instant in ``(after, until]`` at which something is due."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT min(due_at) FROM jobs_job WHERE state = 'waiting' AND due_at > %s AND due_at <= %s", [after, until]
        )
        row = cursor.fetchone()
    instant: datetime | None = row[0] if row else None
    return instant
