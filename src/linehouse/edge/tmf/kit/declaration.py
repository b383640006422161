"""What a resource is: declared once, in one mapping file. Views, paging, filters, hub and OpenAPI follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec

from linehouse.edge.tmf.kit.paths import META, JsonObject, Path, characteristics_of, has_path
from linehouse.edge.tmf.kit.query import Attributes, Operator
from linehouse.edge.tmf.kit.shapes import Representation, plain
from linehouse.kernel.event import Event
from linehouse.platform.work import Actor

V = TypeVar("V")
B = TypeVar("B", bound=msgspec.Struct)

ROOT = "/tmf-api"
SCAN_LIMIT = 5000
"""How many values a list request looks through when its conditions cannot be pushed down to the room's search."""


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute addresses of resources, from the scheme and host that the caller used."""

    base: str
    """Such as `https://api.robin.example`, without a slash at the end."""

    def to(self, api: str, resource: str, key: object) -> str:
        """The address of one resource."""
        return f"{self.base}{ROOT}/{api}/v4/{resource}/{key}"


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a search is asked for: conditions on the declared attributes, an order, and a window of the result."""

    equal: Mapping[str, str]
    """By dotted attribute path; only paths of the resource's ``narrows``."""
    offset: int
    limit: int
    compared: Mapping[str, tuple[tuple[Operator, str], ...]] = field(default_factory=dict)
    """Comparisons by dotted attribute path; only paths and operators of the resource's ``compares``."""
    sort: tuple[tuple[str, bool], ...] = ()
    """The order as (path, descending); only paths of the resource's ``sorts``. Empty: the search's own order."""

    def compare(self, path: str, operator: str) -> str | None:
        """The value that the attribute is compared with by the operator (`gte`), or None."""
        return next((value for used, value in self.compared.get(path, ()) if used == operator), None)

    def get(self, path: str) -> str | None:
        """The wanted value of an attribute, or None for any."""
        return self.equal.get(path)


@dataclass(frozen=True)
class Slice(Generic[V]):
    """A window of a search's result, and how many there are in all."""

    values: Sequence[V]
    total: int

    @classmethod
    def empty(cls) -> Slice[V]:
        """Nothing: a condition that no value can fulfil."""
        return cls((), 0)

    @classmethod
    def of(cls, values: Sequence[V], narrow: Narrow) -> Slice[V]:
        """The window of a result that is small enough to be had whole."""
        return cls(values[narrow.offset : narrow.offset + narrow.limit], len(values))


@dataclass(frozen=True)
class Create(Generic[B, V]):
    """POST: a typed body and the use case that it runs."""

    body: type[B]
    run: Callable[[B, Actor], V]
    external_id: Callable[[B], str | None] | None = None
    """The caller's own id in the body: a second POST with the same one answers with the first's result."""
    kinds: Mapping[str, type[msgspec.Struct]] = field(default_factory=dict)
    """The body of each `@type` that is not the resource's own; without any, another `@type` is refused."""
    represent: Callable[[V, Links], Representation] | None = None
    """What the API says of the value just made, where that takes less than for any other; else as always."""
    accepted: Callable[[V], bool] | None = None
    """Tells that the work goes on after the answer: the status is then 202, and the resource says how it stands."""


@dataclass(frozen=True)
class Patch(Generic[B, V]):
    """PATCH: the attributes that may change, and the use case that changes them.

    The body holds the changed attributes at their new value (after RFC 7396); the others are UNSET, a removed one None.
    """

    body: type[B]
    run: Callable[[str, B, Actor], V]


@dataclass(frozen=True)
class EventMapping(Generic[V]):
    """A room's event and the TMF notification that it becomes."""

    event: type[Event]
    kind: str
    """The eventType, such as `ProductOrderStateChangeEvent`."""
    key: Callable[[Any], object] = field(default=lambda event: event.aggregate_id)
    """The id of the resource that the notification carries."""
    when: Callable[[Any], bool] | None = None
    """Whether this fact becomes this notification; None: always."""


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[V]):
    """A resource of an API: `productOrder` of TMF622.

    ``search`` answers a list request, ``get`` one id (raises a DomainError of kind NOT_FOUND), ``represent`` turns a
    room's value into what the API says of it. Without ``create``, ``patch`` or ``delete`` the method is 405.
    """

    name: str
    kind: str
    """The `@type` of its representations, such as `ProductOrder`."""
    read: str
    """The permission that GET needs, such as `order.read` (platform.access.permissions)."""
    write: str = ""
    """The permission that POST, PATCH and DELETE need."""
    representation: type[Representation]
    represent: Callable[[V, Links], Representation]
    search: Callable[[Narrow], Slice[V]]
    get: Callable[[str], V]
    represent_many: Callable[[Sequence[V], Links], Sequence[Representation]] | None = None
    """The representations of a page at once, for values whose parts are cheaper fetched together."""
    narrows: tuple[str, ...] = ()
    """Attribute paths whose equality the room's search decides; other conditions are decided on representations."""
    compares: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Attribute paths and the operators (`gt gte lt lte`) that the room's search decides."""
    sorts: tuple[str, ...] = ()
    """Attribute paths by which the room's search can order."""
    kinds: Mapping[str, type[Representation]] = field(default_factory=dict)
    """The representation of each `@type` that is not the resource's own; they extend ``representation``."""
    scan_limit: int = SCAN_LIMIT
    """How many values a list request looks through at most when the search cannot decide its conditions."""
    create: Create[Any, V] | None = None
    patch: Patch[Any, V] | None = None
    delete: Callable[[str, Actor], None] | None = None
    events: tuple[EventMapping[V], ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    """Methods of the specification that are not offered → why not; the 405 says it."""
    pointers: Mapping[str, str] = field(default_factory=dict)
    """Field names of the room's errors → JSON pointers, where they are not the same word."""
    description: str = ""

    @property
    def collection_methods(self) -> tuple[str, ...]:
        """What `/productOrder` takes."""
        return ("GET", "HEAD") + (("POST",) if self.create else ())

    @property
    def item_methods(self) -> tuple[str, ...]:
        """What `/productOrder/{id}` takes."""
        return ("GET", "HEAD") + (("PATCH",) if self.patch else ()) + (("DELETE",) if self.delete else ())

    def knows(self, path: Path) -> bool:
        """Whether the representation, or that of one of its kinds, declares the attribute."""
        if path in (("href",), *((name,) for name in META)):
            return True
        return any(has_path(shape, path) for shape in (self.representation, *self.kinds.values()))

    @cached_property
    def attributes(self) -> Attributes:
        """What conditions, order and fields may name."""
        return Attributes(self.knows, characteristics_of(self.representation))


@dataclass(frozen=True, kw_only=True)
class Api:
    """A TM Forum Open API: its number, its place in the address, and its resources."""

    number: str
    path: str
    title: str
    resources: tuple[Resource[Any], ...]
    absent: Mapping[str, str] = field(default_factory=dict)
    """Resources of the specification that the product does not have → why not; whatever is asked of them is 501."""

    def resource(self, name: str) -> Resource[Any] | None:
        """The resource of that name."""
        return next((resource for resource in self.resources if resource.name == name), None)


def rendered(api: Api, resource: Resource[V], value: V, links: Links) -> JsonObject:
    """The whole representation of a value as JSON objects; decimals stay exact."""
    return finished(api, resource, resource.represent(value, links), links)


def represented(resource: Resource[V], values: Sequence[V], links: Links) -> Sequence[Representation]:
    """What the API says of several values, in their order."""
    if resource.represent_many is None:
        return [resource.represent(value, links) for value in values]
    return resource.represent_many(values, links)


def finished(api: Api, resource: Resource[Any], shape: Representation, links: Links) -> JsonObject:
    """The whole representation with what the kit adds: `href`, `@type`, `@schemaLocation`."""
    attributes: JsonObject = plain(shape)
    kind = str(attributes.pop("@type", resource.kind))
    result: JsonObject = {
        "id": attributes.pop("id"),
        "href": links.to(api.path, resource.name, shape.id),
        **attributes,
        "@type": kind,
    }
    if kind != resource.kind:
        result["@baseType"] = resource.kind
    result["@schemaLocation"] = schema_location(api, links)
    return result


def schema_location(api: Api, links: Links) -> str:
    """Where the API's OpenAPI document is."""
    return f"{links.base}{ROOT}/{api.path}/v4/openapi.json"
