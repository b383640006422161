"""Finding buckets and movements by whose they are, a page at a time: for TMF654 and TMF677."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from linehouse.balance import store
from linehouse.balance.errors import BucketUnknown
from linehouse.balance.values import BucketView, MovementKind, MovementView
from linehouse.platform.sql import brand_cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose buckets are wanted; what is None is not asked about."""

    bucket_id: UUID | None = None
    subscription_id: UUID | None = None
    account_id: UUID | None = None
    customer_id: UUID | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """As SQL over the columns of buckets."""
        columns = {
            "id": self.bucket_id,
            "subscription_id": self.subscription_id,
            "account_id": self.account_id,
            "customer_id": self.customer_id,
        }
        asked = {name: value for name, value in columns.items() if value is not None}
        return " AND ".join(f"{name} = %s" for name in asked) or "true", list(asked.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Accumulated:
    """What a subscription has of one asset in all its limited buckets that are valid: the sum of what is left."""

    subscription_id: UUID
    asset: str
    left: int
    buckets: tuple[BucketView, ...]

    @property
    def key(self) -> str:
        """Its id: there is one for each subscription and asset."""
        return f"{self.subscription_id}.{self.asset}"


@dataclass(frozen=True, slots=True)
class MovementOf:
    """A movement with its bucket."""

    movement: MovementView
    bucket: BucketView

    @property
    def key(self) -> str:
        """Its id: instant in microseconds, and position."""
        since = self.movement.business_time - _EPOCH
        return f"{since // timedelta(microseconds=1)}-{self.movement.position}"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def find_buckets(whose: Whose, *, offset: int = 0, limit: int = 50) -> tuple[list[BucketView], int]:
    """A page of buckets that are or were, the newest first, and how many there are."""
    where, params = whose.condition()
    with brand_cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM balance_bucket WHERE {where}", params)  # noqa: S608  # our own columns
        counted = cursor.fetchone()
        cursor.execute(
            f"SELECT id FROM balance_bucket WHERE {where} ORDER BY id DESC OFFSET %s LIMIT %s",  # noqa: S608
            [*params, offset, limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    found = {one.id: one for one in store.buckets("id = ANY(%s::uuid[])", [ids])}
    return [found[one] for one in ids], counted[0] if counted else 0


def accumulated(whose: Whose, at: datetime, *, offset: int = 0, limit: int = 50) -> tuple[list[Accumulated], int]:
    """A page of what subscriptions have in all of each asset at an instant, and how many there are."""
    where, params = whose.condition()
    valid = (
        f"{where} AND granted IS NOT NULL AND closed_at IS NULL AND valid_from <= %s"
        " AND (valid_to IS NULL OR valid_to > %s)"
    )
    values = [*params, at, at]
    with brand_cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT subscription_id, asset FROM balance_bucket WHERE {valid}) s",  # noqa: S608
            values,
        )
        counted = cursor.fetchone()
        cursor.execute(
            "SELECT subscription_id, asset, sum(granted - used - reserved - expired - rolled)::bigint, array_agg(id)"  # noqa: S608
            f" FROM balance_bucket WHERE {valid} GROUP BY subscription_id, asset"
            " ORDER BY subscription_id, asset OFFSET %s LIMIT %s",
            [*values, offset, limit],
        )
        rows = cursor.fetchall()
    ids = [one for row in rows for one in row[3]]
    views = {one.id: one for one in store.buckets("id = ANY(%s::uuid[])", [ids])} if ids else {}
    return [
        Accumulated(subscription_id=row[0], asset=row[1], left=row[2], buckets=tuple(views[one] for one in row[3]))
        for row in rows
    ], counted[0] if counted else 0


def accumulated_of(subscription_id: UUID, asset: str, at: datetime) -> Accumulated:
    """What a subscription has in all of one asset. Raises BucketUnknown where it has no bucket of it."""
    found, _ = accumulated(Whose(subscription_id=subscription_id), at, limit=100)
    one = next((one for one in found if one.asset == asset), None)
    if one is None:
        raise BucketUnknown("there is no balance of that kind", field="id", value=f"{subscription_id}.{asset}")
    return one


def find_movements(
    whose: Whose, *, kinds: Sequence[MovementKind] = (), offset: int = 0, limit: int = 50
) -> tuple[list[MovementOf], int]:
    """A page of movements with their buckets, the newest first, and how many there are."""
    where, params = whose.condition()
    owned = f"SELECT id FROM balance_bucket WHERE {where}"  # noqa: S608  # our own columns
    chosen = f"bucket_id IN ({owned})" if params else "true"
    if kinds:
        chosen += " AND kind = ANY(%s)"
        params.append([kind.value for kind in kinds])
    rows, total = store.movements(chosen, params, offset=offset, limit=limit)
    return _with_buckets(rows), total


def movement_of(key: str) -> MovementOf:
    """One movement by its id. Raises BucketUnknown."""
    micros, _, position = key.partition("-")
    rows: list[MovementView] = []
    if micros.isascii() and micros.isdigit() and position.isascii() and position.isdigit() and len(key) < 40:
        at = _EPOCH + timedelta(microseconds=int(micros[:18]))
        rows, _ = store.movements(
            "shard = 0 AND business_time = %s AND position = %s", [at, int(position[:18])], offset=0, limit=1
        )
    if not rows:
        raise BucketUnknown("there is no such movement", field="id", value=key)
    return _with_buckets(rows)[0]


def _with_buckets(rows: Sequence[MovementView]) -> list[MovementOf]:
    refs = sorted({row.ref for row in rows})
    buckets = {one.ref: one for one in store.buckets("ref = ANY(%s)", [refs])} if refs else {}
    return [MovementOf(row, buckets[row.ref]) for row in rows]
