"""API clients as they prove themselves: one indexed query for a token, and a short memory of the answer."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db import connections
from django.db.models import Q

from linehouse.kernel.clock import MachineClock
from linehouse.platform.access.grants import CLIENT, ClientTerms, Held, Sight, client_grants
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.policy import FIELD_GROUPS, LIMITS, OWN_RESOURCES
from linehouse.platform.control.models import AccessToken, ApiClient
from linehouse.platform.postgres.doors import closed_because
from linehouse.platform.scope import CONTROL

ACCESS_TOKEN_PREFIX = "lho_"  # noqa: S105 - tells access tokens of OAuth from long-lived ones; no secret
REMEMBERED = timedelta(seconds=5)
"""How long a process believes what it read of a token. A token or client that is revoked, a brand that is frozen, is
refused at once by the process that did it, and by every other process after this time at the latest."""
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class ClientIdentity:
    """An API client as it has proved itself: its brand and what it was given."""

    id: UUID
    name: str
    brand: str
    scopes: frozenset[str]
    sights: Mapping[str, Sight] = field(default_factory=dict)
    dealer: str = ""
    per_minute: int | None = None
    monthly_quota: int | None = None
    expires_at: datetime | None = None
    """When what it has proved itself by ends."""
    closed: str = ""
    """Why its brand serves nothing at present; empty when it is open."""

    def may(self, permission: str) -> bool:
        """Whether the scope list carries the permission."""
        return permission in self.scopes

    @cached_property
    def held(self) -> Held:
        """Its scopes as grants."""
        terms = ClientTerms(self.scopes, self.sights, LIMITS[CLIENT], self.dealer)
        return client_grants(terms, FIELD_GROUPS, OWN_RESOURCES)


def token_hash(token: str) -> str:
    """What is kept of a token; tokens are long and random, so one fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_client(name: str, brand: str, scopes: frozenset[str], token: str | None = None, *, dealer: str = "") -> str:
    """Register an API client and return its token, which is shown this once. Raises KeyError for an unknown scope."""
    if unknown := scopes - PERMISSIONS.keys():
        raise KeyError(f"permissions {sorted(unknown)} are not declared")
    token = token or secrets.token_urlsafe(32)
    ApiClient.objects.update_or_create(
        token_hash=token_hash(token),
        defaults={
            "name": name,
            "brand_id": brand,
            "scopes": sorted(scopes),
            "dealer": dealer,
            "created_at": MachineClock().now(),
        },
    )
    forget_identities()
    return token


def _holds_at(now: datetime, prefix: str = "") -> Q:
    return Q(**{f"{prefix}revoked_at": None}) & (
        Q(**{f"{prefix}expires_at": None}) | Q(**{f"{prefix}expires_at__gt": now})
    )


def client(client_id: UUID) -> ClientIdentity | None:
    """The client as it stands now; None when it was revoked, has expired or its brand is frozen."""
    row = ApiClient.objects.select_related("brand").filter(_holds_at(MachineClock().now()), id=client_id).first()
    if row is None or closed_because(row.brand):
        return None
    return _identity(row, frozenset(row.scopes), row.expires_at)


def client_for_token(token: str) -> ClientIdentity | None:
    """The client that the token proves, or None. One indexed query, or none for REMEMBERED after it."""
    now = MachineClock().now()
    key = (str(connections[CONTROL].settings_dict["NAME"]), token_hash(token))
    remembered = _memory.get(key)
    if remembered is not None and remembered[1] > now:
        return remembered[0]
    identity = _read(token, key[1], now)
    if identity is not None:
        until = now + REMEMBERED
        if identity.expires_at is not None:
            until = min(until, identity.expires_at)
        _remember(key, identity, until)
    return identity


def _read(token: str, hashed: str, now: datetime) -> ClientIdentity | None:
    if token.startswith(ACCESS_TOKEN_PREFIX):
        found = (
            AccessToken.objects.select_related("client__brand")
            .filter(_holds_at(now, "client__"), token_hash=hashed, revoked_at=None, expires_at__gt=now)
            .filter(Q(secret__revoked_at=None) & (Q(secret__expires_at=None) | Q(secret__expires_at__gt=now)))
            .first()
        )
        if found is None:
            return None
        # A scope that was taken from the client since is no longer held.
        return _identity(found.client, frozenset(found.scopes) & frozenset(found.client.scopes), found.expires_at)
    row = ApiClient.objects.select_related("brand").filter(_holds_at(now), token_hash=hashed).first()
    return None if row is None else _identity(row, frozenset(row.scopes), row.expires_at)


def _identity(row: ApiClient, scopes: frozenset[str], expires_at: datetime | None) -> ClientIdentity:
    return ClientIdentity(
        id=row.id,
        name=row.name,
        brand=row.brand_id,
        scopes=scopes,
        sights={group: Sight(sight) for group, sight in row.sights.items()},
        dealer=row.dealer,
        per_minute=row.per_minute,
        monthly_quota=row.monthly_quota,
        expires_at=expires_at,
        closed=closed_because(row.brand),
    )


_memory: dict[tuple[str, str], tuple[ClientIdentity, datetime]] = {}
_lock = threading.Lock()


def _remember(key: tuple[str, str], identity: ClientIdentity, until: datetime) -> None:
    with _lock:
        if len(_memory) >= _MOST_REMEMBERED:
            _memory.clear()
        _memory[key] = (identity, until)


def forget_identities() -> None:
    """Ask the database again about every token; called by this process whenever it changed what a client holds."""
    with _lock:
        _memory.clear()
