"""SQL of buckets, movements and entitlements: set-based, on the brand's database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from linehouse.balance.sharing_store import with_parts
from linehouse.balance.sql.rows import COLUMNS, bucket_of, kept_terms, owner_of
from linehouse.balance.values import BucketView, Grant, MovementKind, MovementView, Owner
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.ids import new_id
from linehouse.platform.partitions import partitioned
from linehouse.platform.sql import brand_cursor, dict_rows

partitioned("balance_movement")


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement to be written; ``key`` is its once-key."""

    bucket_id: UUID
    ref: str
    kind: MovementKind
    amount: int
    asset: str
    left: int | None
    cause: str
    key: str
    record_id: UUID | None = None
    member: str = ""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A recurring allowance of a product."""

    id: UUID
    product_id: UUID
    allowance: str
    offering: str
    catalog_version: int
    owner: Owner
    ref_prefix: str
    next_at: datetime


def insert_buckets(grants: Sequence[Grant], now: datetime) -> dict[str, UUID]:
    """Write the buckets that are new and return their ids by reference; what exists is left alone."""
    ids = {grant.ref: new_id() for grant in grants}
    rows = [
        (
            ids[g.ref],
            g.ref,
            g.kind.value,
            g.asset,
            g.owner.customer_id,
            g.owner.subscription_id,
            g.owner.subscription,
            g.owner.account_id,
            g.owner.account,
            g.product_id,
            g.source,
            g.catalog_version,
            json.dumps(dict(g.texts)),
            g.amount,
            g.taxed_at.value,
            g.priority,
            json.dumps(msgspec.to_builtins(g.scope)),
            g.when_empty.value,
            g.valid.start,
            g.valid.end,
            json.dumps(kept_terms(g.terms)),
            g.late_from,
            g.shared.by.value if g.shared is not None else None,
            g.shared.holder_id if g.shared is not None else None,
            g.shared.cap if g.shared is not None else None,
        )
        for g in grants
    ]
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO balance_bucket (id, ref, kind, asset, customer_id, subscription_id, subscription, account_id,
                                        account, product_id, source, catalog_version, texts, granted, taxed_at,
                                        priority, scope, when_empty, valid_from, valid_to, terms, late_from, shared,
                                        holder_id, cap, created_at)
            SELECT given.*, %s
            FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::uuid[],
                        %s::text[], %s::uuid[], %s::text[], %s::int[], %s::jsonb[], %s::bigint[], %s::text[], %s::int[],
                        %s::jsonb[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::jsonb[],
                        %s::timestamptz[], %s::text[], %s::uuid[], %s::bigint[]) AS given
            ON CONFLICT (ref) DO NOTHING RETURNING ref, id
            """,
            [now, *(list(column) for column in zip(*rows, strict=True))],
        )
        return dict(cursor.fetchall())


def insert_movements(movements: Sequence[Moved], now: datetime, actor: str) -> None:
    """Append movements and their once-keys; a key that is taken is refused by the database."""
    if not movements:
        return
    rows = [
        (m.bucket_id, m.ref, m.kind.value, m.amount, m.asset, m.left, m.cause, m.record_id, m.member) for m in movements
    ]
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO balance_movement_key (key, business_time)"
            " SELECT key, %s FROM unnest(%s::text[]) AS given (key)",
            [now, [m.key for m in movements]],
        )
        cursor.execute(
            """
            INSERT INTO balance_movement (bucket_id, ref, kind, amount, asset, left_after, cause, record_id,
                                          member, business_time, machine_time, actor)
            SELECT given.*, %s, %s, %s
            FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::text[],
                        %s::uuid[], %s::text[]) AS given
            """,
            [now, MachineClock().now(), actor, *(list(column) for column in zip(*rows, strict=True))],
        )


def buckets(where: str, params: Sequence[Any], *, lock: bool = False, limit: int | None = None) -> list[BucketView]:
    """Buckets by a condition that this room wrote; locked in the order of their ids, so that lockers never cross."""
    order = "ORDER BY id FOR UPDATE" if lock else "ORDER BY subscription, valid_from, ref"
    if limit is not None:
        order = f"ORDER BY id LIMIT {int(limit)}" + (" FOR UPDATE" if lock else "")
    with brand_cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM balance_bucket WHERE {where} {order}", list(params))  # noqa: S608
        found = [bucket_of(row) for row in dict_rows(cursor)]
    return with_parts(found)


def take(amounts: Mapping[UUID, int]) -> None:
    """Add to what was used; from a closed bucket, out of what was booked as expired. Overdrawing is refused."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            UPDATE balance_bucket b
            SET used = b.used + given.amount,
                expired = b.expired - CASE WHEN b.closed_at IS NOT NULL AND b.granted IS NOT NULL
                                           THEN given.amount ELSE 0 END
            FROM unnest(%s::uuid[], %s::bigint[]) AS given (id, amount) WHERE b.id = given.id
            """,
            [list(amounts), list(amounts.values())],
        )


def give_back(amounts: Mapping[UUID, int]) -> None:
    """Add to what was granted: money that a correction gives back."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE balance_bucket b SET granted = b.granted + given.amount"
            " FROM unnest(%s::uuid[], %s::bigint[]) AS given (id, amount) WHERE b.id = given.id",
            [list(amounts), list(amounts.values())],
        )


def shift(deltas: Mapping[UUID, tuple[int, int, int]]) -> None:
    """Add to granted, used and expired, bucket by bucket, in one statement. Overdrawing is refused."""
    rows = [(bucket_id, *more) for bucket_id, more in deltas.items()]
    with brand_cursor() as cursor:
        cursor.execute(
            """
            UPDATE balance_bucket b
            SET granted = b.granted + given.granted, used = b.used + given.used, expired = b.expired + given.expired
            FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[]) AS given (id, granted, used, expired)
            WHERE b.id = given.id
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )


def close(rolled: Mapping[UUID, int], now: datetime) -> None:
    """What rolls over moves on, what is then left is expired; nothing of it can be used by later usage."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE balance_bucket b SET closed_at = %s, rolled = given.rolled,"
            " expired = coalesce(granted - used - reserved - given.rolled, 0)"
            " FROM unnest(%s::uuid[], %s::bigint[]) AS given (id, rolled)"
            " WHERE b.id = given.id AND b.closed_at IS NULL",
            [now, list(rolled), list(rolled.values())],
        )


def end_early(product_id: UUID, at: datetime) -> None:
    """Unit buckets of a product that ended are valid until then, and nothing of them rolls over."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE balance_bucket SET valid_to = greatest(valid_from, least(valid_to, %s)), terms = terms - 'rollover'"
            " WHERE product_id = %s AND kind = 'units' AND closed_at IS NULL",
            [at, product_id],
        )
        cursor.execute(
            "UPDATE balance_entitlement SET ended_at = %s WHERE product_id = %s AND ended_at IS NULL", [at, product_id]
        )


def insert_entitlements(entitlements: Sequence[Entitlement]) -> None:
    """Remember what is granted anew; what is known is left alone."""
    rows = [
        (
            e.id,
            e.product_id,
            e.allowance,
            e.offering,
            e.catalog_version,
            e.owner.customer_id,
            e.owner.subscription_id,
            e.owner.subscription,
            e.owner.account_id,
            e.owner.account,
            e.ref_prefix,
            e.next_at,
        )
        for e in entitlements
    ]
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO balance_entitlement (id, product_id, allowance, offering, catalog_version, customer_id,
                                             subscription_id, subscription, account_id, account, ref_prefix, next_at)
            SELECT given.*
            FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::int[], %s::uuid[], %s::uuid[], %s::text[],
                        %s::uuid[], %s::text[], %s::text[], %s::timestamptz[]) AS given
            ON CONFLICT (product_id, allowance) DO NOTHING
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )


def due_entitlements(now: datetime, limit: int) -> list[Entitlement]:
    """Entitlements whose next period has begun, locked."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT id, product_id, allowance, offering, catalog_version, customer_id, subscription_id, subscription,"
            " account_id, account, ref_prefix, next_at FROM balance_entitlement"
            " WHERE ended_at IS NULL AND next_at <= %s ORDER BY id LIMIT %s FOR UPDATE",
            [now, limit],
        )
        return [
            Entitlement(
                id=row["id"],
                product_id=row["product_id"],
                allowance=row["allowance"],
                offering=row["offering"],
                catalog_version=row["catalog_version"],
                owner=owner_of(row),
                ref_prefix=row["ref_prefix"],
                next_at=row["next_at"],
            )
            for row in dict_rows(cursor)
        ]


def move_on(next_at: Mapping[UUID, datetime]) -> None:
    """When the next periods begin."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE balance_entitlement e SET next_at = given.next_at"
            " FROM unnest(%s::uuid[], %s::timestamptz[]) AS given (id, next_at) WHERE e.id = given.id",
            [list(next_at), list(next_at.values())],
        )


def movements(where: str, params: Sequence[Any], *, offset: int, limit: int) -> tuple[list[MovementView], int]:
    """A page of movements, newest first, and how many there are; the condition is this room's."""
    with brand_cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM balance_movement WHERE {where}", list(params))  # noqa: S608
        counted = cursor.fetchone()
        cursor.execute(
            "SELECT position, ref, kind, amount, asset, left_after, cause, record_id, business_time, actor, member"  # noqa: S608
            f" FROM balance_movement WHERE {where} ORDER BY business_time DESC, position DESC OFFSET %s LIMIT %s",
            [*params, offset, limit],
        )
        rows = [MovementView(row[0], row[1], MovementKind(row[2]), *row[3:]) for row in cursor.fetchall()]
    return rows, counted[0] if counted else 0


def unequal_to_movements() -> list[tuple[str, str, str]]:
    """Buckets whose figures are not the sums of their movements: reference, figures, sums."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT b.ref, concat_ws('/', b.granted, b.used, b.expired, b.rolled),
                   concat_ws('/', m.granted, m.used, m.expired, m.rolled)
            FROM balance_bucket b CROSS JOIN LATERAL (
                SELECT CASE WHEN b.granted IS NOT NULL
                            THEN coalesce(sum(amount) FILTER (WHERE kind IN (
                                     'grant', 'refund', 'top-up', 'transfer-in', 'adjust-up', 'give-back')), 0)
                                 - coalesce(sum(amount) FILTER (WHERE kind IN (
                                     'withdraw', 'transfer-out', 'adjust-down', 'take-back')), 0) END AS granted,
                       coalesce(sum(amount) FILTER (WHERE kind IN ('use', 'late-use')), 0)
                           - coalesce(sum(amount) FILTER (WHERE kind IN ('return', 'late-return')), 0) AS used,
                       coalesce(sum(amount) FILTER (WHERE kind IN ('expire', 'late-return')), 0)
                           - coalesce(sum(amount) FILTER (WHERE kind = 'late-use'), 0) AS expired,
                       coalesce(sum(amount) FILTER (WHERE kind = 'rollover'), 0) AS rolled
                FROM balance_movement WHERE bucket_id = b.id
            ) m
            WHERE (b.granted, b.used, b.expired, b.rolled)
                  IS DISTINCT FROM (m.granted, m.used, m.expired, m.rolled)
            ORDER BY b.ref
            """
        )
        return list(cursor.fetchall())


def wish(subscription_ids: Sequence[UUID], reason: str, now: datetime) -> None:
    """Ask that the open sessions of these lines are asked again: what they may use has changed in this commit."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_wish (subscription_id, session, reason, ends, wanted_at)"
            " SELECT id, NULL, %s, false, %s FROM unnest(%s::uuid[]) AS given (id)",
            [reason, now, list(subscription_ids)],
        )


def extend(product_id: UUID, end: datetime, until: datetime) -> None:
    """Open buckets of a product that end at ``end`` go on until a later instant; what rolled over keeps its own end."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE balance_bucket SET valid_to = %s"
            " WHERE product_id = %s AND valid_to = %s AND closed_at IS NULL AND late_from IS NULL",
            [until, product_id, end],
        )


def what_is_left() -> dict[tuple[str, str], int]:
    """What the journal should hold, by account and asset."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN kind = 'units' THEN 'allowance/' ELSE 'prepaid/' END || ref, asset,"
            " granted - used - expired - rolled FROM balance_bucket WHERE granted IS NOT NULL"
        )
        return {(account, asset): left for account, asset, left in cursor.fetchall()}
