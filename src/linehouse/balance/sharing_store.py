"""SQL of shared buckets: what each line took of them, and which lines are in which group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from linehouse.balance.values import BucketView, GroupMember, Part
from linehouse.catalog.values import Sharing
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import Period
from linehouse.platform.sql import brand_cursor


@dataclass(frozen=True, slots=True)
class Took:
    """What a line took of a shared bucket (negative: gave back), and its cap."""

    bucket_id: UUID
    subscription_id: UUID
    subscription: str
    amount: int
    cap: int | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A membership that ended."""

    holder_id: UUID
    holder: str
    subscription_id: UUID
    subscription: str


def with_parts(found: Sequence[BucketView]) -> list[BucketView]:
    """The same buckets; shared ones with what each line took, and those of a group with who is or was in it."""
    shared = [bucket for bucket in found if bucket.shared is not None]
    if not shared:
        return list(found)
    parts: dict[UUID, dict[str, Part]] = {}
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT bucket_id, subscription_id, subscription, used, reserved FROM balance_member_use"
            " WHERE bucket_id = ANY(%s::uuid[])",
            [[bucket.id for bucket in shared]],
        )
        for bucket_id, subscription_id, subscription, used, reserved in cursor.fetchall():
            parts.setdefault(bucket_id, {})[subscription] = Part(subscription_id, subscription, used, reserved)
    holders = {b.shared.holder_id for b in shared if b.shared is not None and b.shared.by is Sharing.GROUP}
    groups: dict[UUID, dict[str, tuple[Period, ...]]] = {}
    for one in group_members(holders) if holders else ():
        known = groups.setdefault(one.holder_id, {})
        known[one.subscription] = (*known.get(one.subscription, ()), one.period)
    return [
        bucket
        if bucket.shared is None
        else replace(bucket, parts=parts.get(bucket.id, {}), group=groups.get(bucket.shared.holder_id, {}))
        for bucket in found
    ]


def add_parts(taken: Iterable[Took]) -> None:
    """Add what lines took, under the locks of the buckets. More than a cap is refused by the database."""
    sums: dict[tuple[UUID, UUID], Took] = {}
    for one in taken:
        before = sums.get((one.bucket_id, one.subscription_id))
        sums[one.bucket_id, one.subscription_id] = (
            one if before is None else replace(before, amount=before.amount + one.amount)
        )
    if not sums:
        return
    rows = [(one.bucket_id, one.subscription_id, one.subscription, one.amount, one.cap) for one in sums.values()]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with brand_cursor() as cursor:
        # Two statements: a row that gives back is refused by its own check before a conflict would be seen.
        cursor.execute(
            "INSERT INTO balance_member_use (bucket_id, subscription_id, subscription, used, cap)"
            " SELECT bucket_id, subscription_id, subscription, 0, cap"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bigint[], %s::bigint[])"
            " AS given (bucket_id, subscription_id, subscription, amount, cap)"
            " ON CONFLICT (shard, bucket_id, subscription_id) DO NOTHING",
            columns,
        )
        cursor.execute(
            "UPDATE balance_member_use m SET used = m.used + given.amount"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS given (bucket_id, subscription_id, amount)"
            " WHERE m.bucket_id = given.bucket_id AND m.subscription_id = given.subscription_id",
            [columns[0], columns[1], columns[3]],
        )


def group_members(holder_ids: Iterable[UUID]) -> list[GroupMember]:
    """Who is or was in these groups, the latest first."""
    return _members("holder_id = ANY(%s::uuid[])", holder_ids)


def groups_of(subscription_ids: Iterable[UUID]) -> list[GroupMember]:
    """The groups that these lines are or were in."""
    return _members("subscription_id = ANY(%s::uuid[])", subscription_ids)


def _members(where: str, ids: Iterable[UUID]) -> list[GroupMember]:
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT holder_id, holder, subscription_id, subscription, joined_at, left_at"  # noqa: S608
            f" FROM balance_group_member WHERE {where} ORDER BY joined_at DESC, subscription",
            [list(ids)],
        )
        return [
            GroupMember(holder_id, holder, subscription_id, subscription, Period(joined_at, left_at))
            for holder_id, holder, subscription_id, subscription, joined_at, left_at in cursor.fetchall()
        ]


def insert_group_member(member: GroupMember) -> bool:
    """Take a line into a group; False where it is in it already."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO balance_group_member (id, holder_id, holder, subscription_id, subscription, joined_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (holder_id, subscription_id) WHERE left_at IS NULL DO NOTHING",
            [
                new_id(),
                member.holder_id,
                member.holder,
                member.subscription_id,
                member.subscription,
                member.period.start,
            ],
        )
        return bool(cursor.rowcount)


def end_memberships(at: datetime, *, holder_id: UUID | None = None, subscription_id: UUID | None = None) -> list[Ended]:
    """End what is going on: of a group, of a line, or of one line in one group. Returns what ended."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE balance_group_member SET left_at = greatest(joined_at, %s) WHERE left_at IS NULL"
            " AND (%s::uuid IS NULL OR holder_id = %s) AND (%s::uuid IS NULL OR subscription_id = %s)"
            " RETURNING holder_id, holder, subscription_id, subscription",
            [at, holder_id, holder_id, subscription_id, subscription_id],
        )
        return sorted((Ended(*row) for row in cursor.fetchall()), key=lambda one: (one.holder, one.subscription))


def begin_from_first_use(first: Mapping[UUID, datetime]) -> dict[UUID, datetime]:
    """Buckets that last from their first use: until when, for those that were not used before."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE balance_bucket b SET first_used_at = given.at,"
            " valid_to = given.at + (b.terms ->> 'lasts')::integer * interval '1 second'"
            " FROM unnest(%s::uuid[], %s::timestamptz[]) AS given (id, at)"
            " WHERE b.id = given.id AND b.first_used_at IS NULL AND b.terms ? 'lasts' RETURNING b.id, b.valid_to",
            [list(first), list(first.values())],
        )
        return dict(cursor.fetchall())


def unequal_parts() -> tuple[int, list[tuple[str, str, str, str]]]:
    """How many shared buckets there are, and what does not add up: reference, line, what is kept, what was moved."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM balance_bucket WHERE shared IS NOT NULL")
        counted = cursor.fetchone()
        cursor.execute(
            """
            SELECT b.ref, '', concat(coalesce(sum(m.used), 0), '/', coalesce(sum(m.reserved), 0)),
                   concat(b.used, '/', b.reserved)
            FROM balance_bucket b LEFT JOIN balance_member_use m ON m.bucket_id = b.id
            WHERE b.shared IS NOT NULL GROUP BY b.ref, b.used, b.reserved
            HAVING (coalesce(sum(m.used), 0), coalesce(sum(m.reserved), 0)) <> (b.used, b.reserved)
            UNION ALL
            SELECT b.ref, m.subscription, m.used::text, coalesce(moved.used, 0)::text
            FROM balance_member_use m JOIN balance_bucket b ON b.id = m.bucket_id CROSS JOIN LATERAL (
                SELECT sum(CASE WHEN kind IN ('use', 'late-use') THEN amount
                                WHEN kind IN ('return', 'late-return') THEN -amount ELSE 0 END) AS used
                FROM balance_movement WHERE bucket_id = m.bucket_id AND member = m.subscription
            ) moved
            WHERE m.used <> coalesce(moved.used, 0)
            ORDER BY 1, 2
            """
        )
        return counted[0] if counted else 0, list(cursor.fetchall())
