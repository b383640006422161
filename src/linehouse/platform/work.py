"""The unit of work: one transaction on the brand's database, with who, why and the business instant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from linehouse.kernel.ids import new_id
from linehouse.platform.clock.service import business_now_with
from linehouse.platform.scope import current_brand


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: ``kind`` is staff, client, subscriber or system; ``name`` is what colleagues see."""

    kind: str
    id: str
    name: str

    def __str__(self) -> str:
        return self.name


SYSTEM = Actor("system", "system", "Linehouse")
"""The house itself: timers, jobs and consumers."""


@dataclass(slots=True)
class Work:
    """What a use case needs to know of the transaction in which it stands.

    ``now`` is the business instant, the same for the whole transaction. ``correlation`` groups everything that
    one request or job caused; ``causation`` is the event that caused this work, where one did.
    """

    brand: str
    actor: Actor
    reason: str
    now: datetime
    correlation: UUID
    causation: UUID | None = None
    emitted: list[str] = field(default_factory=list)
    touched: dict[str, set[str]] = field(default_factory=dict)

    def touch(self, kind: str, key: str) -> None:
        """Say that an object which may wait for a person has changed; its task follows before the commit."""
        self.touched.setdefault(kind, set()).add(key)


Hook = Callable[[Work], None]
_before_commit: list[Hook] = []


def before_commit(hook: Hook) -> Hook:
    """Register what is done at the end of every unit of work, inside its transaction; not after a refusal."""
    _before_commit.append(hook)
    return hook


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def current_work() -> Work:
    """The surrounding unit of work; raises RuntimeError outside one."""
    work = _current.get()
    if work is None or work.brand != current_brand():
        raise RuntimeError("this needs a surrounding unit_of_work")
    return work


@contextmanager
def unit_of_work(
    actor: Actor, reason: str = "", *, correlation: UUID | None = None, causation: UUID | None = None
) -> Iterator[Work]:
    """Open the brand's transaction, or join the one that is open: a use case called by another commits with it.

    Who and why are set for the history triggers for exactly this transaction. An exception rolls everything back.
    """
    brand = current_brand()
    outer = _current.get()
    if outer is not None and outer.brand == brand:
        yield outer
        return
    with transaction.atomic(using=brand):
        now = business_now_with(_described_to_history(actor, reason))
        work = Work(brand, actor, reason, now, correlation or new_id(), causation)
        token = _current.set(work)
        try:
            yield work
            for hook in _before_commit:
                hook(work)
        finally:
            _current.reset(token)


def _described_to_history(actor: Actor, reason: str) -> dict[str, str]:
    # pghistory's own context manager prepends these settings to every statement of the default connection; one
    # statement at the start of the brand's transaction says the same.
    metadata = {"actor_kind": actor.kind, "actor": actor.name, "actor_id": actor.id, "reason": reason}
    return {"pghistory.context_id": str(new_id()), "pghistory.context_metadata": json.dumps(metadata)}
