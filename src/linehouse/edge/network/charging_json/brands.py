"""Which brand a caller may ask about: its bearer token against the control database. Plain SQL through asyncpg."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import asyncpg

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.postgres.generated_version import generated_version

CONTROL = "linehouse"
"""The control database."""
PERMISSION = "usage.read"
"""What a client needs to ask for prices."""

_CLIENT = """
SELECT c.scopes, b.key, b.database, b.frozen, b.serves, b.schema_version
FROM control_apiclient c JOIN control_brand b ON b.key = c.brand_id
WHERE c.token_hash = $1 AND c.revoked_at IS NULL
"""
_CLOCK = 'SELECT mode, instant, "offset" FROM clock_businessclock WHERE id = 1'


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
    """The brand of a token and where it lives."""

    key: str
    database: str


async def brand_of(databases: Databases, authorization: str, control: str = CONTROL) -> BrandAccess:
    """The brand that an Authorization header (RFC 6750) proves. Raises NotAllowed, BrandClosed."""
    scheme, _, token = authorization.partition(" ")
    row = None
    if scheme.lower() == "bearer" and token.strip():
        pool = await databases.pool(control)
        row = await pool.fetchrow(_CLIENT, hashlib.sha256(token.strip().encode()).hexdigest())
    if row is None:
        raise NotAllowed("a valid bearer token is needed", field="authorization", expected="Bearer <token>")
    if row["frozen"]:
        raise BrandClosed("the brand is frozen; nothing is served until it is opened again")
    if generated_version() not in (row["serves"].split() or [row["schema_version"]]):
        raise BrandClosed("the brand's database is being brought to another release; try again later")
    scopes = json.loads(row["scopes"]) if isinstance(row["scopes"], str) else row["scopes"]
    if PERMISSION not in scopes:
        raise NotAllowed(f"this needs the permission {PERMISSION}", field="authorization", expected=PERMISSION)
    return BrandAccess(row["key"], row["database"])


async def business_now(connection: asyncpg.Connection) -> datetime:
    """The brand's business instant, read on the same connection as everything that is decided by it."""
    row = await connection.fetchrow(_CLOCK)
    machine = MachineClock().now()
    if row is None or row["mode"] == "live":
        return machine
    if row["mode"] == "offset":
        shifted: datetime = machine + row["offset"]
        return shifted
    standing: datetime = row["instant"].astimezone(UTC)
    return standing
