"""Sessions of which a file told, too: what its records say more or less is settled on the session."""

from __future__ import annotations

import json
from typing import Protocol

import asyncpg
import structlog

from linehouse.charging.node.requests import Asking, Door, Who
from linehouse.charging.online.matching import PATIENCE, Correction, correction
from linehouse.charging.online.subject import Subject
from linehouse.charging.sql.matches import DUE_MATCHES, SETTLE_MATCHES
from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.clock.reading import business_now
from linehouse.rating.session.answers import Answer
from linehouse.rating.session.requests import Ask, Operation, Report, Request
from linehouse.rating.session.session_json import session_of
from linehouse.rating.values import UsageType

_log = structlog.get_logger(__name__)
MOST = 64
SAME, SETTLED = "same", "settled"


class Charges(Protocol):
    """Who charges the brand's lines."""

    pool: asyncpg.Pool

    async def ask(self, asking: Asking) -> Answer:
        """The answer, once it is durable."""
        ...


async def settle_records(charger: Charges) -> int:
    """Settle what records say of sessions that are over; returns of how many sessions.

    Records that say less than was charged wait a day for others of the same session.
    """
    async with charger.pool.acquire() as connection:
        now = await business_now(connection)
        rows = await connection.fetch(DUE_MATCHES, MOST)
    done = 0
    for row in rows:
        kind = UsageType(row["usage_type"])
        wanted = correction(session_of(json.loads(row["state"])), kind, row["told"])
        if wanted is not None and wanted.difference < 0 and now - row["newest"] < PATIENCE:
            continue
        outcome = SAME if wanted is None else await _settled(charger, row, wanted)
        if outcome is None:
            continue
        async with charger.pool.acquire() as connection:
            difference = 0 if wanted is None else wanted.difference
            await connection.execute(SETTLE_MATCHES, row["keys"], now, difference, outcome)
        done += 1
    return done


async def _settled(charger: Charges, row: asyncpg.Record, wanted: Correction) -> str | None:
    """What became of it; None: nobody could say now, and it waits."""
    key = f"records:{row['usage_type']}:{row['told']}"

    def make(subject: Subject, _now: object) -> Request:
        ask = Ask(event=wanted.event, service=wanted.service, used=(Report(wanted.total),), totals=True, wants=False)
        return Request(
            key=key,
            operation=Operation.CORRECT,
            session=row["session"],
            subscriber=subject.line.subscription,
            asks=(ask,),
        )

    asking = Asking(
        who=Who(msisdn=row["msisdn"] or ""),
        session=row["session"],
        key=key,
        fingerprint=f"{wanted.service}:{wanted.total}",
        make=make,
        door=Door(row["door"], json.loads(row["door_address"])),
    )
    try:
        answer = await charger.ask(asking)
    except DomainError as error:
        if error.kind is Kind.UNAVAILABLE:
            return None
        _log.warning("records of a session cannot be settled", session=row["session"], error=error.message)
        return error.code
    refusal = answer.refusal or (answer.services[0].refusal if answer.services else None)
    return SETTLED if refusal is None else refusal.value
