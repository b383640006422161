"""SQL of lines' controls for the house: read, agree to go on, set the charging process to work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from linehouse.charging.controls.rows import controls_of
from linehouse.charging.controls.values import CapRow, Outcome
from linehouse.charging.sql import controls as sql
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.rating.controls import NO_CONTROLS, Controls

_PLACE = re.compile(r"\$(\d+)")


def _named(statement: str) -> str:
    """The statement as the cursor reads it: ``$1`` is ``%(p1)s``."""
    return _PLACE.sub(r"%(p\1)s", statement.replace("%", "%%"))


_READ, _PUT_CAPS, _RULES, _IN_FORCE = map(_named, (sql.READ, sql.PUT_CAPS, sql.RULES, sql.IN_FORCE))


_KEPT = 16
_parsed: dict[tuple[str, str, str], Controls] = {}
"""By what the files say: a catalogue that is published never changes."""


def rules_at(instant: datetime) -> Controls:
    """The controls in force."""
    with brand_cursor() as cursor:
        cursor.execute(_IN_FORCE, {"p1": instant})
        row = cursor.fetchone()
        if row is None:
            return NO_CONTROLS
        cursor.execute(
            "SELECT md5(files::text), home, currency FROM charging_tariffs WHERE catalog_version = %s", [row[0]]
        )
        said = cursor.fetchone()
        if said not in _parsed:
            cursor.execute(_RULES, {"p1": row[0]})
            if len(_parsed) >= _KEPT:
                _parsed.clear()
            _parsed[said] = controls_of(*cursor.fetchone())
    return _parsed[said]


def hold_lines(subscription_ids: Iterable[UUID]) -> None:
    """Hold the lines, as whoever charges them does, before anything else of theirs is held."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM charging_line WHERE subscription_id = ANY(%s::uuid[])"
            " ORDER BY subscription_id FOR NO KEY UPDATE",
            [sorted(set(subscription_ids))],
        )


def read(subscription_ids: Sequence[UUID], since: datetime) -> list[dict[str, Any]]:
    """What is kept of lines' controls."""
    with brand_cursor() as cursor:
        cursor.execute(_READ, {"p1": list(subscription_ids), "p2": since})
        return list(dict_rows(cursor))


def put_caps(rows: Sequence[tuple[UUID, CapRow]]) -> None:
    """Keep how far caps are."""
    if not rows:
        return
    columns: list[list[Any]] = [[], [], [], [], [], [], [], []]
    for of, row in rows:
        recent = json.dumps([list(one) for one in row.recent])
        values = (of, row.key, row.starts, row.ends, row.spent, row.reserved, row.told, recent)
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    with brand_cursor() as cursor:
        cursor.execute(_PUT_CAPS, {f"p{place}": column for place, column in enumerate(columns, 1)})


def put_consent(subscription_id: UUID, row: CapRow, at: datetime) -> None:
    """The customer agreed to go on above a cap in its period."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_cap (subscription_id, key, starts, ends, consented_at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (subscription_id, key, starts) DO UPDATE SET consented_at = excluded.consented_at",
            [subscription_id, row.key, row.starts, row.ends, at],
        )


def ask_again(subscription_id: UUID, reason: str, now: datetime) -> None:
    """Open sessions of the line are to be asked again, and its statuses decided anew."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_wish (subscription_id, session, reason, ends, wanted_at)"
            " VALUES (%s, NULL, %s, false, %s)",
            [subscription_id, reason, now],
        )
    decide_anew(subscription_id, now)


def decide_anew(subscription_id: UUID, now: datetime) -> None:
    """The statuses of the line's policy counters are to be decided anew."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_policy_due (subscription_id, due_at) VALUES (%s, %s)"
            " ON CONFLICT (subscription_id) DO NOTHING",
            [subscription_id, now],
        )


def decide_anew_by_number(subscription: str, now: datetime) -> None:
    """The same of the line with a business number, where anybody was told of them or wants to be."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_policy_due (subscription_id, due_at)"
            " SELECT l.subscription_id, %s FROM charging_line l WHERE l.subscription = %s AND EXISTS ("
            " SELECT 1 FROM charging_policy_status s WHERE s.subscription_id = l.subscription_id"
            " UNION ALL SELECT 1 FROM charging_policy_subscription s WHERE s.subscription_id = l.subscription_id)"
            " LIMIT 1 ON CONFLICT (subscription_id) DO NOTHING",
            [now, subscription],
        )


def status_changes(subscription_id: UUID, most: int) -> list[dict[str, Any]]:
    """The newest changes of statuses."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT key, was, status, why, changed_at FROM charging_policy_change WHERE subscription_id = %s"
            " ORDER BY changed_at DESC, id DESC LIMIT %s",
            [subscription_id, most],
        )
        return list(dict_rows(cursor))


def cap_rows(outcomes: Iterable[Outcome]) -> list[tuple[UUID, CapRow]]:
    """The last figure of each cap."""
    found: Mapping[tuple[UUID, str], CapRow] = {
        (one.subscription_id, row.name): row for one in outcomes for row in one.caps
    }
    return [(of, row) for (of, _), row in found.items()]


def reservations() -> dict[str, tuple[int, int]]:
    """By line and limit: what the limit says is reserved in it, and what open sessions keep."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(c.name, s.name), coalesce(c.kept, 0), coalesce(s.kept, 0)
            FROM (SELECT subscription_id || '/' || key || CASE WHEN ends IS NULL THEN '' ELSE
                         '@' || to_char(starts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI') END AS name, reserved AS kept
                  FROM charging_cap WHERE reserved <> 0) c
            FULL JOIN (SELECT s.subscription_id || '/' || one.key AS name, sum(one.value::bigint)::bigint AS kept
                       FROM charging_session s
                       CROSS JOIN LATERAL jsonb_each(s.state -> 'services') AS service
                       CROSS JOIN LATERAL jsonb_each_text(service.value -> 'reserved_caps') AS one
                       GROUP BY 1) s ON s.name = c.name
            """
        )
        return {name: (of_cap, of_sessions) for name, of_cap, of_sessions in cursor.fetchall()}
