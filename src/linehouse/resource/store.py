"""SQL of the stock: import in bulk, take one without waiting, answer many questions at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from linehouse.kernel.ids import new_id
from linehouse.kernel.numbering import Msisdn
from linehouse.platform.personal.seal import seal_house
from linehouse.platform.sql import brand_cursor
from linehouse.resource.values import ResourceKind, SimRow

_BATCH = 10_000


def insert_numbers(numbers: Iterable[Msisdn], now: datetime) -> tuple[int, int]:
    """Add numbers as available; returns how many were new and how many were known."""
    taken = offered = 0
    batch: list[str] = []
    for number in numbers:
        batch.append(number.digits)
        if len(batch) == _BATCH:
            taken, offered = taken + _insert_numbers(batch, now), offered + len(batch)
            batch = []
    taken, offered = taken + _insert_numbers(batch, now), offered + len(batch)
    return taken, offered - taken


def _insert_numbers(digits: Sequence[str], now: datetime) -> int:
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO resource_number (id, created_at, changed_at, digits, state, holder)
            SELECT id, %s, %s, digits, 'available', '' FROM unnest(%s::uuid[], %s::text[]) AS n(id, digits)
            ON CONFLICT (digits) DO NOTHING
            """,
            [now, now, [new_id() for _ in digits], list(digits)],
        )
        count: int = cursor.rowcount
    return count


def insert_sims(rows: Sequence[SimRow], now: datetime) -> list[str]:
    """Add cards as available, their PUKs sealed; returns the ICCIDs that were new."""
    ids = [new_id() for _ in rows]
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO resource_simcard (id, created_at, changed_at, iccid, imsi, puk, state, holder)
            SELECT id, %s, %s, iccid, imsi, puk, 'available', ''
            FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS s(id, iccid, imsi, puk)
            ON CONFLICT (iccid) DO NOTHING
            RETURNING iccid
            """,
            [
                now,
                now,
                ids,
                [row.iccid.digits for row in rows],
                [row.imsi.digits for row in rows],
                [seal_house(row.puk, "resource_simcard.puk", key) for key, row in zip(ids, rows, strict=True)],
            ],
        )
        return [str(row[0]) for row in cursor.fetchall()]


def lock_holder(holder: str) -> None:
    """Let two attempts for one holder come one after the other, until the transaction ends."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"resource/{holder}"])


def take_number(holder: str, now: datetime) -> UUID | None:
    """Reserve the lowest number that is available and that nobody else is taking right now."""
    return _take("resource_number", "digits", holder, now)


def take_sim(holder: str, now: datetime) -> UUID | None:
    """Reserve the first card that is available and that nobody else is taking right now."""
    return _take("resource_simcard", "iccid", holder, now)


def _take(table: str, order: str, holder: str, now: datetime) -> UUID | None:
    with brand_cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} SET state = 'reserved', holder = %s, changed_at = %s
            WHERE id = (SELECT id FROM {table} WHERE state = 'available' ORDER BY {order}
                        LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,  # noqa: S608  # table and column are this module's own words
            [holder, now],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def open_assignment(kind: ResourceKind, digits: str, holder: str, now: datetime) -> None:
    """From now on the resource is the holder's; an open period of the same holder stays as it is."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO resource_assignment (id, created_at, changed_at, kind, number, digits, holder, period)
            SELECT %s, %s, %s, %s, %s, %s, %s, tstzrange(%s, NULL)
            WHERE NOT EXISTS (SELECT 1 FROM resource_assignment
                              WHERE kind = %s AND number = %s AND holder = %s AND upper_inf(period))
            """,
            [new_id(), now, now, str(kind), int(digits), digits, holder, now, str(kind), int(digits), holder],
        )


def close_assignment(kind: ResourceKind, digits: str, holder: str, now: datetime) -> None:
    """The holder's open period ends now."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            UPDATE resource_assignment
            SET period = tstzrange(lower(period), greatest(lower(period), %s)), changed_at = %s
            WHERE kind = %s AND number = %s AND holder = %s AND upper_inf(period)
            """,
            [now, now, str(kind), int(digits), holder],
        )


def holders(questions: Sequence[tuple[int, str, str, datetime]]) -> list[tuple[int, str, str | None, str | None]]:
    """For (ref, kind, digits, at): ref, holder, and the holder's MSISDN and IMSI at that instant, if any."""
    if not questions:
        return []
    refs, kinds, digits, instants = zip(*questions, strict=True)
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT q.ref, a.holder,
                   min(o.digits) FILTER (WHERE o.kind = 'msisdn'), min(o.digits) FILTER (WHERE o.kind = 'imsi')
            FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[]) AS q(ref, kind, number, at)
            JOIN resource_assignment a ON a.kind = q.kind AND a.number = q.number AND a.period @> q.at
            JOIN resource_assignment o ON o.holder = a.holder AND o.period @> q.at
            GROUP BY q.ref, a.holder
            """,
            [list(refs), list(kinds), [int(d) for d in digits], list(instants)],
        )
        return [(row[0], row[1], row[2], row[3]) for row in cursor.fetchall()]


def last_held(holder_names: Sequence[str]) -> list[tuple[str, str, str]]:
    """(holder, kind, digits) of the last thing of each kind that each holder held, or holds."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (holder, kind) holder, kind, digits FROM resource_assignment
            WHERE holder = ANY(%s) ORDER BY holder, kind, created_at DESC, id DESC
            """,
            [list(holder_names)],
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def history(kind: ResourceKind, digits: str) -> list[tuple[str, datetime, datetime | None]]:
    """(holder, from, to) of one number or IMSI, oldest first."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT holder, lower(period), upper(period) FROM resource_assignment
            WHERE kind = %s AND number = %s AND NOT isempty(period) ORDER BY lower(period)
            """,
            [str(kind), int(digits)],
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def stock_levels() -> list[tuple[str, str, int]]:
    """(kind, state, count) over numbers and cards."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT 'number', state, count(*) FROM resource_number GROUP BY state
            UNION ALL SELECT 'sim', state, count(*) FROM resource_simcard GROUP BY state ORDER BY 1, 2
            """
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def end_rests(now: datetime) -> int:
    """Numbers whose quarantine is over become available; returns how many."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE resource_number SET state = 'available', rests_until = NULL, changed_at = %s"
            " WHERE state = 'quarantine' AND rests_until <= %s",
            [now, now],
        )
        count: int = cursor.rowcount
    return count
