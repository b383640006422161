"""The kinds of tasks. Rooms declare theirs in ``tasks.py``, which is loaded at start like ``jobs.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django_stubs_ext import StrOrPromise

from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.work import Actor
from linehouse.platform.worklist.errors import UnknownKind
from linehouse.platform.worklist.values import TaskView, Waiting

Truth = Callable[[Sequence[str] | None], Iterable[Waiting]]
"""``waiting(keys)`` gives the objects that wait now: of these keys, or all of them for None."""
Link = Callable[[TaskView], str]
"""The address of the object below the brand's screens, such as ``bank/entries/<id>``; empty where there is none."""
Retry = Callable[[TaskView, Actor], str]
"""Repeats the very act that failed; returns one sentence about what came of it, or raises a DomainError."""


@dataclass(frozen=True, slots=True)
class TaskKind:
    """A kind of task. ``permission`` is needed to work on it, ``read`` to see it."""

    name: str
    queue: str
    title: StrOrPromise
    permission: str
    read: str
    due: timedelta | None
    link: Link | None
    retry: Retry | None
    waiting: Truth | None
    dismissible: bool
    jobs: tuple[str, ...] = ()


_kinds: dict[str, TaskKind] = {}


def task_kind(
    name: str,
    *,
    queue: str,
    title: StrOrPromise,
    permission: str,
    read: str = "",
    due: timedelta | None = timedelta(days=2),
    link: Link | None = None,
    retry: Retry | None = None,
    waiting: Truth | None = None,
    dismissible: bool = False,
    jobs: tuple[str, ...] = (),
) -> TaskKind:
    """Declare a kind of task; ``name`` is room.what_waits.

    With ``waiting`` the kind's tasks follow their objects: rooms only touch the keys of what they change
    (``Work.touch``), a law compares both sides, and a task ends by itself. ``dismissible`` kinds may be set aside by a
    person although the object stays as it is. ``read`` is by default the permission to read the same things. ``jobs``
    names kinds of jobs whose final failure is a task of this kind, by the job's id, and not one of operations.
    Raises TypeError when declared twice, KeyError for an undeclared permission.
    """
    for needed in filter(None, (permission, read)):
        if needed not in PERMISSIONS:
            raise KeyError(f"permission {needed!r} is not declared")
    by_name = f"{permission.split('.', maxsplit=1)[0]}.read"
    found = TaskKind(
        name,
        queue,
        title,
        permission,
        read or (by_name if by_name in PERMISSIONS else permission),
        due,
        link,
        retry,
        waiting,
        dismissible,
        jobs,
    )
    known = _kinds.get(name)
    if known is not None and _place(known) != _place(found):
        raise TypeError(f"kind of task {name!r} is declared twice")
    _kinds[name] = found
    return found


def _place(kind: TaskKind) -> tuple[str, str]:
    return (kind.queue, getattr(kind.waiting, "__qualname__", ""))


def kind_named(name: str) -> TaskKind:
    """The kind. Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"there is no kind of task {name!r}", field="kind", value=name) from None


def all_kinds() -> dict[str, TaskKind]:
    """Every declared kind by name."""
    return dict(sorted(_kinds.items()))


def visible_kinds(permissions: frozenset[str]) -> frozenset[str]:
    """The kinds whose tasks somebody with these permissions may see; none without ``work.read``."""
    if "work.read" not in permissions:
        return frozenset()
    return frozenset(kind.name for kind in _kinds.values() if kind.read in permissions)


def all_queues() -> tuple[str, ...]:
    """Every queue, in order."""
    return tuple(sorted({kind.queue for kind in _kinds.values()}))
