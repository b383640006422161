"""Sessions asked again or ended from our side (RFC 8506 §5.5, RFC 6733 §8.5), and those that nobody has any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from linehouse.charging.node import Asking, Charger, Door, Who
from linehouse.edge.network.diameter.avp import Fields
from linehouse.edge.network.diameter.codec import PROXIABLE, REQUEST, Message
from linehouse.edge.network.diameter.commands import ABORT, CREDIT_CONTROL, RE_AUTH
from linehouse.edge.network.diameter.credit.handler import DOOR
from linehouse.edge.network.diameter.link import NotReached
from linehouse.edge.network.diameter.peers import Local
from linehouse.edge.network.diameter.results import Result
from linehouse.rating.session.requests import Operation, Request

_log = structlog.get_logger(__name__)
_PATIENCE = 4.0
"""Seconds for an answer; then another peer or another time."""
_AUTHORIZE_ONLY = 0
_OPEN_OF = """
SELECT s.session, l.msisdn FROM charging_session s
JOIN charging_line l ON l.subscription_id = s.subscription_id
WHERE s.session = $1 AND s.closed_at IS NULL ORDER BY l.valid_from DESC LIMIT 1
"""
_OLD = """
SELECT DISTINCT ON (s.session) s.session, l.msisdn FROM charging_session s
JOIN charging_line l ON l.subscription_id = s.subscription_id
WHERE s.door = 'diameter' AND s.closed_at IS NULL AND lower(s.door_address ->> 'host') = $1
  AND coalesce(nullif(s.door_address ->> 'state', '')::bigint, 0) < $2
ORDER BY s.session, l.valid_from DESC
"""


class Peers(Protocol):
    """Requests to peers."""

    local: Local

    async def ask(self, host: str, message: Message, seconds: float) -> Message:
        """Ask the peer of that name. Raises NotReached."""
        ...


class Houses(Protocol):
    """All brands."""

    async def all(self) -> Sequence[Charger]:
        """Who charges the lines of each."""
        ...


class CreditReach:
    """How the engine reaches the client of a Diameter session."""

    def __init__(self, peers: Peers, houses: Houses) -> None:
        """By these peers."""
        self._peers = peers
        self._houses = houses

    async def __call__(self, session: str, door: Door, services: Sequence[str], *, end: bool) -> bool:
        """Re-Auth-Request, or Abort-Session-Request where the session is to ``end``. True: the client knows.

        The client need not send a new request after it (Open5GS does not): a short validity brings it all the same.
        """
        message = _request(self._peers.local, session, door.address, services, end=end)
        try:
            answer = await self._peers.ask(door.address.get("peer", ""), message, _PATIENCE)
        except NotReached:
            return False
        result = answer.number("Result-Code")
        if result == Result.UNKNOWN_SESSION_ID:
            # Nobody will ever report it: what it reserves is free again.
            for charger in await self._houses.all():
                for row in await charger.pool.fetch(_OPEN_OF, session):
                    await close(charger, row["session"], row["msisdn"], "gone")
            return True
        return result in {Result.SUCCESS, Result.LIMITED_SUCCESS}


async def release_old(houses: Houses, host: str, state: int) -> None:
    """A host began anew: its sessions from before are over, and what they reserve is free again (RFC 6733 §8.16)."""
    for charger in await houses.all():
        rows = await charger.pool.fetch(_OLD, host, state)
        for row in rows:
            await close(charger, row["session"], row["msisdn"], f"state:{state}")
        if rows:
            _log.warning("a peer began anew; its sessions were closed", host=host, sessions=len(rows))


async def close(charger: Charger, session: str, msisdn: str, why: str) -> None:
    """End a session with what it has reported so far."""
    key = f"closed:{why}"
    await charger.ask(
        Asking(
            who=Who(msisdn),
            session=session,
            key=key,
            fingerprint=key,
            make=lambda subject, _: Request(
                key=key, operation=Operation.FINISH, session=session, subscriber=subject.line.subscription, asks=()
            ),
            door=Door(DOOR),
        )
    )


def _request(local: Local, session: str, address: Mapping[str, str], services: Sequence[str], *, end: bool) -> Message:
    realm = address.get("realm", "")
    fields: Fields = {
        "Session-Id": [session.removeprefix(f"{DOOR}:{realm.lower()}:")],
        "Origin-Host": [local.host],
        "Origin-Realm": [local.realm],
        "Destination-Realm": [realm],
        "Destination-Host": [address.get("host", "")],
        "Auth-Application-Id": [CREDIT_CONTROL],
    }
    if not end:
        fields["Re-Auth-Request-Type"] = [_AUTHORIZE_ONLY]
        if len(services) == 1:
            # One service: only it is asked again; else all are.
            fields.update(_named(services[0]))
    return Message(ABORT if end else RE_AUTH, CREDIT_CONTROL, REQUEST | PROXIABLE, 0, 0, fields)


def _named(service: str) -> Fields:
    fields: Fields = {}
    for part in service.split("/"):
        kind, digits = part[:2], part[2:]
        if digits.isdigit() and kind in {"rg", "si"}:
            fields.setdefault("Rating-Group" if kind == "rg" else "Service-Identifier", []).append(int(digits))
    return fields
