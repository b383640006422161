"""Events become notifications: for whom, with what in them, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from linehouse.edge.tmf.kit.body import to_json
from linehouse.edge.tmf.kit.declaration import Api, EventMapping, Links, Resource, rendered
from linehouse.edge.tmf.kit.filters import predicate
from linehouse.edge.tmf.kit.paths import JsonObject, Path
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.query import Attributes, ListQuery, parse
from linehouse.edge.tmf.kit.selection import select
from linehouse.edge.tmf.kit.sending import again, send
from linehouse.edge.tmf.kit.visible import reaches, visible_fields
from linehouse.edge.tmf.models import HubDelivery, HubSubscription
from linehouse.kernel.error import DomainError, Kind
from linehouse.kernel.event import Event
from linehouse.kernel.period import require_aware
from linehouse.platform.access.ownership import bound_to_dealer
from linehouse.platform.access.service import ClientIdentity, client
from linehouse.platform.outbox.service import Recorded, recorded
from linehouse.platform.work import Work

ENVELOPE = frozenset(
    {"eventId", "eventTime", "eventType", "correlationId", "domain", "title", "description", "priority", "timeOcurred"}
)


@dataclass(frozen=True, slots=True)
class Mapped:
    """An event type's place: the API and resource that it concerns, and how."""

    api: Api
    resource: Resource[Any]
    mapping: EventMapping[Any]

    def concerns(self, event: Event) -> bool:
        """Whether this fact becomes this notification."""
        return self.mapping.when is None or self.mapping.when(event)


Places = dict[type[Event], list[Mapped]]


def mapped_events(apis: Sequence[Api]) -> Places:
    """Every event that a resource declares, with what it becomes."""
    found: Places = {}
    for api in apis:
        for resource in api.resources:
            for mapping in resource.events:
                found.setdefault(mapping.event, []).append(Mapped(api, resource, mapping))
    return found


def event_id(fact: Recorded, place: Mapped, for_whom: str = "") -> UUID:
    """The id of a notification: the same whenever it is made."""
    return uuid5(fact.id, f"{place.mapping.kind}/{place.resource.name}/{for_whom}")


def notify(event: Event, work: Work, places: Sequence[Mapped]) -> None:
    """Make the notifications of an event and a job for each listener, in the consumer's transaction."""
    if work.causation is None:
        raise RuntimeError("a notification needs the event that caused it")
    concerned = [place for place in places if place.concerns(event)]
    listeners = list(HubSubscription.objects.filter(api__in={place.api.path for place in concerned}).order_by("id"))
    if not listeners:
        return
    fact = recorded(work.causation)
    for listener in listeners:
        if fact.position > listener.since_position:
            tell(listener, event, fact, work, concerned)


def tell(
    listener: HubSubscription, event: Event, fact: Recorded, work: Work, places: Iterable[Mapped], *, anew: bool = False
) -> None:
    """Make and send what the listener is to hear of a fact; ``anew`` sends what it has heard before again."""
    identity = client(listener.client_id)
    for place in places:
        if listener.api != place.api.path or place.resource.read not in listener.scopes:
            continue
        # A revoked client hears nothing more.
        if identity is None or not identity.may(place.resource.read) or not reaches(identity.held, place.resource):
            continue
        with bound_to_dealer(identity.dealer or None):
            _tell_one(listener, event, fact, work, place, identity, anew=anew)


def _tell_one(
    listener: HubSubscription,
    event: Event,
    fact: Recorded,
    work: Work,
    place: Mapped,
    identity: ClientIdentity,
    *,
    anew: bool,
) -> None:
    key = str(place.mapping.key(event))
    known = HubDelivery.objects.filter(
        subscription=listener, source=fact.id, event_type=place.mapping.kind, resource_id=key
    ).first()
    if known is not None:
        if anew:
            again([known], work)
        return
    query = parsed(place.api, listener.query)
    content = content_of(place, key, Links(listener.base_url), identity)
    if content is None:
        return
    identity_of_it = event_id(fact, place, str(listener.id))
    message = envelope(fact, place, key, content, identity_of_it)
    if not matches(message, query):
        return
    fields = None if query.fields is None else _below_resource(place.resource.name, query.fields)
    message["event"] = {place.resource.name: select(content, fields)}
    row = HubDelivery.objects.create(
        id=identity_of_it,
        subscription=listener,
        event_type=place.mapping.kind,
        resource=place.resource.name,
        resource_id=key,
        body=to_json(message).decode(),
        made_at=work.now,
        source=fact.id,
        position=fact.position,
        state="held" if listener.state == "paused" else "waiting",
    )
    if row.state == "waiting":
        send(row)


def content_of(place: Mapped, key: str, links: Links, identity: ClientIdentity) -> JsonObject | None:
    """The resource as it stands and as the client may see it; None for what it must not be told of."""
    try:
        whole = rendered(place.api, place.resource, place.resource.get(key), links)
    except DomainError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
        if identity.dealer:
            return None  # gone, or another dealer's: neither is told
        # Gone since: its id and address are what a Delete event carries.
        href = links.to(place.api.path, place.resource.name, key)
        return {"id": key, "href": href, "@type": place.resource.kind}
    # Conditions are decided on what the client sees: a hidden attribute fits nothing.
    return visible_fields(identity.held, place.resource).shown(whole)


def envelope(fact: Recorded, place: Mapped, key: str, content: JsonObject, identity: UUID) -> JsonObject:
    """The notification in the form of the specifications."""
    when = instant(fact.business_time)
    return {
        "eventId": str(identity),
        "eventTime": when,
        "eventType": place.mapping.kind,
        "correlationId": str(fact.correlation_id),
        "domain": place.api.title,
        "title": f"{place.resource.kind} {key}",
        "description": fact.name,
        "priority": "normal",
        # sic: the v4 specifications spell it so
        "timeOcurred": when,
        "event": {place.resource.name: content},
        "@type": place.mapping.kind,
    }


def instant(moment: datetime) -> str:
    """An instant as the specifications write it."""
    return require_aware(moment).isoformat().replace("+00:00", "Z")


def matches(message: JsonObject, query: ListQuery) -> bool:
    """Whether a notification fits: paths begin in the envelope (`eventType`) or in the event (`productOrder.state`)."""
    outer = [c for c in query.conditions if c.path[0] in ENVELOPE or c.path[0] == "event"]
    inner = [c for c in query.conditions if c not in outer]
    content = message["event"]
    return predicate(outer)(message) and isinstance(content, dict) and predicate(inner, query.filters)(content)


def parsed(api: Api, query: str) -> ListQuery:
    """A listener's query; paths must exist in the envelope or in one of the API's resources. Raises ApiProblem."""
    by_name = {resource.name: resource for resource in api.resources}

    def knows(path: Path) -> bool:
        rest = path[1:] if path[0] == "event" else path
        if not rest:
            return True
        resource = by_name.get(rest[0])
        if resource is not None:
            return len(rest) == 1 or resource.knows(rest[1:])
        return path[0] in ENVELOPE and len(path) == 1

    found = parse(query.removeprefix("?"), Attributes(knows))
    if found.paged or found.sort or found.expand or found.depth or found.expressions:
        raise ApiProblem(400, "tmf.query", "a subscription takes conditions, filters and plain fields only", "/query")
    return found


def _below_resource(name: str, fields: Sequence[Path]) -> list[Path]:
    """`event.productOrder.state` and `productOrder.state` both mean the order's state."""
    inner = [path[1:] if path[0] == "event" else path for path in fields]
    return [path[1:] for path in inner if len(path) > 1 and path[0] == name]
