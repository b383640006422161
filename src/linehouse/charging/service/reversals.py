"""Taking entries of rated records back: a row with all figures turned round, once, beside the one that stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from linehouse.charging.sql.columns import NAMES
from linehouse.platform.sql import brand_cursor

_TURNED = ("quantity", "amount", "net", "gross", "uncollected", "loss", "blocked", "cost", "throttled", "redirected")
"""What a reversal carries with the other sign."""
_TURNED_MAPS = ("unit_takes", "money_takes", "counted")
_MINUS = "(SELECT coalesce(jsonb_object_agg(key, -value::text::numeric), '{{}}'::jsonb) FROM jsonb_each({name}))"


def _turned(name: str) -> str:
    if name in _TURNED_MAPS:
        return _MINUS.format(name=name)
    return f"-{name}" if name in _TURNED else name


_COPIED = ", ".join(_turned(name) for name in NAMES.split(", "))


def reverse(entries: Sequence[tuple[int, datetime]], rerate: str, now: datetime) -> int:
    """Take entries (their own sequence and instant) back: each gets a row with all figures turned round, and neither
    stands any more. One that was taken back already is refused. Returns how many there were."""
    keys: list[list[Any]] = [[sequence for sequence, _ in entries], [at for _, at in entries]]
    which = (
        "FROM unnest(%s::bigint[], %s::timestamptz[]) AS given (sequence, rated_at)"
        " WHERE u.rated_at = given.rated_at AND u.sequence = given.sequence"
    )
    with brand_cursor() as cursor:
        cursor.execute(f"UPDATE charging_rated_usage u SET stands = false {which} AND u.stands", keys)  # noqa: S608
        cursor.execute(
            "INSERT INTO charging_reversal (record_key, revision, record_id, rerate, business_time)"
            " SELECT u.record_key, u.revision, u.record_id, %s, %s FROM charging_rated_usage u"
            " JOIN unnest(%s::bigint[], %s::timestamptz[]) AS given (sequence, rated_at)"
            " ON u.rated_at = given.rated_at AND u.sequence = given.sequence",
            [rerate, now, *keys],
        )
        cursor.execute(
            f"INSERT INTO charging_rated_usage (rated_at, {NAMES}, stands, reversal, revision, place,"  # noqa: S608
            f" first_rated_at, rerate) SELECT %s, {_COPIED}, false, true, revision, coalesce(place, u.sequence),"
            " coalesce(first_rated_at, u.rated_at), %s FROM charging_rated_usage u"
            " JOIN unnest(%s::bigint[], %s::timestamptz[]) AS given (sequence, rated_at)"
            " ON u.rated_at = given.rated_at AND u.sequence = given.sequence ORDER BY u.sequence",
            [now, rerate, *keys],
        )
        return int(cursor.rowcount)


def reversed_entries() -> int:
    """How many entries have been taken back."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM charging_reversal")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def unequal() -> list[tuple[str, str, str]]:
    """Records of which more than one entry stands, or whose entries that were taken back do not come to nothing with
    their reversals: key, what should be, what is."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT record_key, 'at most 1 stands, the rest comes to 0', concat_ws(' ', count(*) FILTER (WHERE stands),
                   'stand, the rest is', sum(amount) FILTER (WHERE NOT stands), sum(net) FILTER (WHERE NOT stands),
                   sum(quantity) FILTER (WHERE NOT stands))
            FROM charging_rated_usage WHERE record_id IN (SELECT record_id FROM charging_reversal)
            GROUP BY record_key
            HAVING count(*) FILTER (WHERE stands) > 1 OR coalesce(sum(amount) FILTER (WHERE NOT stands), 0) <> 0
                OR coalesce(sum(net) FILTER (WHERE NOT stands), 0) <> 0
                OR coalesce(sum(quantity) FILTER (WHERE NOT stands), 0) <> 0
            ORDER BY record_key
            """
        )
        return list(cursor.fetchall())
