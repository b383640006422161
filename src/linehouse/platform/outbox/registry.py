"""Who listens to which event. Rooms register their consumers in ``jobs.py``; the list is complete after start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from linehouse.kernel.event import Event, all_event_types
from linehouse.platform.work import Work

Handler = Callable[[Any, Work], None]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Consumer:
    """A named listener: ``events`` are names, or empty for every event."""

    name: str
    events: frozenset[str]
    handler: Handler


_consumers: dict[str, Consumer] = {}


def consumer(name: str, *, on: tuple[type[Event], ...] = ()) -> Callable[[H], H]:
    """Register a consumer: ``handler(event, work)`` runs in one transaction with the mark that it has run.

    ``on`` lists event types; none means every event. Each consumer sees the events of one aggregate in order.
    """

    def register(handler: H) -> H:
        if name in _consumers and _consumers[name].handler.__qualname__ != handler.__qualname__:
            raise TypeError(f"consumer {name!r} is declared twice")
        _consumers[name] = Consumer(name, frozenset(event.event_name for event in on), handler)
        return handler

    return register


def consumers_of(event_name: str) -> list[Consumer]:
    """The consumers of an event, in order of name."""
    return [c for _, c in sorted(_consumers.items()) if not c.events or event_name in c.events]


def consumer_named(name: str) -> Consumer:
    """The consumer; raises KeyError when no room declares it any more."""
    return _consumers[name]


def all_consumers() -> dict[str, Consumer]:
    """Every consumer by name, for the reference."""
    known = all_event_types()
    for declared in _consumers.values():
        if unknown := declared.events - known.keys():
            raise TypeError(f"consumer {declared.name} listens to undeclared events {sorted(unknown)}")
    return dict(sorted(_consumers.items()))
