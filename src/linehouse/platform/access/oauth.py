"""Secrets and access tokens of API clients (RFC 6749 §4.4): proved, issued, revoked. Only hashes are kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from linehouse.kernel.clock import MachineClock
from linehouse.platform.access.clients import (
    ACCESS_TOKEN_PREFIX,
    ClientIdentity,
    client,
    client_for_token,
    forget_identities,
    token_hash,
)
from linehouse.platform.control.models import AccessToken, ClientSecret
from linehouse.platform.scope import CONTROL

_KEPT = timedelta(days=1)
"""How long an ended token stays on record; then the next one that its client is given clears it away."""


@dataclass(frozen=True, slots=True)
class ProvedClient:
    """A client that has shown a secret of its own, and how long tokens that it is given live."""

    identity: ClientIdentity
    secret_id: UUID
    token_seconds: int

    @property
    def client_id(self) -> str:
        """The id as the protocol says it."""
        return str(self.identity.id)


def proved_by_secret(client_id: str, secret: str) -> ProvedClient | None:
    """The client of that id, if the secret is one of its own that holds; None otherwise, whatever is wrong."""
    try:
        wanted = UUID(client_id)
    except ValueError:
        return None
    now = MachineClock().now()
    found = (
        ClientSecret.objects.select_related("client")
        .filter(secret_hash=token_hash(secret), client_id=wanted, revoked_at=None)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .first()
    )
    identity = client(wanted) if found is not None else None
    if found is None or identity is None:
        return None
    return ProvedClient(identity, found.id, found.client.token_seconds)


def new_access_token() -> str:
    """A token that nobody guesses: 256 random bits behind a prefix that tells it from a long-lived one."""
    return ACCESS_TOKEN_PREFIX + secrets.token_urlsafe(32)


def keep_token(proved: ProvedClient, token: str, scopes: frozenset[str]) -> datetime:
    """Put an access token into force; returns when it ends. Old ones of the client are cleared away."""
    now = MachineClock().now()
    ends = now + timedelta(seconds=proved.token_seconds)
    if proved.identity.expires_at is not None:
        ends = min(ends, proved.identity.expires_at)
    with transaction.atomic(using=CONTROL):
        AccessToken.objects.filter(client_id=proved.identity.id, expires_at__lt=now - _KEPT).delete()
        AccessToken.objects.create(
            client_id=proved.identity.id,
            secret_id=proved.secret_id,
            token_hash=token_hash(token),
            scopes=sorted(scopes),
            issued_at=now,
            expires_at=ends,
        )
    return ends


def revoke_token(proved: ProvedClient, token: str) -> None:
    """End an access token of the client (RFC 7009); another client's or an unknown one changes nothing."""
    AccessToken.objects.filter(client_id=proved.identity.id, token_hash=token_hash(token), revoked_at=None).update(
        revoked_at=MachineClock().now()
    )
    forget_identities()


def token_facts(proved: ProvedClient, token: str) -> dict[str, object] | None:
    """What a client may learn of a token of its own brand (RFC 7662); None when it does not hold."""
    identity = client_for_token(token)
    if identity is None or identity.brand != proved.identity.brand:
        return None
    facts: dict[str, object] = {
        "client_id": str(identity.id),
        "scope": " ".join(sorted(identity.scopes)),
        "token_type": "Bearer",
        "sub": str(identity.id),
        "aud": identity.brand,
    }
    if identity.expires_at is not None:
        facts["exp"] = int(identity.expires_at.timestamp())
    return facts
