"""Which brand a caller may ask about: its bearer token against the control database. Plain SQL through asyncpg."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.postgres.generated_version import generated_version

CONTROL = "linehouse"
"""The control database."""
ASK = "usage.read"
"""What a client needs to ask for prices."""
CHARGE = "charging.write"
"""What a client needs to charge."""
REMEMBERED = 1.0
"""For how many seconds a token that was looked up is not looked up again: a revoked one serves so long at most."""
TRUSTED = 3600.0
"""For how many seconds it serves while the control database is away, where answers are given on trust."""

_BRAND = "b.key, b.database, b.frozen, b.serves, b.schema_version"
_HOLDS = "c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $2)"
_CLIENT = f"""
SELECT c.id::text AS client, c.scopes, {_BRAND}
FROM control_apiclient c JOIN control_brand b ON b.key = c.brand_id
WHERE c.token_hash = $1 AND {_HOLDS}
UNION ALL
SELECT c.id::text, coalesce((SELECT jsonb_agg(asked) FROM jsonb_array_elements_text(t.scopes) asked
                             WHERE c.scopes ? asked), '[]'), {_BRAND}
FROM control_accesstoken t JOIN control_apiclient c ON c.id = t.client_id
JOIN control_clientsecret s ON s.id = t.secret_id JOIN control_brand b ON b.key = c.brand_id
WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2
  AND s.revoked_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > $2) AND {_HOLDS}
LIMIT 1
"""  # noqa: S608  # our own text
"""The client that a token ($1, its digest) proves at an instant ($2): a long-lived one, or of OAuth 2.0."""


class NotAllowed(DomainError, code="charging_json.not_allowed", kind=Kind.FORBIDDEN):
    """The bearer token is missing, unknown or revoked, or its client may not see usage."""


class BrandClosed(DomainError, code="charging_json.brand_closed", kind=Kind.UNAVAILABLE):
    """The brand is frozen, or its database belongs to another release."""


class Databases(Protocol):
    """Connections by the physical name of a database."""

    async def pool(self, database: str) -> asyncpg.Pool:
        """The connections to one database."""
        ...


@dataclass(frozen=True, slots=True)
class BrandAccess:
    """The brand of a token and where it lives, and which client has the token."""

    key: str
    database: str
    client: str


async def brand_of(
    databases: Databases, authorization: str, control: str = CONTROL, permission: str = ASK, *, on_trust: bool = False
) -> BrandAccess:
    """The brand that an Authorization header (RFC 6750) proves. Raises NotAllowed, BrandClosed.

    ``on_trust``: while the control database is away, a token that was good within the last hour still is.
    """
    scheme, _, token = authorization.partition(" ")
    row = None
    if scheme.lower() == "bearer" and token.strip():
        digest = hashlib.sha256(token.strip().encode()).hexdigest()
        try:
            row = await _client(databases, digest, control)
        except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError):
            row = _remembered(control, digest, TRUSTED) if on_trust else None
            if row is None:
                raise
    if row is None:
        raise NotAllowed("a valid bearer token is needed", field="authorization", expected="Bearer <token>")
    if row["frozen"]:
        raise BrandClosed("the brand is frozen; nothing is served until it is opened again")
    if generated_version() not in (row["serves"].split() or [row["schema_version"]]):
        raise BrandClosed("the brand's database is being brought to another release; try again later")
    scopes = json.loads(row["scopes"]) if isinstance(row["scopes"], str) else row["scopes"]
    if permission not in scopes:
        raise NotAllowed(f"this needs the permission {permission}", field="authorization", expected=permission)
    return BrandAccess(row["key"], row["database"], row["client"])


_seen: dict[tuple[str, str], tuple[float, Any]] = {}
_SEEN_AT_MOST = 1_000


def _remembered(control: str, digest: str, seconds: float) -> Any:
    seen = _seen.get((control, digest))
    return seen[1] if seen is not None and asyncio.get_running_loop().time() - seen[0] < seconds else None


async def _client(databases: Databases, digest: str, control: str) -> Any:
    if (known := _remembered(control, digest, REMEMBERED)) is not None:
        return known
    pool = await databases.pool(control)
    row = await pool.fetchrow(_CLIENT, digest, MachineClock().now())
    if row is not None:
        if len(_seen) >= _SEEN_AT_MOST:
            _seen.clear()
        _seen[control, digest] = asyncio.get_running_loop().time(), row
    return row
