"""The kinds of changes that another must approve. Rooms declare theirs in ``approvals.py``, loaded at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django_stubs_ext import StrOrPromise

from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.approval.errors import UnknownProposalKind
from linehouse.platform.work import Work

Payload = dict[str, Any]
Apply = Callable[[Payload, Work], str]
"""Does what was proposed, in the surrounding unit of work; returns one sentence about what was done. It goes past the
question whether approval is needed, and past nothing else."""
Fingerprint = Callable[[Payload], str]
"""What the object looks like now: a text that differs when it has changed in a way that matters."""
A = TypeVar("A", bound=Apply)


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """A kind of change. ``propose`` is the permission to do it; its limit says up to which amount alone."""

    name: str
    title: StrOrPromise
    propose: str
    decide: str
    apply: Apply
    version: int
    fingerprint: Fingerprint | None
    long: bool
    expires: timedelta
    link: Callable[[Payload], str] | None
    always: bool = False


_kinds: dict[str, ApprovalKind] = {}


def approval_kind(
    name: str,
    *,
    title: StrOrPromise,
    propose: str,
    decide: str = "approval.decide",
    version: int = 1,
    fingerprint: Fingerprint | None = None,
    long: bool = False,
    expires: timedelta = timedelta(days=7),
    link: Callable[[Payload], str] | None = None,
    always: bool = False,
) -> Callable[[A], A]:
    """Declare a kind of change; the function applies it.

    ``decide`` is the permission to decide, needed on top of ``approval.decide``. ``version`` is that of the payload: a
    proposal of another version is not applied. ``fingerprint`` notices that the object has changed since. A ``long``
    change is applied by a job. ``always`` asks another person whatever the amount. ``link`` is the object's address
    below the brand's screens. Raises TypeError when
    declared twice, KeyError for an undeclared permission.
    """
    for needed in (propose, decide):
        if needed not in PERMISSIONS:
            raise KeyError(f"permission {needed!r} is not declared")

    def register(apply: A) -> A:
        known = _kinds.get(name)
        if known is not None and getattr(known.apply, "__qualname__", "") != getattr(apply, "__qualname__", ""):
            raise TypeError(f"kind of proposal {name!r} is declared twice")
        _kinds[name] = ApprovalKind(
            name, title, propose, decide, apply, version, fingerprint, long, expires, link, always
        )
        return apply

    return register


def kind_named(name: str) -> ApprovalKind:
    """The kind. Raises UnknownProposalKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownProposalKind(f"there is no kind of proposal {name!r}", field="kind", value=name) from None


def all_kinds() -> dict[str, ApprovalKind]:
    """Every declared kind by name."""
    return dict(sorted(_kinds.items()))
