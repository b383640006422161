"""Nchf_ConvergedCharging: create, update, release, and events in one piece. Charged, made durable, answered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import msgspec
import structlog

from linehouse.charging.errors import SubscriberUnknown
from linehouse.charging.node import Asking, Charger, Door, Who, answered_before, session_known
from linehouse.charging.node.engine import AWAY
from linehouse.charging.node.observing import refused_of
from linehouse.charging.node.policy_door import device_seen
from linehouse.charging.node.recalling import KnownSession
from linehouse.charging.online.subject import Subject
from linehouse.edge.network.nchf.access import Brand, brands_for
from linehouse.edge.network.nchf.answering import Chargers, answered
from linehouse.edge.network.nchf.http import Asked, Told, decoded, told
from linehouse.edge.network.nchf.mapping import (
    Remembered,
    needs_memory,
    one_time_operation,
    remembered,
    request_of,
)
from linehouse.edge.network.nchf.messages import ChargingDataRequest, InvalidParam
from linehouse.edge.network.nchf.options import Options
from linehouse.edge.network.nchf.parties import Named, device_of, is_emergency, subscriber_of
from linehouse.edge.network.nchf.problems import Cause, Problem, refused
from linehouse.edge.network.nchf.seen import Seen
from linehouse.edge.network.nchf.told import instant_told, not_applicable, response_of
from linehouse.platform.clock.reading import business_now
from linehouse.rating.session.answers import Answer, Refusal
from linehouse.rating.session.requests import Operation, Request

T = TypeVar("T")
_log = structlog.get_logger(__name__)
_log = structlog.get_logger(__name__)
BASE = "/nchf-convergedcharging/v3"
KIND = "nchf"
"""The kind of door."""
_REFERENCE = re.compile(r"(?P<brand>[a-z0-9-]{1,40})\.[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request on its way: of which brand, under which name and key, and what was known of its session."""

    brand: Brand
    session: str
    key: str
    fingerprint: str
    who: Named
    seen: Seen
    known: KnownSession | None = None


@answered("create")
async def create(node: Chargers, asked: Asked, options: Options, seen: Seen) -> Told:
    """``POST /chargingdata``: a session begins, or an event is charged in one piece. 201."""
    brands = await brands_for(node, asked, options, on_trust=node.on_trust)
    body = _body(asked)
    who = subscriber_of(body)
    if is_emergency(body):
        reference = _reference(brands[0], _identity(body, who))
        location = f"{asked.base or options.base}{BASE}/chargingdata/{reference}"
        return told(asked, 201, not_applicable(body, options), ("location", location))
    if not who:
        invalid = InvalidParam("/subscriberIdentifier", "imsi-… or the number of a GPSI")
        raise Problem(400, Cause.MANDATORY_IE_MISSING, "no subscriber is named by IMSI or MSISDN", (invalid,))
    for place, brand in enumerate(brands, 1):
        try:
            return await _created(node, asked, options, body, who, brand, seen)
        except SubscriberUnknown:
            if place == len(brands):
                raise
    raise Problem(404, Cause.USER_UNKNOWN)


async def _created(
    node: Chargers, asked: Asked, options: Options, body: ChargingDataRequest, who: Named, brand: Brand, seen: Seen
) -> Told:
    operation = one_time_operation(body) if body.one_time else Operation.START
    identity = _identity(body, who)
    reference = _reference(brand, identity)
    one = _Asked(brand, f"{KIND}:{reference}", f"c:{body.sequence}", _fingerprint(operation, body), who, seen)
    answer, fresh = await _charge(node, one, body, operation)
    if not fresh and not body.one_time and not body.retransmission:
        pool = await node.pool(brand.database)
        known, _ = await _if_there(node, session_known(pool, one.session))
        if known is not None and known.closed:
            # The number of the network's session came round again: that one was over, and this is another.
            reference = _reference(brand, f"{identity}|{instant_told(body.at)}")
            one = replace(one, session=f"{KIND}:{reference}")
            answer, _ = await _charge(node, one, body, operation)
    _whole(answer)
    if fresh and (device := device_of(body)):
        await _used_with(await node.charger(brand.database), seen, device)
    if body.one_time:
        refusals = [service.refusal for service in answer.services if service.refusal is not None]
        if refusals:
            raise refused(refusals[0])
        return seen.says(asked, 201, response_of(body, answer.services, options, begins=False))
    location = f"{asked.base or options.base}{BASE}/chargingdata/{reference}"
    return seen.says(asked, 201, response_of(body, answer.services, options, begins=True), ("location", location))


@answered("update")
async def update(node: Chargers, asked: Asked, options: Options, seen: Seen) -> Told:
    """``POST /chargingdata/{ref}/update``: usage is debited, and quota given anew. 200."""
    body, answer = await _goes_on(node, asked, options, Operation.UPDATE, seen)
    if answer is None:
        return told(asked, 200, not_applicable(body, options))
    return seen.says(asked, 200, response_of(body, answer.services, options, begins=False))


@answered("release")
async def release(node: Chargers, asked: Asked, options: Options, seen: Seen) -> Told:
    """``POST /chargingdata/{ref}/release``: the last usage is debited, the rest is free again. 204."""
    await _goes_on(node, asked, options, Operation.FINISH, seen)
    return told(asked, 204)


async def _goes_on(
    node: Chargers, asked: Asked, options: Options, operation: Operation, seen: Seen
) -> tuple[ChargingDataRequest, Answer | None]:
    """The request and its answer; None: it is a call for help, of which nothing is kept."""
    brands = await brands_for(node, asked, options, on_trust=node.on_trust)
    body = _body(asked)
    found = _REFERENCE.fullmatch(asked.reference)
    brand = next((one for one in brands if found is not None and one.key == found["brand"]), None)
    if brand is None:
        raise _no_such(asked.reference)
    if is_emergency(body):
        return body, None
    session = f"{KIND}:{asked.reference}"
    pool = await node.pool(brand.database)
    who = subscriber_of(body)
    known: KnownSession | None = None
    looked = operation is Operation.FINISH or not who or not body.usages or needs_memory(body)
    if looked:
        known, looked = await _if_there(node, session_known(pool, session))
        who = who or Named(msisdn=known.msisdn if known is not None else "")
    if not who:
        raise _no_such(asked.reference)
    letter = "r" if operation is Operation.FINISH else "u"
    key, fingerprint = _key(letter, body), _fingerprint(operation, body)
    if body.retransmission and body.sequence:
        before, _ = await _if_there(node, answered_before(pool, session, f"{letter}:{body.sequence}:"))
        if before is not None:
            key, fingerprint = before.key, before.fingerprint
    one = _Asked(brand, session, key, fingerprint, who, seen, known)
    answer, fresh = await _charge(node, one, body, operation)
    _whole(answer)
    over = looked and (known is None or known.closed)
    if (fresh and over) or any(service.refusal is Refusal.UNKNOWN_SESSION for service in answer.services):
        # What it reported has been settled all the same.
        raise _no_such(asked.reference)
    return body, answer


async def _if_there(node: Chargers, reading: Awaitable[T]) -> tuple[T | None, bool]:
    """What is read, and whether it could be: where answers are given on trust, the database may be away."""
    try:
        return await reading, True
    except AWAY:
        if not node.on_trust:
            raise
        return None, False


async def _used_with(charger: Charger, seen: Seen, device: str) -> None:
    """Policy may depend on the device; that it could not be written down keeps nobody from being charged."""
    if seen.subscription is None:
        return
    try:
        async with charger.pool.acquire() as connection:
            await device_seen(connection, seen.subscription, device, await business_now(connection))
    except AWAY as error:
        _log.warning("a device was not written down", error=repr(error))


async def _charge(node: Chargers, one: _Asked, body: ChargingDataRequest, operation: Operation) -> tuple[Answer, bool]:
    """The answer, and whether it was decided now: a repeat is answered from what was kept."""
    charger = await node.charger(one.brand.database)
    one.seen.asked(charger.observer, one.session, body.consumer.named, body)
    memory = remembered(one.known.services, closed=one.known.closed) if one.known is not None else Remembered()
    made: list[Request] = []

    def make(subject: Subject, now: datetime) -> Request:
        request = request_of(body, operation, one.session, one.key, memory, subject, now)
        made.append(request)
        one.seen.subscription = subject.line.subscription_id
        return request

    answer = await charger.ask(
        Asking(
            who=Who(one.who.msisdn, one.who.imsi),
            session=one.session,
            key=one.key,
            fingerprint=one.fingerprint,
            make=make,
            door=Door(KIND, {"notify_uri": body.notify_uri} if body.notify_uri else {}),
        )
    )
    one.seen.refused = refused_of(answer)
    return answer, bool(made)


def _body(asked: Asked) -> ChargingDataRequest:
    """The request. Raises Problem."""
    body = decoded(asked, ChargingDataRequest)
    if not _EARLIEST <= body.at.replace(tzinfo=None) <= _LATEST:
        invalid = InvalidParam("/invocationTimeStamp", "an instant of this century")
        raise Problem(400, Cause.MANDATORY_IE_INCORRECT, f"/invocationTimeStamp: {body.at.year} is no year", (invalid,))
    return body


def _whole(answer: Answer) -> None:
    """Raises Problem where the request is refused as a whole."""
    if answer.refusal is Refusal.KEY_REUSED:
        raise Problem(400, Cause.CHARGING_FAILED, "the same invocation was sent before with another content")
    if answer.refusal is not None:
        raise refused(answer.refusal)


def _no_such(reference: str) -> Problem:
    return Problem(404, Cause.CONTEXT_NOT_FOUND, f"no charging session {reference[:80]!r} is open")


def _identity(body: ChargingDataRequest, who: Named) -> str:
    """By what a create that is sent again is known: function, subscriber, the network's session, and sequence.

    Where the network numbers no session, the instant tells it apart.
    """
    numbers: list[object] = [body.charging_id]
    if body.pdu is not None:
        numbers += [body.pdu.charging_id, body.pdu.smf_charging_id]
        if body.pdu.session is not None:
            numbers += [body.pdu.session.session_id, body.pdu.session.start_time]
    if body.ims is not None:
        numbers.append(body.ims.icid)
    named = any(number not in (None, "") for number in numbers)
    if body.sms is not None:
        numbers.append(body.sms.reference)
    if body.one_time or not named:
        numbers.append(instant_told(body.at))
    parts = (body.consumer.named, who.imsi or who.msisdn, body.sequence, *numbers)
    return "|".join("" if part is None else str(part) for part in parts)


def _reference(brand: Brand, identity: str) -> str:
    return f"{brand.key}.{hashlib.sha256(identity.encode()).hexdigest()[:32]}"


def _key(letter: str, body: ChargingDataRequest) -> str:
    """The once-key within a session. A known peer does not count its invocations, but its containers."""
    counted = "" if body.sequence else ",".join(_locals(body))
    return f"{letter}:{body.sequence}:{instant_told(body.at)}" + (f":{_digest(counted)}" if counted else "")


def _locals(body: ChargingDataRequest) -> Sequence[str]:
    return [f"{usage.rating_group}/{one.local_sequence}" for usage in body.usages for one in usage.used]


def _fingerprint(operation: Operation, body: ChargingDataRequest) -> str:
    """A digest of what was asked, however it was written and however often it was sent."""
    plain = msgspec.structs.replace(body, retransmission=False, at=_NO_TIME)
    return _digest(f"{operation.value}{msgspec.json.encode(plain).decode()}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_EARLIEST, _LATEST = datetime.fromisoformat("2000-01-01T00:00:00"), datetime.fromisoformat("2100-01-01T00:00:00")
_NO_TIME = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
