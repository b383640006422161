"""The hub: clients register listeners, events become notifications, notifications are delivered at least once.

Order is kept per listener and resource; what one listener does not take holds up nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx
from django.conf import settings
from django.utils.crypto import salted_hmac

from linehouse.edge.tmf.kit.access import Caller
from linehouse.edge.tmf.kit.body import to_json
from linehouse.edge.tmf.kit.callback import SIGNATURE, CallbackRefused, checked, listener_url, post, signature
from linehouse.edge.tmf.kit.declaration import Api, EventMapping, Links, Resource, rendered
from linehouse.edge.tmf.kit.filters import predicate
from linehouse.edge.tmf.kit.paths import JsonObject, Path
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.query import Attributes, Condition, ListQuery, parse
from linehouse.edge.tmf.kit.selection import select
from linehouse.edge.tmf.kit.visible import reaches, visible_fields
from linehouse.edge.tmf.models import HubDelivery, HubSubscription
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError, Kind
from linehouse.kernel.event import Event
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import require_aware
from linehouse.platform.access.ownership import bound_to_dealer
from linehouse.platform.access.service import ClientIdentity, client
from linehouse.platform.jobs.registry import Attempt, RetryLater
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import Recorded, last_position, recorded
from linehouse.platform.scope import current_brand
from linehouse.platform.work import SYSTEM, Work, unit_of_work

DELIVER = "tmf.deliver"
MAX_TEXT = 1000
_ENVELOPE = frozenset(
    {"eventId", "eventTime", "eventType", "correlationId", "domain", "title", "description", "priority", "timeOcurred"}
)


def loopback_allowed() -> bool:
    """Whether this machine may be called: a setting for development."""
    return bool(getattr(settings, "TMF_CALLBACKS_TO_LOOPBACK", False))


def signing_key(subscription_id: UUID) -> str:
    """The key of a subscription's signatures: derived from the installation's secret, kept nowhere."""
    salt = f"linehouse.tmf.hub/{current_brand()}"
    return salted_hmac(salt, str(subscription_id), algorithm="sha256").hexdigest()


def subscribe(api: Api, who: Caller, callback: str, query: str, links: Links) -> HubSubscription:
    """Register a listener. Raises CallbackRefused, ApiProblem 400 for a query, 409 for the same one again."""
    if not any(resource.events for resource in api.resources):
        raise ApiProblem(409, "tmf.no_events", f"{api.number} sends no events yet")
    if not any(who.identity.may(resource.read) for resource in api.resources):
        raise ApiProblem(403, "access.not_allowed", "this needs the permission to read a resource of this API")
    if len(callback) > MAX_TEXT or len(query) > MAX_TEXT:
        raise ApiProblem(400, "tmf.body", f"callback and query have at most {MAX_TEXT} characters")
    checked(callback, loopback=loopback_allowed())
    _parsed(api, query)
    with unit_of_work(who.actor, f"{api.number} POST hub") as work:
        same = HubSubscription.objects.filter(
            api=api.path, client_id=who.identity.id, callback=callback, query=query
        ).exists()
        if same:
            raise ApiProblem(409, "tmf.subscribed", "this callback listens with this query already", "/callback")
        return HubSubscription.objects.create(
            api=api.path,
            client_id=who.identity.id,
            client_name=who.identity.name,
            scopes=sorted(who.identity.scopes),
            callback=callback,
            query=query,
            base_url=links.base,
            since_position=last_position(),
            created_at=work.now,
            changed_at=work.now,
        )


def subscriptions(api: Api, who: Caller) -> list[HubSubscription]:
    """The client's own listeners, oldest first."""
    return list(HubSubscription.objects.filter(api=api.path, client_id=who.identity.id).order_by("id"))


def subscription(api: Api, who: Caller, key: str) -> HubSubscription:
    """One of the client's own listeners; raises ApiProblem 404."""
    found = next((s for s in subscriptions(api, who) if str(s.id) == key), None)
    if found is None:
        raise ApiProblem(404, "kernel.not_found", "there is no such subscription")
    return found


def unsubscribe(api: Api, who: Caller, key: str) -> None:
    """Remove a listener and what still waits for it; raises ApiProblem 404."""
    with unit_of_work(who.actor, f"{api.number} DELETE hub"):
        subscription(api, who, key).delete()


@dataclass(frozen=True, slots=True)
class Mapped:
    """An event type's place: the API and resource that it concerns, and how."""

    api: Api
    resource: Resource[object]
    mapping: EventMapping[object]


def mapped_events(apis: Sequence[Api]) -> dict[type[Event], list[Mapped]]:
    """Every event that a resource declares, with what it becomes."""
    found: dict[type[Event], list[Mapped]] = {}
    for api in apis:
        for resource in api.resources:
            for mapping in resource.events:
                found.setdefault(mapping.event, []).append(Mapped(api, resource, mapping))
    return found


def notify(event: Event, work: Work, places: Sequence[Mapped]) -> None:
    """Make the notifications of an event and a job for each listener, in the consumer's transaction."""
    if work.causation is None:
        raise RuntimeError("a notification needs the event that caused it")
    listeners = list(HubSubscription.objects.filter(api__in={place.api.path for place in places}).order_by("id"))
    if not listeners:
        return
    fact = recorded(work.causation)
    for place in places:
        for listener in listeners:
            if not _concerns(listener, place, fact):
                continue
            identity = client(listener.client_id)
            if identity is None or not identity.may(place.resource.read) or not reaches(identity.held, place.resource):
                continue
            with bound_to_dealer(identity.dealer or None):
                _notify_one(event, fact, work, place, listener, identity)


def may_still_read(listener: HubSubscription, permission: str) -> bool:
    """Whether the client that registered is there still, with the permission: a revoked one hears nothing more."""
    found = client(listener.client_id)
    return found is not None and found.may(permission)


def _concerns(listener: HubSubscription, place: Mapped, fact: Recorded) -> bool:
    return (
        listener.api == place.api.path
        and place.resource.read in listener.scopes
        and fact.position > listener.since_position
    )


def _notify_one(
    event: Event, fact: Recorded, work: Work, place: Mapped, listener: HubSubscription, identity: ClientIdentity
) -> None:
    key = str(place.mapping.key(event))
    links = Links(listener.base_url)
    try:
        whole = rendered(place.api, place.resource, place.resource.get(key), links)
        # Conditions are decided on what the client sees: a hidden attribute fits nothing.
        content = visible_fields(identity.held, place.resource).shown(whole)
    except DomainError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
        if identity.dealer:
            return  # gone, or another dealer's: neither is told
        # Gone since: its id and address are what a Delete event carries.
        href = links.to(place.api.path, place.resource.name, key)
        content = {"id": key, "href": href, "@type": place.resource.kind}
    query = _parsed(place.api, listener.query)
    event_id = new_id()
    envelope: JsonObject = {
        "eventId": str(event_id),
        "eventTime": _instant(fact.business_time),
        "eventType": place.mapping.kind,
        "correlationId": str(fact.correlation_id),
        "domain": place.api.title,
        "title": f"{place.resource.kind} {key}",
        "description": fact.name,
        "priority": "normal",
        # sic: the v4 specifications spell it so
        "timeOcurred": _instant(fact.business_time),
        "event": {place.resource.name: content},
        "@type": place.mapping.kind,
    }
    if not matches(envelope, query.conditions):
        return
    fields = None if query.fields is None else _below_resource(place.resource.name, query.fields)
    envelope["event"] = {place.resource.name: select(content, fields)}
    HubDelivery.objects.create(
        id=event_id,
        subscription=listener,
        event_type=place.mapping.kind,
        resource=place.resource.name,
        resource_id=key,
        body=to_json(envelope).decode(),
        made_at=work.now,
    )
    enqueue(
        DELIVER,
        {"delivery": str(event_id)},
        key=str(event_id),
        serial=f"{DELIVER}/{listener.id}/{place.resource.name}/{key}",
    )


def _instant(moment: datetime) -> str:
    return require_aware(moment).isoformat().replace("+00:00", "Z")


def matches(envelope: JsonObject, conditions: Sequence[Condition]) -> bool:
    """Whether a notification fits: paths begin in the envelope (`eventType`) or in the event (`productOrder.state`)."""
    outer = [c for c in conditions if c.path[0] in _ENVELOPE or c.path[0] == "event"]
    inner = [c for c in conditions if c not in outer]
    content = envelope["event"]
    return predicate(outer)(envelope) and isinstance(content, dict) and predicate(inner)(content)


def deliver(payload: dict[str, object], attempt: Attempt) -> None:
    """Post one notification; raises RetryLater when the listener does not take it."""
    delivery = HubDelivery.objects.select_related("subscription").filter(id=str(payload["delivery"])).first()
    if delivery is None or delivery.delivered_at is not None:
        return
    answer = _posted(delivery, attempt)
    delivered = answer.isdecimal() and answer.startswith("2")
    with unit_of_work(SYSTEM, DELIVER):
        HubDelivery.objects.filter(id=delivery.id).update(
            attempts=attempt.number,
            last_answer=answer[:200],
            delivered_at=MachineClock().now() if delivered else None,
        )
    if not delivered:
        raise RetryLater(f"the listener answered {answer}")


def _posted(delivery: HubDelivery, attempt: Attempt) -> str:
    """The status that the listener answered, or why there is none."""
    listener = delivery.subscription
    body = delivery.body.encode()
    try:
        target = checked(listener_url(listener.callback, delivery.event_type), loopback=loopback_allowed())
        seconds = int(MachineClock().now().timestamp())
        headers = {
            SIGNATURE: signature(signing_key(listener.id), body, seconds),
            "X-Linehouse-Attempt": str(attempt.number),
        }
        return str(post(target, body, headers))
    except CallbackRefused as error:
        return error.message
    except httpx.HTTPError as error:
        return type(error).__name__


def _parsed(api: Api, query: str) -> ListQuery:
    """The subscription's query; paths must exist in the envelope or in one of the API's resources."""
    by_name = {resource.name: resource for resource in api.resources}

    def knows(path: Path) -> bool:
        rest = path[1:] if path[0] == "event" else path
        if not rest:
            return True
        resource = by_name.get(rest[0])
        if resource is not None:
            return len(rest) == 1 or resource.knows(rest[1:])
        return path[0] in _ENVELOPE and len(path) == 1

    parsed = parse(query.removeprefix("?"), Attributes(knows))
    if parsed.paged or parsed.sort:
        raise ApiProblem(400, "tmf.query", "a subscription takes conditions and fields only", "/query")
    return parsed


def _below_resource(name: str, fields: Sequence[Path]) -> list[Path]:
    """`event.productOrder.state` and `productOrder.state` both mean the order's state."""
    inner = [path[1:] if path[0] == "event" else path for path in fields]
    return [path[1:] for path in inner if len(path) > 1 and path[0] == name]
