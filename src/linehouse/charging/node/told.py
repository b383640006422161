"""What a tariff asks besides the request itself: looked up for the requests of a batch together, and only if asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from linehouse.charging.online.subject import Subject
from linehouse.charging.sql.told import FRIENDS, OURS
from linehouse.inventory.sql.groups import GROUPS_OF
from linehouse.kernel.copies import changed
from linehouse.kernel.numbering import Plmn
from linehouse.rating.asks import asked_in
from linehouse.rating.session.requests import Ask, Request
from linehouse.rating.values import Tariff, UsageEvent
from linehouse.usage.sql.ported import PORTED

FRIEND, GROUP, SEGMENT = "friends-and-family", "closed-user-group", "segment"
ON_NET, MOVED = "on-net", "ported"
_OF_NUMBERS = frozenset({FRIEND, GROUP, ON_NET, MOVED})


@dataclass(slots=True)
class _Known:
    """Answers for a batch: by number, and by line and number."""

    ours: dict[str, tuple[UUID, UUID]] = field(default_factory=dict)
    moved: dict[str, Plmn | None] = field(default_factory=dict)
    friends: dict[tuple[UUID, str], set[str]] = field(default_factory=dict)
    groups: dict[UUID, set[tuple[str, str]]] = field(default_factory=dict)


async def tell(
    connection: asyncpg.Connection, requests: Mapping[int, tuple[Subject, Request]], now: datetime
) -> dict[int, Request]:
    """The requests, with what their lines' tariffs and allowances ask. A few statements in all, none if none asks."""
    asking = {place: (subject, request, asked_by(subject)) for place, (subject, request) in requests.items()}
    asking = {place: found for place, found in asking.items() if found[2]}
    if not asking:
        return {}
    known = await _look_up(connection, list(asking.values()), now)
    return {
        place: changed(request, asks=tuple(_told(ask, subject, words, known) for ask in request.asks))
        for place, (subject, request, words) in asking.items()
    }


def asked_by(subject: Subject) -> frozenset[str]:
    """What the line's tariff asks, in any of its versions, and what its allowances do."""
    words: frozenset[str] = frozenset()
    for version in subject.versions:
        words |= version.asks
    for view in subject.buckets.values():
        if view.scope.include or view.scope.exclude:
            clauses = (*view.scope.include, *view.scope.exclude)
            words |= {word for clause in clauses for word in asked_in(clause)}
    return words & (_OF_NUMBERS | {SEGMENT})


async def _look_up(
    connection: asyncpg.Connection, asking: Sequence[tuple[Subject, Request, frozenset[str]]], now: datetime
) -> _Known:
    known = _Known()
    pairs = {
        (subject.line.subscription_id, number): words
        for subject, request, words in asking
        if words & _OF_NUMBERS
        for ask in request.asks
        if (number := _number(ask.event))
    }
    wanted = frozenset().union(*pairs.values()) if pairs else frozenset()
    numbers = sorted({number for _, number in pairs})
    if wanted & {ON_NET, GROUP}:
        for row in await connection.fetch(OURS, numbers, now):
            known.ours[row["msisdn"]] = (row["subscription_id"], row["customer_id"])
    if wanted & {ON_NET, MOVED}:
        for row in await connection.fetch(PORTED, numbers, now):
            known.moved[row["number"]] = Plmn.parse(row["network"]) if row["network"] else None
    if FRIEND in wanted:
        lines = [line for line, _ in pairs], [number for _, number in pairs]
        for row in await connection.fetch(FRIENDS, *lines, now):
            known.friends.setdefault((row["subscription_id"], row["number"]), set()).add(row["list_key"])
    if GROUP in wanted:
        members = {subject.line.subscription_id: subject.line.customer_id for subject, _, _ in asking}
        members |= dict(known.ours.values())
        for row in await connection.fetch(GROUPS_OF, list(members), list(members.values()), now):
            known.groups.setdefault(row["line"], set()).add((row["key"], row["word"]))
    return known


def _number(event: UsageEvent) -> str:
    return event.other_party.removeprefix("+") if event.other_party.startswith("+") else ""


def _told(ask: Ask, subject: Subject, words: frozenset[str], known: _Known) -> Ask:
    line, number = subject.line, _number(ask.event)
    event = ask.event
    if SEGMENT in words:
        event = changed(event, segments=line.segments)
    if not number:
        return changed(ask, event=event)
    if MOVED in words or ON_NET in words:
        event = changed(event, other_network=known.moved.get(number))
    if ON_NET in words:
        event = changed(event, on_net=_is_ours(number, known, subject.terms.tariff_at(event.started_at)))
    if FRIEND in words:
        event = changed(event, friend_lists=frozenset(known.friends.get((line.subscription_id, number), ())))
    if GROUP in words and number in known.ours:
        both = known.groups.get(line.subscription_id, set()) & known.groups.get(known.ours[number][0], set())
        event = changed(event, closed_user_groups=frozenset(name for pair in both for name in pair))
    return changed(ask, event=event)


def _is_ours(number: str, known: _Known, tariff: Tariff) -> bool:
    """A subscriber's number that has not gone to a network other than home since."""
    network = known.moved.get(number)
    zone = tariff.network_zones.get("home")
    return number in known.ours and (network is None or (zone is not None and network in zone.plmns))
