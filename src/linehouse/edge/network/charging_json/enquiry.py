"""``POST /charging/v1/price-enquiry``: what would this cost? One snapshot is read, nothing is locked, nothing moves."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from linehouse.balance.sql.rows import BUCKETS_AT, bucket_for
from linehouse.charging.decision import purses
from linehouse.charging.errors import NoTariff, SubscriberUnknown
from linehouse.charging.sql.lines import COUNTERS_OF, LINE_AT, TARIFFS_FILES, TARIFFS_VERSION_AT, line_of, tariffs_of
from linehouse.charging.values import Line
from linehouse.edge.network.charging_json.brands import CONTROL, Databases, brand_of
from linehouse.edge.network.charging_json.messages import (
    PriceAnswer,
    PriceEnquiry,
    Refusal,
    answer_of,
    decode,
    digits_of,
    event_of,
    home_of,
    refusal_of,
)
from linehouse.kernel.error import DomainError, Kind
from linehouse.kernel.period import require_aware
from linehouse.platform.clock.reading import business_now
from linehouse.rating.service import asked_by, consume
from linehouse.rating.values import Tariff

STATUS = {
    Kind.INVALID: 400,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.FORBIDDEN: 403,
    Kind.REFUSED: 422,
    Kind.UNAVAILABLE: 503,
}
_UNTOLD = frozenset({"friends-and-family", "closed-user-group", "segment"})
"""What this process does not look up: lists are found by a key that it does not hold."""
_KEPT = 64
_tariffs: dict[tuple[str, int], dict[str, Tariff]] = {}
"""Parsed tariffs by database and catalogue version: a published version never changes."""


async def price_enquiry(
    databases: Databases, body: bytes, authorization: str, control: str = CONTROL
) -> tuple[int, PriceAnswer | Refusal]:
    """Answer one enquiry with a status and a JSON value; expected failures are answers too."""
    try:
        brand = await brand_of(databases, authorization, control)
        asked = decode(body)
        pool = await databases.pool(brand.database)
        async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            return 200, await _answer(connection, brand.database, asked)
    except DomainError as error:
        return STATUS[error.kind], refusal_of(error)


async def _answer(connection: asyncpg.Connection, database: str, asked: PriceEnquiry) -> PriceAnswer:
    at = require_aware(asked.at) if asked.at is not None else await business_now(connection)
    row = await connection.fetchrow(LINE_AT, digits_of(asked.msisdn), at)
    if row is None:
        raise SubscriberUnknown("nobody has this number", field="msisdn", value=asked.msisdn, expected="one of ours")
    line = line_of(row)
    tariff = await _tariff(connection, database, line, at)
    event = event_of(asked, at, home_of(tariff))
    holders = [line.account_id, line.customer_id, line.subscription_id]
    rows = await connection.fetch(BUCKETS_AT, line.subscription_id, at, holders)
    buckets = [bucket_for(row, line.subscription_id, line.subscription) for row in rows]
    counted = await connection.fetch(COUNTERS_OF, line.subscription_id, line.period_of(at))
    counters = {row["counter"]: int(row["used"]) for row in counted}
    payers = purses(line, buckets, event, tariff.currency)
    answer = answer_of(line.subscription, event, consume(payers, tariff, event, counters=counters))
    untold = sorted({word for word, _ in asked_by(tariff)} & _UNTOLD)
    if untold:
        answer.explanation.append(
            f"Priced without knowing: {', '.join(untold)}. Charging knows it, and so does the desk."
        )
    return answer


async def _tariff(connection: asyncpg.Connection, database: str, line: Line, at: datetime) -> Tariff:
    version = await connection.fetchval(TARIFFS_VERSION_AT, at)
    if version is not None and (database, version) not in _tariffs:
        while len(_tariffs) >= _KEPT:
            _tariffs.pop(next(iter(_tariffs)))
        _tariffs[database, version] = tariffs_of(await connection.fetchval(TARIFFS_FILES, version))
    known = _tariffs[database, version] if version is not None else {}
    if line.tariff_key is None or line.tariff_key not in known:
        raise NoTariff("this line had no tariff in force", field="at", value=at.isoformat(), expected="a tariff")
    return known[line.tariff_key]
