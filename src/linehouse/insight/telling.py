"""How an event is told: rooms' events and the words written for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext

from linehouse.insight.values import Told
from linehouse.kernel.event import Event
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.platform.texts.codes import said, titled

E = TypeVar("E", bound=Event)
_words: dict[str, Callable[[Any], Told]] = {}


def tell(event: Event) -> Told:
    """The event in plain words; one without words of its own is told by its name."""
    words = _words.get(event.event_name)
    if words is not None:
        return words(event)
    return Told(titled(plain_name(event.event_name)))


def plain_name(event_name: str) -> str:
    """What is said of an event without words of its own: the thing and what happened to it."""
    return event_name.partition(".")[2].replace(".", " ")


def has_words(event_name: str) -> bool:
    """Whether somebody has written what this event means."""
    return event_name in _words


def tells(event: type[E]) -> Callable[[Callable[[E], Told]], Callable[[E], Told]]:
    """Register the words of an event."""

    def register(words: Callable[[E], Told]) -> Callable[[E], Told]:
        _words[event.event_name] = words
        return words

    return register


def money(micros: int, currency: str) -> str:
    """An amount of money."""
    return str(Money(micros, currency))


def amount(number: int | None, asset: str) -> str:
    """An amount of money or of a unit; None has no end."""
    if number is None:
        return gettext("unlimited")
    return Quantity(number, Unit(asset)).human() if asset in set(Unit) else money(number, asset)


def fields(names: tuple[str, ...]) -> str:
    """Names of fields in the reader's words."""
    return ", ".join(said(name) for name in names)
