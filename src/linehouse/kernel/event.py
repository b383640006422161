"""Events: what has happened, as facts. Declared as types; their schemas are generated from the types."""

from __future__ import annotations

import re
from typing import Any, ClassVar, cast
from uuid import UUID

import msgspec

_NAME = re.compile(r"^[a-z_]+\.[a-z_]+\.[a-z_]+$")
_registry: dict[str, type[Event]] = {}


class _EventMeta(msgspec.StructMeta):
    """Takes the declaration's keywords, which a plain struct would refuse, and registers the type by its name."""

    def __new__(  # noqa: PYI034 - a metaclass has no Self
        metacls,
        typename: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        /,
        *,
        name: str = "",
        version: int = 1,
        aggregate: str = "",
        **config: Any,
    ) -> _EventMeta:
        cls = super().__new__(metacls, typename, bases, namespace, frozen=True, kw_only=True, **config)
        if name:
            if not _NAME.match(name):
                raise TypeError(f"event name {name!r} is not room.thing.what_happened")
            taken = _registry.get(name)
            if taken is not None and taken.__qualname__ != cls.__qualname__:
                raise TypeError(f"event {name} is declared by {taken.__qualname__} and {cls.__qualname__}")
            if aggregate not in cls.__struct_fields__:
                raise TypeError(f"event {name} has no field {aggregate!r} to name its aggregate")
            declared = cast("type[Event]", cls)
            declared.event_name, declared.event_version, declared.aggregate_field = name, version, aggregate
            _registry[name] = declared
        return cls


class Event(msgspec.Struct, metaclass=_EventMeta):
    """A fact that has happened, in the past tense: ids and facts, no personal values.

    Declared as ``class InvoiceIssued(Event, name="billing.invoice.issued", version=1, aggregate="invoice_id")``.
    ``name`` is room.thing.what_happened; ``aggregate`` names the field that holds the id of the thing that changed.
    An event about a customer has a field ``customer_id``, by which the customer's timeline finds it.
    """

    event_name: ClassVar[str] = ""
    event_version: ClassVar[int] = 0
    aggregate_field: ClassVar[str] = ""

    @property
    def aggregate_id(self) -> UUID:
        """The id of the thing that changed."""
        return cast(UUID, getattr(self, self.aggregate_field))

    @property
    def customer(self) -> UUID | None:
        """The customer concerned, where the event names one."""
        return cast("UUID | None", getattr(self, "customer_id", None))


def encode(event: Event) -> bytes:
    """The event as JSON, keys in declared order."""
    return msgspec.json.encode(event)


def decode(name: str, data: bytes | str) -> Event:
    """The event of that name from JSON; unknown fields are ignored, since schemas only grow.

    Raises KeyError for a name that nobody declares, msgspec.ValidationError.
    """
    return msgspec.json.decode(data, type=_registry[name])


def all_event_types() -> dict[str, type[Event]]:
    """Every declared event type by name."""
    return dict(sorted(_registry.items()))
