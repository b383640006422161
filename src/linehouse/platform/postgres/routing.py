"""Routing of tables to databases: control, realm or brand; the default alias is a guard, never a database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from linehouse.platform import scope
from linehouse.platform.scope import CONTROL

DEFAULT = "default"
TEMPLATE = "brand_template"
"""Alias of the migrated database from which brands are made."""

CONTROL_APPS = frozenset({"control"})
REALM_APPS = frozenset({"auth", "contenttypes", "sessions", "account", "mfa", "usersessions", "access"})
"""Log-ins and their sessions: the same tables exist in the control database and in each brand's."""

_lock = threading.Lock()
_finders: list[Callable[[], object]] = []


def find_brands_by(finder: Callable[[], object] | None) -> None:
    """Say how brands of the registry that this process does not know yet are made known."""
    _finders[:] = [finder] if finder is not None else []


class BrandConnectionHandler(ConnectionHandler):
    """Django's connections, with ``default`` resolved to the current realm and brands added while running.

    Third-party code that opens a bare transaction means its own tables, which live in the realm. Without a realm the
    guard answers what needs no connection (Django reads operators while it loads) and refuses to connect.
    """

    def __getitem__(self, alias: str) -> BaseDatabaseWrapper:
        if alias == DEFAULT and (realm := scope.realm_or_none()) is not None:
            alias = realm
        if alias not in self.settings and _finders:
            # Made by another process since this one looked; the registry is asked again, never a name believed.
            _finders[0]()
        return super().__getitem__(alias)


class GuardError(RuntimeError):
    """A query ran with neither realm nor brand set."""


def install() -> None:
    """Give Django's one connection handler the behaviour above; called once, by the settings."""
    connections.__class__ = BrandConnectionHandler


def add_database(alias: str, conf: dict[str, Any]) -> None:
    """Make a database known under an alias; the settings are replaced, never mutated under other threads."""
    with _lock:
        filled = connections.configure_settings({DEFAULT: {}, alias: dict(conf)})
        connections.settings = {**connections.settings, alias: filled[alias]}


def forget_database(alias: str) -> None:
    """Close this thread's connection to the alias and forget it."""
    with _lock:
        if alias in connections.settings:
            connections[alias].close()
            del connections[alias]
            connections.settings = {k: v for k, v in connections.settings.items() if k != alias}


def brand_aliases() -> list[str]:
    """The brands whose databases are known."""
    return [alias for alias in connections.settings if alias not in (DEFAULT, CONTROL, TEMPLATE)]


def alias_for(app_label: str) -> str:
    """The database in which the app's tables live now; raises NoBrand or NoRealm."""
    if app_label in CONTROL_APPS:
        return CONTROL
    if app_label in REALM_APPS:
        return scope.current_realm()
    return scope.current_brand()


class BrandRouter:
    """Django's router: every model's table has exactly one database in each context, or none."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        """The alias for a query; an instance's own database counts only within the same scope."""
        return self._alias(model, hints)

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        """The alias for a change."""
        return self._alias(model, hints)

    def _alias(self, model: type[models.Model], hints: dict[str, Any]) -> str:
        alias = alias_for(model._meta.app_label)
        instance = hints.get("instance")
        if instance is None:
            return alias
        bound = instance._state.db
        if bound is not None and bound != alias and _scope(type(instance)) == _scope(model):
            raise GuardError(f"{model.__name__} of {bound} was touched while {alias} is served")
        return alias

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        """Relations join rows of one database."""
        return one._state.db == other._state.db

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Control and realm tables in the control database, realm and brand tables in a brand's."""
        if db == DEFAULT:
            return False
        if db == CONTROL:
            return app_label in CONTROL_APPS or app_label in REALM_APPS
        return app_label not in CONTROL_APPS


def _scope(model: type[models.Model]) -> str:
    label = model._meta.app_label
    return "control" if label in CONTROL_APPS else "realm" if label in REALM_APPS else "brand"
