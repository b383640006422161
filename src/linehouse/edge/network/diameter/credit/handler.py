"""Credit control requests answered: read, charged, made durable, told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import asyncpg
import structlog

from linehouse.charging.errors import NoTariff, SubscriberUnknown
from linehouse.charging.node import Asking, Charger, Door, unavailable
from linehouse.charging.node.observing import Observer, Way, refused_of
from linehouse.charging.node.policy_door import device_seen
from linehouse.charging.online.subject import Subject
from linehouse.edge.network.diameter.answering import answer, refused
from linehouse.edge.network.diameter.codec import Message, encoded
from linehouse.edge.network.diameter.credit.answer import answer_of, echo, not_applicable
from linehouse.edge.network.diameter.credit.request import Credit, fingerprint_of, read, request_of
from linehouse.edge.network.diameter.credit.request import Kind as Type
from linehouse.edge.network.diameter.credit.usage import device_of
from linehouse.edge.network.diameter.peers import Local, Peer
from linehouse.edge.network.diameter.results import Fault, Result
from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.clock.reading import business_now

_log = structlog.get_logger(__name__)
DOOR = "diameter"
_RESULTS = {
    Kind.UNAVAILABLE: Result.TOO_BUSY,
    Kind.FORBIDDEN: Result.AUTHORIZATION_REJECTED,
    Kind.REFUSED: Result.AUTHORIZATION_REJECTED,
    Kind.INVALID: Result.RATING_FAILED,
}
"""How a failure that is expected is told; what stands here not is 5012."""


class Houses(Protocol):
    """Where the lines of a request's brand are charged."""

    async def charger(self, realm: str, peer: Peer, msisdn: str, imsi: str) -> Charger | None:
        """By destination realm, else the peer's brand, else the only brand that has the number; None: no brand has."""
        ...

    def services(self, realm: str) -> Mapping[str, Mapping[str, str]]:
        """What the realm says of its service contexts."""
        ...


@dataclass(slots=True)
class CreditControl:
    """The application: one answer for each request. ``states`` are the Origin-State-Ids of hosts."""

    houses: Houses
    local: Local
    states: Mapping[str, int] = field(default_factory=dict)
    _noting: set[asyncio.Task[None]] = field(default_factory=set)

    async def __call__(self, message: Message, peer: Peer, host: str) -> Message:
        """The answer, once what it promises is durable. Raises Fault."""
        began = time.monotonic_ns()
        realm = message.text("Destination-Realm")
        credit = read(message, self.houses.services(realm))
        if credit.used.is_emergency:
            return answer(message, self.local, *not_applicable(credit))
        seen: Seen | None = None
        try:
            charger = await self.houses.charger(realm, peer, credit.who.msisdn, credit.who.imsi)
            if charger is None:
                raise Fault(Result.USER_UNKNOWN, "nobody here has this number", _subscription(message))
            seen = Seen(charger.observer, host, credit, began)
            seen.came(message)
            decided = await charger.ask(self._asking(credit, message, host, seen))
            told = answer(message, self.local, *answer_of(credit, decided))
            seen.went(told, refused_of(decided))
            self._note_device(charger, seen, message, credit)
        except DomainError as error:
            told = self._refused(_fault(error, message), error.code, message, seen, credit)
        except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
            away = unavailable(error)
            told = self._refused(_fault(away, message), away.code, message, seen, credit)
        return told

    def _note_device(self, charger: Charger, seen: Seen, message: Message, credit: Credit) -> None:
        """Policy may depend on the device; nobody waits for it to be written down."""
        device = device_of(message.fields) if credit.kind is Type.INITIAL else ""
        if device and seen.subscription is not None:
            task = asyncio.get_running_loop().create_task(_used_with(charger, seen.subscription, device))
            self._noting.add(task)
            task.add_done_callback(self._noting.discard)

    def _refused(self, fault: Fault, why: str, message: Message, seen: Seen | None, credit: Credit) -> Message:
        told = refused(message, self.local, fault, echo(credit))
        if seen is not None:
            seen.went(told, why)
        return told

    def _asking(self, credit: Credit, message: Message, host: str, seen: Seen) -> Asking:
        state = message.number("Origin-State-Id") or self.states.get(credit.origin_host.lower(), 0)
        address = {"host": credit.origin_host, "realm": credit.origin_realm, "peer": host, "state": str(state)}
        return Asking(
            who=credit.who,
            session=credit.refunded if credit.refunds else credit.name,
            key=credit.key,
            fingerprint=fingerprint_of(message),
            make=lambda subject, now: request_of(credit, seen.subject(subject), now),
            door=Door(DOOR, address),
        )


class Seen:
    """One request and its answer, as the network's engineers see them."""

    def __init__(self, observer: Observer, host: str, credit: Credit, began: int) -> None:
        """``began``: nanoseconds of a clock that only goes on."""
        self._observer = observer
        self._host = host
        self._credit = credit
        self._began = began
        self.subscription: UUID | None = None

    def subject(self, subject: Subject) -> Subject:
        """Whose it is."""
        self.subscription = subject.line.subscription_id
        return subject

    def came(self, message: Message) -> None:
        """The request."""
        self._tell("in", message, "", 0, "")

    def went(self, message: Message, why: str) -> None:
        """The answer, and why something was refused."""
        micros = (time.monotonic_ns() - self._began) // 1_000
        self._tell("out", message, str(message.number("Result-Code")), micros, why)

    def _tell(self, way: Way, message: Message, result: str, micros: int, why: str) -> None:
        self._observer.message(
            door=DOOR,
            peer=self._host,
            session=self._credit.name,
            subscription=self.subscription,
            way=way,
            name=f"CCR-{self._credit.kind.letter}",
            result=result,
            micros=micros,
            detail=message.fields,
            refused=why,
        )


async def _used_with(charger: Charger, subscription: UUID, device: str) -> None:
    try:
        async with charger.pool.acquire() as connection:
            await device_seen(connection, subscription, device, await business_now(connection))
    except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        _log.warning("a device was not written down", error=repr(error))


def _subscription(message: Message) -> bytes:
    """The identity that nobody has, for Failed-AVP."""
    found = message.first("Subscription-Id")
    return encoded("Subscription-Id", found) if found is not None else b""


def _fault(error: DomainError, message: Message) -> Fault:
    if isinstance(error, SubscriberUnknown):
        return Fault(Result.USER_UNKNOWN, "nobody here has this number", _subscription(message))
    if isinstance(error, NoTariff):
        failed = encoded("Service-Context-Id", message.text("Service-Context-Id"))
        return Fault(Result.RATING_FAILED, error.message, failed)
    result = _RESULTS.get(error.kind, Result.UNABLE_TO_COMPLY)
    failed = encoded("Service-Context-Id", message.text("Service-Context-Id"))
    # What the error says may name a number; its code never does.
    return Fault(result, error.code, failed if result is Result.RATING_FAILED else b"")
