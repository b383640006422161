"""What was used in the account's cycle so far, by the tariffs' counters.

They are read under a lock. The database moves them, in the statement that writes the rated records: with each record,
each entry that is taken back and each that follows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from linehouse.platform.sql import brand_cursor

Key = tuple[UUID, date]
"""A subscription and the first day of its account's cycle."""

_READ = """
SELECT c.subscription_id, c.period_start, c.counter, c.used
FROM charging_counter c JOIN unnest(%s::uuid[], %s::date[]) AS given (subscription_id, period_start)
    ON (c.shard, c.subscription_id, c.period_start) = (0, given.subscription_id, given.period_start)
WHERE c.counter <> ''
"""


def lock(keys: Iterable[Key]) -> dict[Key, dict[str, int]]:
    """Lock the counters of these periods, in one order for everybody, and read them.

    The caller holds the locks of the buckets already; whoever locks counters never locks buckets after it, so two
    files cannot wait for each other in a circle.
    """
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    columns = ([subscription for subscription, _ in wanted], [start for _, start in wanted])
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_counter (subscription_id, period_start, counter)"
            " SELECT given.subscription_id, given.period_start, ''"
            " FROM unnest(%s::uuid[], %s::date[]) WITH ORDINALITY AS given (subscription_id, period_start, place)"
            " ORDER BY place ON CONFLICT DO NOTHING",
            columns,
        )
        cursor.execute(
            "SELECT 1 FROM charging_counter c JOIN unnest(%s::uuid[], %s::date[])"
            " AS given (subscription_id, period_start)"
            " ON (c.shard, c.subscription_id, c.period_start) = (0, given.subscription_id, given.period_start)"
            " WHERE c.counter = '' ORDER BY c.subscription_id, c.period_start FOR UPDATE OF c",
            columns,
        )
    return read(wanted)


def read(keys: Iterable[Key]) -> dict[Key, dict[str, int]]:
    """The counters of these periods, without locks."""
    wanted = list(keys)
    found: dict[Key, dict[str, int]] = {key: {} for key in wanted}
    if wanted:
        with brand_cursor() as cursor:
            cursor.execute(_READ, [[subscription for subscription, _ in wanted], [start for _, start in wanted]])
            for subscription, start, counter, used in cursor.fetchall():
                found[subscription, start][counter] = int(used)
    return found


def lock_all(subscription_ids: Iterable[UUID]) -> None:
    """Lock every period of these subscriptions, in the same order."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM charging_counter WHERE shard = 0 AND subscription_id = ANY(%s::uuid[]) AND counter = ''"
            " ORDER BY subscription_id, period_start FOR UPDATE",
            [list(subscription_ids)],
        )


def of_subscription(subscription_id: UUID) -> dict[Key, dict[str, int]]:
    """All counters of a subscription, without locks."""
    found: dict[Key, dict[str, int]] = {}
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT period_start, counter, used FROM charging_counter"
            " WHERE shard = 0 AND subscription_id = %s AND counter <> ''",
            [subscription_id],
        )
        for start, counter, used in cursor.fetchall():
            found.setdefault((subscription_id, start), {})[counter] = int(used)
    return found


def unequal() -> list[tuple[str, int, int]]:
    """Counters that are not the sum of what rated records say that they counted: name, sum, counter."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            WITH said AS (
                SELECT u.subscription_id, u.counted_in AS period_start, one.key AS counter,
                       sum(one.value::numeric) AS used
                FROM charging_rated_usage u CROSS JOIN LATERAL jsonb_each_text(u.counted) AS one
                WHERE u.counted <> '{}' GROUP BY 1, 2, 3
            )
            SELECT coalesce(s.subscription_id, c.subscription_id)::text || '/'
                       || coalesce(s.period_start, c.period_start)::text || '/' || coalesce(s.counter, c.counter),
                   coalesce(s.used, 0), coalesce(c.used, 0)
            FROM said s FULL JOIN (SELECT * FROM charging_counter WHERE counter <> '') c
                ON (c.subscription_id, c.period_start, c.counter) = (s.subscription_id, s.period_start, s.counter)
            WHERE coalesce(s.used, 0) <> coalesce(c.used, 0) ORDER BY 1
            """
        )
        return [(name, int(said), int(kept)) for name, said, kept in cursor.fetchall()]


def kept() -> int:
    """How many counters there are."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM charging_counter WHERE counter <> ''")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
