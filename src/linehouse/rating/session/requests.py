"""What is asked of the bucket function: one request of a door, with one ask for each service in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache

from linehouse.rating.values import UsageEvent


class Operation(StrEnum):
    """What the request wants done."""

    ENQUIRE = "enquire"
    """What would it cost? Nothing moves."""
    AUTHORISE = "authorise"
    """How much could be granted now? Nothing moves."""
    DEBIT = "debit"
    """This was used: it is debited as far as buckets go, the rest is uncollected."""
    DEBIT_UP_TO = "debit-up-to"
    """Debit as much as credit allows, and say how much."""
    DEBIT_ALL = "debit-all"
    """Debit all of it, or nothing."""
    START = "start"
    """A session begins: reserve."""
    UPDATE = "update"
    """A session goes on: debit what is reported, reserve anew."""
    FINISH = "finish"
    """A session ends: debit what is reported, release the rest."""
    REFUND = "refund"
    """Give back what a session or a debit took: at most that, and once."""
    CORRECT = "correct"
    """A record of it came, after its end: this is what was used in all. The difference is debited or given back."""


class Side(StrEnum):
    """On which side of the tariff switch that was told with the grant reported usage lies."""

    BEFORE = "before"
    AFTER = "after"
    UNKNOWN = "unknown"
    """The door cannot say: the cheaper side counts."""


@dataclass(frozen=True, slots=True)
class Report:
    """Usage that a door reports, in base units; ``side`` only where a tariff switch was told."""

    amount: int
    side: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One service of a request: what was used of it, and what is wanted.

    ``event`` says what is used, by whom to whom, and since when; its quantity is not read. ``service`` tells services
    of one session apart (rating group and service id). ``used`` are increments since the last report; with ``totals``
    one report of the session's total. Nothing reported: nothing was used, or with ``absent_is_used`` the last grant.
    ``wants`` asks for a grant of ``want`` base units; None lets the policy decide how much. ``ceiling`` (micro-units)
    is the most that the event may cost. ``amount`` is how much money a refund gives back (None: everything).
    """

    event: UsageEvent
    service: str = ""
    used: tuple[Report, ...] = ()
    totals: bool = False
    absent_is_used: bool = False
    wants: bool = True
    want: int | None = None
    ceiling: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. ``key`` is its once-key: the same key gets the same answer and moves money once.

    ``subscriber`` is the member of the charging group who uses, for caps of shared buckets.
    """

    key: str
    operation: Operation
    session: str
    subscriber: str
    asks: tuple[Ask, ...]

    @property
    def fingerprint(self) -> str:
        """A digest of the content: the same request has the same one, in every process."""
        return hashlib.sha256(_canonical(self).encode()).hexdigest()


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((one.name, one.default) for one in fields(kind))


def _canonical(value: object) -> str:
    """The fields that say something: one that a later release adds, and that says nothing, changes no digest."""
    if is_dataclass(value) and not isinstance(value, type):
        known = ((name, getattr(value, name), default) for name, default in _defaults(type(value)))
        said = [f"{name}={_canonical(one)}" for name, one, default in known if one is not default and one != default]
        return f"({','.join(said)})"
    if isinstance(value, tuple):
        return f"[{','.join(map(_canonical, value))}]"
    if isinstance(value, frozenset):
        return f"{{{','.join(sorted(map(_canonical, value)))}}}"
    return repr(str(value))
