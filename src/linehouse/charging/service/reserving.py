"""Reservations that a program asks for by an API: sessions of the door ``tmf``, under the rules of every session.

What is reserved belongs to an open session, other sessions see it as gone, and it comes back when its time is over,
whoever forgets it: the charging process releases it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linehouse.balance import service as balance
from linehouse.charging.errors import ReservationOver, SessionUnknown
from linehouse.charging.events import ReservationMade, ReservationReleased
from linehouse.kernel.error import Invalid
from linehouse.kernel.ids import new_id
from linehouse.kernel.quantity import Unit
from linehouse.platform.outbox.service import emit
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.rating.session.session_json import plain_session, session_of
from linehouse.rating.session.state import ServiceState, Session
from linehouse.rating.values import Direction, UsageEvent, UsageType

DOOR = "tmf"
LONGEST = timedelta(days=7)
"""For how long an amount may be kept aside."""
USUAL = timedelta(hours=1)
"""For how long it is where nobody says."""
_SERVICE = "reservation"
_KINDS = {
    Unit.MILLISECOND.value: UsageType.VOICE,
    Unit.OCTET.value: UsageType.DATA,
    Unit.MESSAGE.value: UsageType.SMS,
}
_READ = "SELECT session, subscription_id, state, door_address, began_at, closed_at FROM charging_session WHERE "


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationView:
    """A reservation. ``amount`` is what was asked for (base units or micro-units of ``asset``), ``until`` when it comes
    back by itself; ``closed_at``: it is over, given back or lapsed (``lost``)."""

    id: UUID
    subscription_id: UUID
    bucket_id: UUID
    bucket_ref: str
    asset: str
    amount: int
    reason: str
    asked_by: str
    at: datetime
    until: datetime
    closed_at: datetime | None
    lost: bool


def reserve(
    bucket_id: UUID, amount: int, *, actor: Actor, reason: str, until: datetime | None = None
) -> ReservationView:
    """Keep an amount of a bucket aside. Raises BucketUnknown, NotReservable, BucketOverdrawn, and Invalid for no amount
    or a time that is over or too far."""
    with unit_of_work(actor, reason or "reserved by API") as work:
        if amount <= 0:
            raise Invalid("nothing is reserved", field="amount", value=str(amount), expected="above zero")
        end = until or work.now + USUAL
        if not work.now < end <= work.now + LONGEST:
            raise Invalid(
                "a reservation ends within seven days",
                field="until",
                value=end.isoformat(),
                expected=f"after {work.now.isoformat()}, at most {(work.now + LONGEST).isoformat()}",
            )
        subscription_id = balance.bucket_by_id(bucket_id).owner.subscription_id
        _lock_line(subscription_id)
        bucket = balance.reserve(bucket_id, amount)
        key = new_id()
        event = UsageEvent(
            usage_type=_KINDS.get(bucket.asset, UsageType.EVENT),
            direction=Direction.OUT,
            started_at=work.now,
            quantity=0,
        )
        kept = ServiceState(event=event, reserved={bucket.ref: amount}, until=end, granted_at=work.now)
        session = Session(id=f"{DOOR}:{key}", subscriber=bucket.owner.subscription, services={_SERVICE: kept})
        asked = {
            "bucket": str(bucket.id),
            "ref": bucket.ref,
            "asset": bucket.asset,
            "amount": amount,
            "reason": reason[:300],
            "by": actor.name,
            "until": end.isoformat(),
        }
        with brand_cursor() as cursor:
            cursor.execute(
                "INSERT INTO charging_session"
                " (session, subscription_id, state, began_at, closed_at, lapses_at, door, door_address)"
                " VALUES (%s, %s, %s, %s, NULL, %s, %s, %s)",
                [
                    session.id,
                    subscription_id,
                    json.dumps(plain_session(session)),
                    work.now,
                    end,
                    DOOR,
                    json.dumps(asked),
                ],
            )
        emit(
            ReservationMade(
                reservation_id=key,
                bucket_id=bucket.id,
                subscription_id=subscription_id,
                subscription=bucket.owner.subscription,
                asset=bucket.asset,
                amount=amount,
                until=end,
            )
        )
        return reservation(key)


def release(key: UUID, *, actor: Actor, reason: str = "given back by API") -> ReservationView:
    """Give a reservation back before its time. Raises SessionUnknown; ReservationOver where it is over already."""
    with unit_of_work(actor, reason) as work:
        found = reservation(key)
        _lock_line(found.subscription_id)
        found = reservation(key)
        if found.closed_at is not None:
            raise ReservationOver(
                "the reservation is over", field="status", value="cancelled", expected="one that still holds"
            )
        balance.release(found.bucket_id, found.amount)
        _close(found, work)
        emit(
            ReservationReleased(
                reservation_id=key,
                bucket_id=found.bucket_id,
                subscription_id=found.subscription_id,
                asset=found.asset,
                amount=found.amount,
            )
        )
        return reservation(key)


def reservation(key: UUID) -> ReservationView:
    """One reservation. Raises SessionUnknown."""
    with brand_cursor() as cursor:
        cursor.execute(_READ + "session = %s", [f"{DOOR}:{key}"])
        rows = list(dict_rows(cursor))
    if not rows:
        raise SessionUnknown("there is no such reservation", field="id", value=str(key))
    return _view(rows[0])


def reservations(
    *, subscription_id: UUID | None = None, bucket_id: UUID | None = None, offset: int = 0, limit: int = 50
) -> tuple[list[ReservationView], int]:
    """A page of reservations by API, newest first, and how many there are."""
    where = "session LIKE %s"
    values: list[Any] = [f"{DOOR}:%"]
    if subscription_id is not None:
        where += " AND subscription_id = %s"
        values.append(subscription_id)
    if bucket_id is not None:
        where += " AND door_address ->> 'bucket' = %s"
        values.append(str(bucket_id))
    with brand_cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM charging_session WHERE {where}", values)  # noqa: S608  # our own text
        counted = cursor.fetchone()
        cursor.execute(f"{_READ}{where} ORDER BY session DESC OFFSET %s LIMIT %s", [*values, offset, limit])
        rows = list(dict_rows(cursor))
    return [_view(row) for row in rows], counted[0] if counted else 0


def _lock_line(subscription_id: UUID) -> None:
    """Lines before buckets, as the charging process locks them."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM charging_line WHERE subscription_id = %s FOR NO KEY UPDATE",
            [subscription_id],
        )


def _close(found: ReservationView, work: Work) -> None:
    name = f"{DOOR}:{found.id}"
    with brand_cursor() as cursor:
        cursor.execute(_READ + "session = %s FOR UPDATE", [name])
        [row] = dict_rows(cursor)
        session = session_of(_json(row["state"]))
        over = {
            key: replace(one, reserved={}, until=None, granted=0, over=True) for key, one in session.services.items()
        }
        closed = replace(session, services=over, closed_at=work.now)
        cursor.execute(
            "UPDATE charging_session SET closed_at = %s, lapses_at = NULL, state = %s WHERE session = %s",
            [work.now, json.dumps(plain_session(closed)), name],
        )


def _view(row: Mapping[str, Any]) -> ReservationView:
    asked, state = _json(row["door_address"]), _json(row["state"])
    return ReservationView(
        id=UUID(row["session"].partition(":")[2]),
        subscription_id=row["subscription_id"],
        bucket_id=UUID(asked["bucket"]),
        bucket_ref=asked["ref"],
        asset=asked["asset"],
        amount=asked["amount"],
        reason=asked["reason"],
        asked_by=asked["by"],
        at=row["began_at"],
        until=datetime.fromisoformat(asked["until"]),
        closed_at=row["closed_at"],
        lost=bool(state["lost"]),
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
