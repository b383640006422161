"""Who may charge for which brand: a bearer token, a client certificate, or an address that is trusted by setting."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from linehouse.edge.network.charging_json.brands import CHARGE, TRUSTED, Databases, NotAllowed, brand_of
from linehouse.edge.network.nchf.http import Asked
from linehouse.edge.network.nchf.options import Options
from linehouse.edge.network.nchf.problems import Cause, Problem
from linehouse.platform.postgres.generated_version import generated_version

_BRANDS = """
SELECT b.key, b.database, b.frozen, b.serves, b.schema_version, coalesce(string_agg(h.host, ' '), '') AS hosts
FROM control_brand b LEFT JOIN control_brandhost h ON h.brand_id = b.key GROUP BY b.key ORDER BY b.key
"""
_REMEMBERED = 1.0
"""For how many seconds the brands that were read are not read again."""
_CHALLENGE = (("www-authenticate", "Bearer"),)


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand that may be charged for, and where it lives."""

    key: str
    database: str


@dataclass(frozen=True, slots=True)
class _Known:
    brand: Brand
    open: bool
    hosts: frozenset[str]


_seen: dict[str, tuple[float, list[_Known]]] = {}


async def brands_for(
    databases: Databases, asked: Asked, options: Options, *, on_trust: bool = False
) -> Sequence[Brand]:
    """The brands for which the caller may charge: one, or those of which whichever has the subscriber is meant.

    A token speaks for its brand. Who comes with a certificate or from a trusted address speaks for the brand of its
    entry, else for the one whose host name it called, else for all. Raises Problem 401, 403 or 503, and BrandClosed.
    ``on_trust``: while the control database is away, what was known within the last hour holds.
    """
    authorization = asked.headers.get("authorization", "")
    trusted = options.trusts(asked.peer)
    if authorization:
        try:
            found = await brand_of(databases, authorization, options.control, CHARGE, on_trust=on_trust)
        except NotAllowed as error:
            if error.expected == CHARGE:
                raise Problem(403, Cause.NOT_ALLOWED, str(error)) from None
            raise Problem(401, Cause.NOT_ALLOWED, str(error), headers=_CHALLENGE) from None
        return [Brand(found.key, found.database)]
    if trusted is None and not options.certified:
        raise Problem(
            401,
            Cause.NOT_ALLOWED,
            "a bearer token, a client certificate or a trusted address is needed",
            headers=_CHALLENGE,
        )
    known = await _brands(databases, options.control, on_trust=on_trust)
    host = asked.authority.partition(":")[0].lower()
    if trusted is not None and trusted.brand:
        known = [one for one in known if one.brand.key == trusted.brand]
    elif any(host in one.hosts for one in known):
        known = [one for one in known if host in one.hosts]
    if not known:
        raise Problem(403, Cause.NOT_ALLOWED, "this function may charge for no brand that exists")
    serving = [one.brand for one in known if one.open]
    if not serving:
        raise Problem(503, Cause.SYSTEM_FAILURE, "the brand is frozen or on its way to another release")
    return serving


async def _brands(databases: Databases, control: str, *, on_trust: bool) -> list[_Known]:
    if (known := _remembered(control, _REMEMBERED)) is not None:
        return known
    try:
        pool = await databases.pool(control)
        rows = await pool.fetch(_BRANDS)
    except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError):
        if on_trust and (known := _remembered(control, TRUSTED)) is not None:
            return known
        raise
    found = [
        _Known(
            Brand(row["key"], row["database"]),
            not row["frozen"] and generated_version() in (row["serves"].split() or [row["schema_version"]]),
            frozenset(row["hosts"].lower().split()),
        )
        for row in rows
    ]
    _seen[control] = asyncio.get_running_loop().time(), found
    return found


def _remembered(control: str, seconds: float) -> list[_Known] | None:
    seen = _seen.get(control)
    return seen[1] if seen is not None and asyncio.get_running_loop().time() - seen[0] < seconds else None
