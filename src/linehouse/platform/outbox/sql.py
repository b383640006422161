"""Events of processes without Django, in SQL for asyncpg: the log, and one job that brings them to their consumers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from linehouse.kernel.event import Event, encode
from linehouse.kernel.ids import new_id

SPREAD = "outbox.spread"
"""The job that brings events to consumers which the process that wrote them does not know."""

LOCK_AGGREGATES = """
SELECT pg_advisory_xact_lock(hashtextextended(given.id::text, 0))
FROM (SELECT DISTINCT id FROM unnest($1::uuid[]) AS given (id) ORDER BY id) given
"""
"""Events of one aggregate get their sequence one after the other, whoever emits them. First, in a statement of its own:
what was committed before the lock was had is seen by the next statement only."""

RECORD = """
WITH facts AS (
    INSERT INTO outbox_outboxevent (id, name, version, aggregate_id, aggregate_sequence, customer_id, payload, actor,
                                    correlation_id, business_time, machine_time)
    SELECT given.id, given.name, given.version, given.aggregate_id,
           coalesce((SELECT max(o.aggregate_sequence) FROM outbox_outboxevent o
                     WHERE o.aggregate_id = given.aggregate_id), 0)
               + row_number() OVER (PARTITION BY given.aggregate_id ORDER BY given.place),
           given.customer_id, given.payload::jsonb, $7, $8, $9, $10
    FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::uuid[], $5::uuid[], $6::text[]) WITH ORDINALITY
         AS given (id, name, version, aggregate_id, customer_id, payload, place)
    ORDER BY given.place
)
INSERT INTO jobs_job (id, kind, key, payload, state, due_at, serial, attempts, last_error, correlation_id, made_at)
VALUES ($8, 'outbox.spread', $8::text, jsonb_build_object('events', to_jsonb($1::uuid[])), 'waiting', $9,
        'outbox.spread', 0, '', $8, $10)
"""


async def record(connection: Any, events: Sequence[Event], actor: str, now: datetime, machine: datetime) -> None:
    """Write facts into the open transaction; consumers hear of them once it has committed. Hold other locks before."""
    if not events:
        return
    aggregates = [event.aggregate_id for event in events]
    await connection.execute(LOCK_AGGREGATES, aggregates)
    await connection.execute(
        RECORD,
        [new_id() for _ in events],
        [event.event_name for event in events],
        [event.event_version for event in events],
        aggregates,
        [event.customer for event in events],
        [encode(event).decode() for event in events],
        actor,
        new_id(),
        now,
        machine,
    )


JOB = """
INSERT INTO jobs_job (id, kind, key, payload, state, due_at, serial, attempts, last_error, correlation_id, made_at)
VALUES ($1, $2, $3, $4::jsonb, 'waiting', $5, '', 0, '', NULL, $6) ON CONFLICT (kind, key) DO NOTHING
"""


async def enqueue(
    connection: Any, kind: str, payload: dict[str, Any], key: str, due: datetime, machine: datetime
) -> None:
    """Add a job, unless one of this kind and key was ever added."""
    await connection.execute(JOB, new_id(), kind, key, json.dumps(payload), due, machine)
