"""Nchf_SpendingLimitControl: policy control subscribes to the statuses of a subscriber's policy counters."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from linehouse.charging.controls.values import StatusRow
from linehouse.charging.errors import SubscriberUnknown
from linehouse.charging.node import Charger, Who, policy_door
from linehouse.charging.node.policies import cards_of, ended, line_of
from linehouse.charging.node.policy_door import Push, Subscription
from linehouse.edge.network.nchf.access import Brand, brands_for
from linehouse.edge.network.nchf.answering import Chargers, answered
from linehouse.edge.network.nchf.http import Asked, Told, decoded, told
from linehouse.edge.network.nchf.limits_messages import (
    CounterInfo,
    PendingStatus,
    SpendingLimitContext,
    SpendingLimitStatus,
    Termination,
)
from linehouse.edge.network.nchf.messages import InvalidParam
from linehouse.edge.network.nchf.options import Options
from linehouse.edge.network.nchf.parties import Named, imsi_of, msisdn_of
from linehouse.edge.network.nchf.problems import Cause, Problem
from linehouse.edge.network.nchf.reach import Notifier
from linehouse.edge.network.nchf.seen import Seen
from linehouse.edge.network.nchf.told import instant_told
from linehouse.platform.clock.reading import business_now

LIMITS = "/nchf-spendinglimitcontrol/v1"
KIND = "nchf"
_NOTIFIED, _ENDED = "Nchf_SpendingLimitControl_Notify", "Nchf_SpendingLimitControl_Terminate"
_REMOVED = "REMOVED_SUBSCRIBER"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A subscription as it was kept, with the statuses as of then."""

    brand: Brand
    reference: str
    statuses: tuple[StatusRow, ...]
    supi: str


@answered("subscribe")
async def subscribe(node: Chargers, asked: Asked, options: Options, seen: Seen) -> Told:
    """``POST /subscriptions``: a subscription begins; the same one sent again is the same. 201."""
    context, who = _read(asked)
    brands = await brands_for(node, asked, options)
    for place, brand in enumerate(brands, 1):
        try:
            kept = await _kept(node, brand, context, who, "", seen)
        except SubscriberUnknown:
            if place == len(brands):
                raise _unknown_user() from None
        else:
            location = f"{asked.base or options.base}{LIMITS}/subscriptions/{kept.reference}"
            return seen.says(asked, 201, _status(kept.statuses, kept.supi, context), ("location", location))
    raise _unknown_user()


@answered("modify")
async def modify(node: Chargers, asked: Asked, options: Options, seen: Seen) -> Told:
    """``PUT /subscriptions/{id}``: other counters, another address or end. 200."""
    context, who = _read(asked)
    brand = await _brand(node, asked, options)
    pool = await node.pool(brand.database)
    async with pool.acquire() as connection:
        if await policy_door.subscription(connection, KIND, asked.reference) is None:
            raise _no_such(asked)
    try:
        kept = await _kept(node, brand, context, who, asked.reference, seen)
    except SubscriberUnknown:
        raise _unknown_user() from None
    return seen.says(asked, 200, _status(kept.statuses, kept.supi, context))


@answered("unsubscribe")
async def unsubscribe(node: Chargers, asked: Asked, options: Options, seen: Seen) -> Told:
    """``DELETE /subscriptions/{id}``: it ends. 204."""
    brand = await _brand(node, asked, options)
    pool = await node.pool(brand.database)
    async with pool.acquire() as connection:
        if not await policy_door.unsubscribe(connection, KIND, asked.reference):
            raise _no_such(asked)
    return told(asked, 204)


def _read(asked: Asked) -> tuple[SpendingLimitContext, Named]:
    context = decoded(asked, SpendingLimitContext)
    who = Named(msisdn=msisdn_of(context.gpsi), imsi=imsi_of(context.supi))
    if not who:
        invalid = InvalidParam("/supi", "imsi-…, or a GPSI msisdn-…")
        raise Problem(400, Cause.MANDATORY_IE_MISSING, "no subscriber is named by IMSI or MSISDN", (invalid,))
    if not context.notif_uri.startswith(("http://", "https://")):
        invalid = InvalidParam("/notifUri", "an http or https address")
        raise Problem(400, Cause.MANDATORY_IE_INCORRECT, "nobody can be told at this address", (invalid,))
    return context, who


async def _brand(node: Chargers, asked: Asked, options: Options) -> Brand:
    brands = await brands_for(node, asked, options)
    key = asked.reference.partition(".")[0]
    found = next((one for one in brands if one.key == key), None)
    if found is None:
        raise _no_such(asked)
    return found


async def _kept(
    node: Chargers, brand: Brand, context: SpendingLimitContext, who: Named, reference: str, seen: Seen
) -> _Kept:
    """Keep the subscription. Raises SubscriberUnknown, and Problem for counters that the subscriber has not."""
    charger = await node.charger(brand.database)
    shelf = charger.brand.controls
    reference = reference or _reference(brand, context, who)
    seen.asked(charger.observer, f"{KIND}:{reference}", urlsplit(context.notif_uri).netloc, context)
    async with charger.pool.acquire() as connection:
        now = await business_now(connection)
        line = await line_of(connection, Who(who.msisdn, who.imsi), now)
        known = await policy_door.known_counters(connection, shelf, now)
        if not known:
            raise Problem(400, Cause.NO_COUNTERS, "the subscriber has no policy counters")
        if strange := [one for one in context.counters if one not in known]:
            reason = f"one of {', '.join(sorted(known))}"
            invalid = [InvalidParam(one, reason) for one in strange]
            raise Problem(400, Cause.UNKNOWN_COUNTERS, f"no such policy counter: {', '.join(strange)}", invalid)
        seen.subscription = line
        wanted = Subscription(
            kind=KIND,
            ref=reference,
            subscription_id=line,
            counters=tuple(context.counters),
            address={"notif_uri": context.notif_uri, "notif_id": context.notif_id},
            expires_at=context.expiry,
        )
        statuses = await policy_door.subscribe(connection, shelf, wanted, now)
        cards = await cards_of(connection, [line])
    return _Kept(brand, reference, statuses, context.supi or _supi(cards, line))


def _reference(brand: Brand, context: SpendingLimitContext, who: Named) -> str:
    """Who sends a subscription again, since no answer came, does not get a second one."""
    identity = "|".join((who.imsi or who.msisdn, context.notif_uri, context.notif_id))
    return f"{brand.key}.{hashlib.sha256(identity.encode()).hexdigest()[:32]}"


def _status(rows: Iterable[StatusRow], supi: str, context: SpendingLimitContext) -> SpendingLimitStatus:
    return SpendingLimitStatus(
        statuses=_infos(rows),
        supi=supi,
        notif_id=context.notif_id,
        expiry=instant_told(context.expiry) if context.expiry is not None else None,
    )


def _infos(rows: Iterable[StatusRow]) -> dict[str, CounterInfo]:
    return {row.key: CounterInfo(row.key, row.status, _pending(row)) for row in rows}


def _pending(row: StatusRow) -> list[PendingStatus]:
    if not row.next_status or row.next_at is None:
        return []
    return [PendingStatus(row.next_status, instant_told(row.next_at))]


async def tell_policies(charger: Charger, notifier: Notifier) -> int:
    """Tell what changed since it was told last, and that subscriptions of lines that ended are over; returns how many
    messages were taken. What is not taken is claimed again, by whichever process comes first."""
    async with charger.pool.acquire() as connection:
        now = await business_now(connection)
        pushes = await policy_door.claim(connection, KIND, now)
        over = await ended(connection, KIND, now)
        lines = {push.subscription_id for push in pushes} | {one.subscription_id for one in over}
        cards = await cards_of(connection, lines) if lines else {}
    by_ref: dict[str, list[Push]] = {}
    for push in pushes:
        by_ref.setdefault(push.ref, []).append(push)
    gone = {one.ref for one in over}
    taken = await asyncio.gather(
        *(_changed(charger, notifier, same, cards) for ref, same in by_ref.items() if ref not in gone)
    )
    for one in over:
        supi, address = _supi(cards, one.subscription_id), one.address
        body = msgspec.json.encode(Termination(supi, _REMOVED, address.get("notif_id", "")))
        if await notifier.post(f"{address['notif_uri'].rstrip('/')}/terminate", body, _ENDED):
            async with charger.pool.acquire() as connection:
                await policy_door.unsubscribe(connection, KIND, one.ref)
    return sum(taken)


async def _changed(charger: Charger, notifier: Notifier, pushes: list[Push], cards: dict[UUID, str]) -> bool:
    """Tell one subscriber's policy control; True: it was taken."""
    first = pushes[0]
    status = SpendingLimitStatus(
        statuses=_infos(push.status for push in pushes),
        supi=_supi(cards, first.subscription_id),
        notif_id=first.address.get("notif_id", ""),
    )
    uri = f"{first.address['notif_uri'].rstrip('/')}/notify"
    if not await notifier.post(uri, msgspec.json.encode(status), _NOTIFIED):
        return False
    async with charger.pool.acquire() as connection:
        for push in pushes:
            await policy_door.told(connection, push)
    return True


def _supi(cards: dict[UUID, str], line: UUID) -> str:
    return f"imsi-{cards[line]}" if line in cards else ""


def _unknown_user() -> Problem:
    return Problem(400, Cause.USER_UNKNOWN, "nobody has this card or number")


def _no_such(asked: Asked) -> Problem:
    return Problem(404, Cause.SUBSCRIPTION_NOT_FOUND, f"there is no subscription {asked.reference[:80]!r}")
