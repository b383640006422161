"""``POST /charging/v1/start``, ``update``, ``finish``, ``once`` and ``refund``: charged, made durable, answered."""

from __future__ import annotations

import time
from typing import Protocol
from uuid import UUID

import asyncpg

from linehouse.charging.node import Asking, Charger, Door, unavailable
from linehouse.charging.node.observing import Observer, Way, refused_of
from linehouse.charging.online.subject import Subject
from linehouse.edge.network.charging_json.brands import CHARGE, CONTROL, Databases, brand_of
from linehouse.edge.network.charging_json.enquiry import STATUS
from linehouse.edge.network.charging_json.messages import Refusal, refusal_of
from linehouse.edge.network.charging_json.session_messages import (
    ChargingAnswer,
    ChargingRequest,
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


class Chargers(Databases, Protocol):
    """Connections, and who charges the lines of a database."""

    @property
    def on_trust(self) -> bool:
        """Whether answers are given on trust while the database is away."""
        ...

    async def charger(self, database: str) -> Charger:
        """The one that charges the lines of that database."""
        ...


async def charge(
    node: Chargers, operation: str, body: bytes, authorization: str, key: str, control: str = CONTROL
) -> tuple[int, ChargingAnswer | Refusal]:
    """Answer one request with a status and a JSON value; expected failures are answers too.

    ``key`` is the header Idempotency-Key. The answer leaves after the commit that makes it durable.
    """
    began = time.monotonic_ns()
    seen: _Seen | None = None
    try:
        brand = await brand_of(node, authorization, control, CHARGE, on_trust=node.on_trust)
        charger = await node.charger(brand.database)
        seen = _Seen(charger.observer, brand.client, operation, began)
        asked = decode_request(body, key)
        # Two clients may count their sessions alike.
        session = seen.asked(asked)
        answer = await charger.ask(
            Asking(
                who=who_of(asked),
                session=session,
                key=asked.key,
                fingerprint=fingerprint_of(operation, asked),
                make=lambda subject, now: request_of(operation, session, asked, seen.subject(subject), now),
                door=Door("json", {"reference": asked.reference or asked.session}),
            )
        )
    except DomainError as error:
        status, refusal = STATUS[error.kind], refusal_of(error)
        if seen is not None:
            seen.answered(status, refusal, error.code)
        return status, refusal
    except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        status, refusal = STATUS[Kind.UNAVAILABLE], refusal_of(unavailable(error))
        if seen is not None:
            seen.answered(status, refusal, refusal.code)
        return status, refusal
    status = _CONFLICT if answer.refusal is Refused.KEY_REUSED else 200
    told = answer_told(asked.session, asked, answer)
    seen.answered(status, told, refused_of(answer))
    return status, told


class _Seen:
    """One request and its answer, as the network's engineers see them."""

    def __init__(self, observer: Observer, client: str, operation: str, began: int) -> None:
        self._observer = observer
        self._client = client
        self._operation = operation
        self._began = began
        self._session = f"json:{client}:"
        self._subscription: UUID | None = None

    def asked(self, asked: ChargingRequest) -> str:
        """The request came in; returns the name of its session."""
        self._session += asked.session
        self._tell("in", "", 0, asked, "")
        return self._session

    def subject(self, subject: Subject) -> Subject:
        """Whose it is."""
        self._subscription = subject.line.subscription_id
        return subject

    def answered(self, status: int, content: object, refused: str) -> None:
        """The answer went out."""
        self._tell("out", str(status), (time.monotonic_ns() - self._began) // 1_000, content, refused)

    def _tell(self, way: Way, result: str, micros: int, content: object, refused: str) -> None:
        self._observer.message(
            door="json",
            peer=self._client,
            session=self._session,
            subscription=self._subscription,
            way=way,
            name=self._operation,
            result=result,
            micros=micros,
            detail=content,
            refused=refused,
        )
