"""What each kind of job does. Rooms register their handlers in ``jobs.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from linehouse.platform.work import Work

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt at an outside call: which job, the how-many-th try, and the key by which the other side knows it."""

    job_id: str
    key: str
    number: int


class RetryLater(Exception):
    """The other side did not answer, or asked to come back; the job is tried again after a pause."""


TransactionalHandler = Callable[[Payload, Work], None]
ExternalHandler = Callable[[Payload, Attempt], None]
TH = TypeVar("TH", bound=TransactionalHandler)
EH = TypeVar("EH", bound=ExternalHandler)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: a handler inside a transaction, or one that calls out between two transactions."""

    name: str
    inside: TransactionalHandler | None
    outside: ExternalHandler | None
    max_attempts: int
    lease_seconds: int


_kinds: dict[str, Kind] = {}


def _register(kind: Kind, qualname: str) -> None:
    known = _kinds.get(kind.name)
    if known is not None:
        handler = known.inside or known.outside
        if getattr(handler, "__qualname__", "") != qualname:
            raise TypeError(f"job kind {kind.name!r} is declared twice")
    _kinds[kind.name] = kind


def job(name: str, *, max_attempts: int = 8) -> Callable[[TH], TH]:
    """Register ``handler(payload, work)``: it runs in one transaction with the mark that it has run."""

    def register(handler: TH) -> TH:
        _register(Kind(name, handler, None, max_attempts, 0), handler.__qualname__)
        return handler

    return register


def external_job(name: str, *, max_attempts: int = 12, lease_seconds: int = 60) -> Callable[[EH], EH]:
    """Register ``handler(payload, attempt)``: it runs outside a transaction under a lease, so that it may call out.

    It must be safe to repeat: it may have been killed after the call and before its result was recorded.
    It records what came of it in a unit of work of its own.
    """

    def register(handler: EH) -> EH:
        _register(Kind(name, None, handler, max_attempts, lease_seconds), handler.__qualname__)
        return handler

    return register


def kind_named(name: str) -> Kind:
    """The kind; raises KeyError when no room declares it."""
    return _kinds[name]


def all_kinds() -> dict[str, Kind]:
    """Every kind by name, for the reference."""
    return dict(sorted(_kinds.items()))
