"""What a door hands to the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from linehouse.charging.online.subject import Subject
from linehouse.rating.session.answers import Answer
from linehouse.rating.session.requests import Request

MakeRequest = Callable[[Subject, datetime], Request]
_NOWHERE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Who:
    """Who uses, in digits: one of both is enough. Where both are given they must be the same line's."""

    msisdn: str = ""
    imsi: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """By what way the client of a session can be reached again: the kind of door, and where there."""

    kind: str
    address: Mapping[str, str] = field(default_factory=lambda: _NOWHERE)


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered on trust, and when (business time)."""

    at: datetime
    answer: Answer


@dataclass(frozen=True, slots=True)
class Asking:
    """One request: whose, of which session, under which once-key, and through which door.

    ``fingerprint`` is a digest of what the door was sent; the same key with another one is refused. ``make`` builds the
    request once the line and the business instant are known, and may raise a DomainError. ``given``: it was answered
    before, on trust; it is charged as of then, and that answer stays its answer.
    """

    who: Who
    session: str
    key: str
    fingerprint: str
    make: MakeRequest
    door: Door
    given: Given | None = None
