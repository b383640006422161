"""What lines have left and what they used, as it was at one instant: asked by programs, and kept as it was told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linehouse.balance import service as balance
from linehouse.charging.errors import ConsumptionUnknown
from linehouse.charging.events import ConsumptionAsked, ConsumptionForgotten
from linehouse.charging.service.lines import lines_of
from linehouse.charging.service.look import usage_sums
from linehouse.charging.values import Line
from linehouse.kernel.error import Invalid
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import Period, day_start
from linehouse.platform.outbox.service import emit
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.platform.work import Actor, Work, unit_of_work

MOST = 100
"""Lines of one question."""
KEPT = timedelta(days=30)
"""For how long an answer is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumptionRequest:
    """Of whom: a product, a line's number (digits), an account or a customer; all that are given must hold. ``period``
    of usage; None: since the account's cycle began."""

    subscription_id: UUID | None = None
    msisdn: str = ""
    account_id: UUID | None = None
    customer_id: UUID | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumptionView:
    """A question with its answer, line by line as plain data: ``buckets`` and ``usage``."""

    id: UUID
    at: datetime
    asked: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]


def ask_consumption(request: ConsumptionRequest, *, actor: Actor) -> ConsumptionView:
    """Look, and keep what was seen. Raises Invalid where nobody is named, or more than a hundred lines are."""
    with unit_of_work(actor, "usage consumption asked for") as work:
        found = _wanted(request, work.now)
        lines = lines_of(found)
        told = [_told(lines[one], request.period, work.now) for one in found if one in lines]
        key = new_id()
        with brand_cursor() as cursor:
            cursor.execute(
                "INSERT INTO charging_consumption (id, asked_at, asked, lines, subscription_ids)"
                " VALUES (%s, %s, %s, %s, %s)",
                [key, work.now, json.dumps(_asked(request)), json.dumps(told), list(lines)],
            )
        emit(ConsumptionAsked(query_id=key, lines=len(told)))
        return consumption(key)


def consumption(key: UUID) -> ConsumptionView:
    """One question with its answer. Raises ConsumptionUnknown."""
    rows = _rows("WHERE id = %s", [key])
    if not rows:
        raise ConsumptionUnknown("there is no such question", field="id", value=str(key))
    return rows[0]


def consumptions(*, offset: int = 0, limit: int = 50) -> tuple[list[ConsumptionView], int]:
    """A page of questions, newest first, and how many there are."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM charging_consumption")
        counted = cursor.fetchone()
    return _rows("ORDER BY id DESC OFFSET %s LIMIT %s", [offset, limit]), counted[0] if counted else 0


def forget_consumption(key: UUID, *, actor: Actor) -> None:
    """Throw one away. Raises ConsumptionUnknown."""
    with unit_of_work(actor, "deleted by API"):
        consumption(key)
        with brand_cursor() as cursor:
            cursor.execute("DELETE FROM charging_consumption WHERE id = %s", [key])
        emit(ConsumptionForgotten(query_id=key))


def forget_old_consumptions(work: Work) -> int:
    """Throw away what is older than it is kept; returns how much."""
    with brand_cursor() as cursor:
        cursor.execute("DELETE FROM charging_consumption WHERE asked_at < %s", [work.now - KEPT])
        return int(cursor.rowcount)


def _wanted(request: ConsumptionRequest, now: datetime) -> list[UUID]:
    given: dict[str, object] = {
        "subscription_id": request.subscription_id,
        "account_id": request.account_id,
        "customer_id": request.customer_id,
        "msisdn": request.msisdn or None,
    }
    asked = {column: value for column, value in given.items() if value is not None}
    if not asked:
        raise Invalid(
            "nobody is asked about", field="searchCriteria", expected="a product, a number, an account or a customer"
        )
    where = " AND ".join(f"{column} = %s" for column in asked)
    params: list[Any] = [*asked.values(), now, now, MOST + 1]
    with brand_cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT subscription_id FROM charging_line WHERE {where} AND valid_from <= %s"  # noqa: S608
            " AND (valid_to IS NULL OR valid_to > %s) ORDER BY subscription_id LIMIT %s",
            params,
        )
        found = [row[0] for row in cursor.fetchall()]
    if len(found) > MOST:
        raise Invalid("that is too many lines", field="searchCriteria", expected=f"at most {MOST}: ask for an account")
    return found


def _told(line: Line, period: Period | None, now: datetime) -> dict[str, Any]:
    used = period or Period(day_start(line.period_of(now), line.zone), now)
    return {
        "subscription_id": str(line.subscription_id),
        "subscription": line.subscription,
        "account_id": str(line.account_id),
        "account": line.account,
        "customer_id": str(line.customer_id),
        "from": used.start.isoformat(),
        "until": (used.end or now).isoformat(),
        "buckets": [
            {
                "id": str(one.id),
                "ref": one.ref,
                "name": one.name(),
                "asset": one.asset,
                "left": one.left,
                "human": one.human(one.left),
                "human_used": one.human(one.used),
                "reserved": one.reserved,
                "used": one.used,
                "part": one.used_by(line.subscription),
                "human_part": one.human(one.used_by(line.subscription)),
                "shared": one.shared is not None,
                "valid_from": one.valid.start.isoformat(),
                "valid_to": one.valid.end.isoformat() if one.valid.end else None,
            }
            for one in balance.buckets_of(line.subscription_id, now)
        ],
        "usage": [
            {
                "usage_type": one.usage_type,
                "direction": one.direction,
                "records": one.records,
                "quantity": one.quantity.amount,
                "unit": one.quantity.unit.value,
                "human": one.quantity.human(),
                "amount": one.amount.text,
                "currency": one.amount.currency,
            }
            for one in usage_sums(line.subscription_id, used)
        ],
    }


def _asked(request: ConsumptionRequest) -> dict[str, str]:
    """What was asked, without the number: whose it was is told by the answer."""
    ids = {
        "product": request.subscription_id,
        "account": request.account_id,
        "customer": request.customer_id,
    }
    found = {name: str(one) for name, one in ids.items() if one is not None}
    if request.period is not None:
        found["from"] = request.period.start.isoformat()
        if request.period.end is not None:
            found["until"] = request.period.end.isoformat()
    return found


def _rows(rest: str, params: Sequence[Any]) -> list[ConsumptionView]:
    with brand_cursor() as cursor:
        cursor.execute(f"SELECT id, asked_at, asked, lines FROM charging_consumption {rest}", list(params))  # noqa: S608
        rows = list(dict_rows(cursor))
    return [
        ConsumptionView(id=row["id"], at=row["asked_at"], asked=_json(row["asked"]), lines=_json(row["lines"]))
        for row in rows
    ]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
