"""Sy (TS 29.219): policy functions ask for the statuses of a subscriber's counters, and are told when they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

import asyncpg

from linehouse.charging.controls.values import StatusRow
from linehouse.charging.errors import SubscriberUnknown
from linehouse.charging.node import Charger, Who, policy_door, unavailable
from linehouse.charging.node.policy_door import Push, Subscription
from linehouse.charging.sql.online import LINES_AT
from linehouse.edge.network.diameter.answering import answer
from linehouse.edge.network.diameter.avp import TGPP, Fields
from linehouse.edge.network.diameter.codec import PROXIABLE, REQUEST, Message, encoded, example
from linehouse.edge.network.diameter.commands import SPENDING_LIMITS, SPENDING_STATUS
from linehouse.edge.network.diameter.credit.identities import identities_of, who_of
from linehouse.edge.network.diameter.dictionary import AVPS
from linehouse.edge.network.diameter.link import NotReached
from linehouse.edge.network.diameter.peers import Local, Peer
from linehouse.edge.network.diameter.results import Fault, Result
from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.clock.reading import business_now

KIND = "sy"
INITIAL, INTERMEDIATE = 0, 1
UNKNOWN_POLICY_COUNTERS = 5570
NO_AVAILABLE_POLICY_COUNTERS = 4241
"""Experimental results of 3GPP (TS 29.219 §5.5)."""
_PATIENCE = 4.0
_FORGET_OLD = """
DELETE FROM charging_policy_subscription
WHERE kind = 'sy' AND lower(address ->> 'host') = $1 AND coalesce(nullif(address ->> 'state', '')::bigint, 0) < $2
"""


class Houses(Protocol):
    """Where the lines of a request's brand are charged."""

    async def charger(self, realm: str, peer: Peer, msisdn: str, imsi: str) -> Charger | None:
        """By destination realm, else the peer's brand, else the only brand that has the number; None: no brand has."""
        ...

    async def all(self) -> Sequence[Charger]:
        """Who charges the lines of each brand."""
        ...


class Peers(Protocol):
    """Requests to peers."""

    local: Local

    async def ask(self, host: str, message: Message, seconds: float) -> Message:
        """Ask the peer of that name. Raises NotReached."""
        ...


@dataclass(slots=True)
class SpendingLimits:
    """The application: SLR and STR answered. ``states`` are the Origin-State-Ids of hosts."""

    houses: Houses
    local: Local
    states: Mapping[str, int] = field(default_factory=dict)

    async def limits(self, message: Message, peer: Peer, host: str) -> Message:
        """Spending-Limit-Request: the statuses as of now, and a subscription to their changes. Raises Fault."""
        identities = identities_of(message.fields)
        intermediate = message.number("SL-Request-Type") == INTERMEDIATE
        if not identities and not intermediate:
            raise Fault(Result.MISSING_AVP, "a Subscription-Id says whose they are", example(AVPS["Subscription-Id"]))
        who = who_of(identities)
        try:
            return await self._limits(message, peer, host, who, intermediate=intermediate)
        except SubscriberUnknown:
            failed = encoded("Subscription-Id", message.fields["Subscription-Id"][0])
            raise Fault(Result.USER_UNKNOWN, "nobody here has this number", failed) from None
        except DomainError as error:
            result = Result.TOO_BUSY if error.kind is Kind.UNAVAILABLE else Result.UNABLE_TO_COMPLY
            raise Fault(result, error.code) from error
        except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
            raise Fault(Result.TOO_BUSY, unavailable(error).code) from error

    async def _limits(self, message: Message, peer: Peer, host: str, who: Who, *, intermediate: bool) -> Message:
        ref = ref_of(message)
        charger = await self._charger(message, peer, who, ref)
        if charger is None:
            if intermediate:
                raise Fault(Result.UNKNOWN_SESSION_ID, "nobody began this session")
            raise SubscriberUnknown("nobody has this number")
        wanted = tuple(str(one) for one in message.fields.get("Policy-Counter-Identifier", ()))
        shelf = charger.brand.controls
        async with charger.pool.acquire() as connection:
            now = await business_now(connection)
            known = await policy_door.known_counters(connection, shelf, now)
            if strangers := [one for one in wanted if one not in known]:
                return self._experimental(message, UNKNOWN_POLICY_COUNTERS, strangers)
            if not known:
                return self._experimental(message, NO_AVAILABLE_POLICY_COUNTERS)
            before = await policy_door.subscription(connection, KIND, ref)
            if intermediate and before is None:
                raise Fault(Result.UNKNOWN_SESSION_ID, "nobody began this session")
            line = before.subscription_id if before is not None else await _line(connection, who, now)
            subscription = Subscription(
                kind=KIND,
                ref=ref,
                subscription_id=line,
                counters=wanted,
                address=self._address(message, host),
            )
            rows = await policy_door.subscribe(connection, shelf, subscription, now)
        fields: Fields = {"Auth-Application-Id": [SPENDING_LIMITS]}
        if rows:
            fields["Policy-Counter-Status-Report"] = [report_of(one) for one in rows]
        return answer(message, self.local, Result.SUCCESS, fields)

    async def end(self, message: Message, peer: Peer, host: str) -> Message:
        """Session-Termination-Request: nothing is told any more. Raises Fault."""
        try:
            for charger in await self.houses.all():
                async with charger.pool.acquire() as connection:
                    if await policy_door.unsubscribe(connection, KIND, ref_of(message)):
                        fields: Fields = {"Auth-Application-Id": [SPENDING_LIMITS]}
                        return answer(message, self.local, Result.SUCCESS, fields)
        except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
            raise Fault(Result.TOO_BUSY, unavailable(error).code) from error
        raise Fault(Result.UNKNOWN_SESSION_ID, "nobody began this session")

    async def _charger(self, message: Message, peer: Peer, who: Who, ref: str) -> Charger | None:
        if who.msisdn or who.imsi:
            return await self.houses.charger(message.text("Destination-Realm"), peer, who.msisdn, who.imsi)
        for charger in await self.houses.all():
            async with charger.pool.acquire() as connection:
                if await policy_door.subscription(connection, KIND, ref) is not None:
                    return charger
        return None

    def _address(self, message: Message, host: str) -> Mapping[str, str]:
        origin = message.text("Origin-Host")
        state = message.number("Origin-State-Id") or self.states.get(origin.lower(), 0)
        return {
            "session": message.text("Session-Id"),
            "host": origin,
            "realm": message.text("Origin-Realm"),
            "peer": host,
            "state": str(state),
        }

    def _experimental(self, message: Message, code: int, counters: Sequence[str] = ()) -> Message:
        told = answer(message, self.local, Result.UNABLE_TO_COMPLY, {"Auth-Application-Id": [SPENDING_LIMITS]})
        del told.fields["Result-Code"]
        told.fields["Experimental-Result"] = [{"Vendor-Id": [TGPP], "Experimental-Result-Code": [code]}]
        if counters:
            told.fields["Failed-AVP"] = [b"".join(encoded("Policy-Counter-Identifier", one) for one in counters)]
        return told


async def _line(connection: asyncpg.Connection, who: Who, now: datetime) -> UUID:
    digits = [who.msisdn] if who.msisdn else []
    cards = [who.imsi] if who.imsi else []
    rows = await connection.fetch(LINES_AT, digits, now, cards)
    if not rows:
        raise SubscriberUnknown("nobody has this number")
    found: UUID = next((row for row in rows if row["by"] == "msisdn"), rows[0])["subscription_id"]
    return found


def ref_of(message: Message) -> str:
    """How a subscription is known: the session, and whose it is."""
    return f"{message.text('Origin-Realm').lower()}:{message.text('Session-Id')}"


def report_of(row: StatusRow) -> Fields:
    """Policy-Counter-Status-Report of one counter, with the status that follows by itself."""
    fields: Fields = {"Policy-Counter-Identifier": [row.key], "Policy-Counter-Status": [row.status]}
    if row.next_status and row.next_at is not None:
        fields["Pending-Policy-Counter-Information"] = [
            {"Policy-Counter-Status": [row.next_status], "Pending-Policy-Counter-Change-Time": [row.next_at]}
        ]
    return fields


async def push(peers: Peers, charger: Charger) -> int:
    """Tell what changed of the lines of a brand; returns how many changes were taken."""
    async with charger.pool.acquire() as connection:
        claimed = await policy_door.claim(connection, KIND, await business_now(connection))
    by_session: dict[str, list[Push]] = {}
    for one in claimed:
        by_session.setdefault(one.ref, []).append(one)
    taken = 0
    for ref, changes in by_session.items():
        result = await _told(peers, changes)
        async with charger.pool.acquire() as connection:
            if result == Result.UNKNOWN_SESSION_ID:
                await policy_door.unsubscribe(connection, KIND, ref)
            elif result == Result.SUCCESS:
                for one in changes:
                    taken += await policy_door.told(connection, one)
    return taken


async def _told(peers: Peers, changes: Sequence[Push]) -> int | None:
    """Spending-Status-Notification-Request; what it was answered, None: nobody was reached."""
    address = changes[0].address
    message = Message(
        SPENDING_STATUS,
        SPENDING_LIMITS,
        REQUEST | PROXIABLE,
        fields={
            "Session-Id": [address["session"]],
            "Auth-Application-Id": [SPENDING_LIMITS],
            "Origin-Host": [peers.local.host],
            "Origin-Realm": [peers.local.realm],
            "Destination-Realm": [address["realm"]],
            "Destination-Host": [address["host"]],
            "Policy-Counter-Status-Report": [report_of(one.status) for one in changes],
        },
    )
    try:
        return (await peers.ask(address["peer"], message, _PATIENCE)).number("Result-Code")
    except NotReached:
        return None


async def forget_old(houses: Houses, host: str, state: int) -> None:
    """A host began anew: it knows nothing of what it subscribed to before."""
    for charger in await houses.all():
        await charger.pool.execute(_FORGET_OLD, host, state)
