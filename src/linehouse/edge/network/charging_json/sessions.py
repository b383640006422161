"""``POST /charging/v1/start``, ``update``, ``finish``, ``once`` and ``refund``: charged, made durable, answered."""

from __future__ import annotations

from typing import Protocol

import asyncpg

from linehouse.charging.node import Asking, Charger, Door, unavailable
from linehouse.edge.network.charging_json.brands import CHARGE, CONTROL, Databases, brand_of
from linehouse.edge.network.charging_json.enquiry import STATUS
from linehouse.edge.network.charging_json.messages import Refusal, refusal_of
from linehouse.edge.network.charging_json.session_messages import (
    ChargingAnswer,
    answer_told,
    decode_request,
    fingerprint_of,
    request_of,
    who_of,
)
from linehouse.kernel.error import DomainError, Kind
from linehouse.rating.session.answers import Refusal as Refused

OPERATIONS = ("start", "update", "finish", "once", "refund")
_CONFLICT = 409
_DOOR = Door("json")


class Chargers(Databases, Protocol):
    """Connections, and who charges the lines of a database."""

    async def charger(self, database: str) -> Charger:
        """The one that charges the lines of that database."""
        ...


async def charge(
    node: Chargers, operation: str, body: bytes, authorization: str, key: str, control: str = CONTROL
) -> tuple[int, ChargingAnswer | Refusal]:
    """Answer one request with a status and a JSON value; expected failures are answers too.

    ``key`` is the header Idempotency-Key. The answer leaves after the commit that makes it durable.
    """
    try:
        brand = await brand_of(node, authorization, control, CHARGE)
        asked = decode_request(body, key)
        # Two clients may count their sessions alike.
        session = f"json:{brand.client}:{asked.session}"
        charger = await node.charger(brand.database)
        answer = await charger.ask(
            Asking(
                who=who_of(asked),
                session=session,
                key=asked.key,
                fingerprint=fingerprint_of(operation, asked),
                make=lambda subject, now: request_of(operation, session, asked, subject, now),
                door=_DOOR,
            )
        )
    except DomainError as error:
        return STATUS[error.kind], refusal_of(error)
    except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        return STATUS[Kind.UNAVAILABLE], refusal_of(unavailable(error))
    status = _CONFLICT if answer.refusal is Refused.KEY_REUSED else 200
    return status, answer_told(asked.session, asked, answer)
