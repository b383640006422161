"""Which realm and which brand the running code serves. Neither has a default: no brand, no query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from linehouse.kernel.error import DomainError, Kind

CONTROL = "control"
"""The realm of staff and API clients, and the alias of the control database."""

_realm: ContextVar[str] = ContextVar("realm")
_brand: ContextVar[str] = ContextVar("brand")


class NoBrand(DomainError, code="platform.no_brand", kind=Kind.INVALID):
    """Code that needs a brand ran without one; it must stand inside ``brand_scope``."""


class NoRealm(DomainError, code="platform.no_realm", kind=Kind.INVALID):
    """Code that needs to know whose log-ins are meant ran outside any realm."""


def current_brand() -> str:
    """The key of the brand served now; raises NoBrand."""
    try:
        return _brand.get()
    except LookupError:
        raise NoBrand("no brand is set", expected="a surrounding brand_scope") from None


def brand_or_none() -> str | None:
    """The key of the brand served now, where there is one."""
    return _brand.get(None)


def current_realm() -> str:
    """``control`` or the key of the brand whose subscribers log in; raises NoRealm."""
    try:
        return _realm.get()
    except LookupError:
        raise NoRealm("no realm is set", expected="a surrounding realm_scope") from None


def realm_or_none() -> str | None:
    """The realm, where there is one."""
    return _realm.get(None)


@contextmanager
def brand_scope(key: str) -> Iterator[str]:
    """Serve this brand: its database answers every query of a brand's tables inside."""
    token = _brand.set(key)
    try:
        yield key
    finally:
        _brand.reset(token)


@contextmanager
def realm_scope(key: str) -> Iterator[str]:
    """Serve the log-ins of this realm: ``control`` for staff, a brand's key for its subscribers."""
    token = _realm.set(key)
    try:
        yield key
    finally:
        _realm.reset(token)
