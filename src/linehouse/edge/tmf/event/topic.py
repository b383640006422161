"""Topics: each API that has events is one. Its events are those of the log that its resources declare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linehouse.edge.tmf.event import PATH
from linehouse.edge.tmf.kit.access import Caller
from linehouse.edge.tmf.kit.declaration import ROOT, Api, Links
from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.telling import Mapped, content_of, envelope, event_id, mapped_events
from linehouse.edge.tmf.kit.visible import reaches
from linehouse.kernel.event import Event
from linehouse.platform.outbox.service import Recorded, events_after_named, recorded_or_none

MAX_LOOKED_THROUGH = 2000
"""How many events of the log one request looks through."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic is an API as a source of events; the caller hears those of the resources that it may read."""

    api: Api

    @property
    def id(self) -> str:
        """The API's place in the address, such as `productOrderingManagement`."""
        return self.api.path

    def shown(self, links: Links) -> JsonObject:
        """A topic as TMF688 says it."""
        kinds = dict.fromkeys(mapping.kind for resource in self.api.resources for mapping in resource.events)
        return {
            "id": self.id,
            "href": f"{links.base}{ROOT}/{PATH}/v4/topic/{self.id}",
            "name": f"{self.api.number} {self.api.title}",
            "headerQuery": "&".join(f"eventType={kind}" for kind in kinds),
            "@type": "Topic",
            "@schemaLocation": f"{links.base}{ROOT}/{PATH}/v4/openapi.json",
        }


def topics(apis: Sequence[Api]) -> list[Topic]:
    """Every API that has events."""
    return [Topic(api) for api in apis if any(resource.events for resource in api.resources)]


def topic(apis: Sequence[Api], key: str) -> Topic:
    """The topic; raises ApiProblem 404."""
    found = next((topic for topic in topics(apis) if topic.id == key), None)
    if found is None:
        raise ApiProblem(404, "tmf.no_topic", "there is no such topic")
    return found


def events(found: Topic, who: Caller, after: int, links: Links) -> Iterator[tuple[int, JsonObject]]:
    """The topic's events behind a position of the log, in order, as far as the caller may hear of them."""
    places = mapped_events([found.api])
    names = {event.event_name: event for event in places}
    for fact in events_after_named(after, list(names), MAX_LOOKED_THROUGH):
        for message in _told(fact, places, who, links):
            yield fact.position, message


def one_event(found: Topic, who: Caller, key: str, links: Links) -> JsonObject:
    """One event of the topic by its eventId; raises ApiProblem 404.

    The id holds the position of its fact before the last dash, so that it is found without a search.
    """
    position = key.partition("-")[0]
    written = position.isascii() and position.isdecimal() and len(position) < 19
    fact = recorded_or_none(int(position)) if written else None
    if fact is not None:
        for message in _told(fact, mapped_events([found.api]), who, links):
            if message["eventId"] == key:
                return message
    raise ApiProblem(404, "tmf.no_event", "there is no such event in this topic")


def _told(fact: Recorded, places: dict[type[Event], list[Mapped]], who: Caller, links: Links) -> Iterator[JsonObject]:
    by_name = {event.event_name: found for event, found in places.items()}
    if fact.name not in by_name:
        return
    event = fact.event()
    for place in by_name[fact.name]:
        if not place.concerns(event) or not who.identity.may(place.resource.read):
            continue
        if not reaches(who.held, place.resource):
            continue
        key = str(place.mapping.key(event))
        content = content_of(place, key, links, who.identity)
        if content is not None:
            yield envelope(fact, place, key, content, event_id(fact, place)) | {
                "eventId": f"{fact.position}-{event_id(fact, place)}"
            }
