"""Peers, realms and brands as the control database has them. Plain SQL through asyncpg."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

import asyncpg

from linehouse.charging.node import Charger
from linehouse.edge.network.diameter.peers import Directory, Peer, Realm
from linehouse.platform.postgres.generated_version import generated_version

_PEERS = """
SELECT host, realm, coalesce(brand_id, '') AS brand, connect, tls, sources FROM control_diameterpeer ORDER BY host
"""
_REALMS = "SELECT name, brand_id AS brand, services FROM control_diameterrealm ORDER BY name"
_BRANDS = """
SELECT key, database FROM control_brand
WHERE NOT frozen AND (schema_version = $1 OR $1 = ANY (string_to_array(serves, ' '))) ORDER BY key
"""
_HAS = """
SELECT EXISTS (SELECT 1 FROM charging_line WHERE msisdn = $1)
    OR EXISTS (SELECT 1 FROM resource_assignment WHERE kind = 'imsi' AND number = nullif($2, '')::bigint)
"""
_NEWER = """
WITH before AS (SELECT state FROM control_diameterorigin WHERE host = $1 FOR UPDATE),
written AS (
    INSERT INTO control_diameterorigin (host, state, seen_at) VALUES ($1, $2, now())
    ON CONFLICT (host) DO UPDATE SET state = excluded.state, seen_at = excluded.seen_at
    WHERE control_diameterorigin.state < excluded.state RETURNING 1
)
SELECT (SELECT state FROM before) AS before, EXISTS (SELECT 1 FROM written) AS written
"""
_REMEMBERED = 20_000


class Chargers(Protocol):
    """Connections by the name of a database, and who charges the lines of one."""

    async def pool(self, database: str) -> asyncpg.Pool:
        """The connections to one database."""
        ...

    async def charger(self, database: str) -> Charger:
        """The one that charges the lines of that database."""
        ...


class Houses:
    """What the installation knows of its peers and brands; `refresh` reads it anew."""

    def __init__(self, node: Chargers, control: str) -> None:
        """Nothing is known yet."""
        self.directory = Directory()
        self._node = node
        self._control = control
        self._databases: dict[str, str] = {}
        self._chargers: dict[str, Charger] = {}
        self._found: dict[tuple[str, str], str] = {}

    async def refresh(self) -> Directory:
        """Read peers, realms and brands. Raises what the database raises."""
        pool = await self._node.pool(self._control)
        peers = await pool.fetch(_PEERS)
        realms = await pool.fetch(_REALMS)
        brands = await pool.fetch(_BRANDS, generated_version())
        databases = {row["key"]: row["database"] for row in brands}
        if databases != self._databases:
            self._found.clear()
        self._databases = databases
        self.directory = Directory.of(
            [
                Peer(row["host"], row["realm"], row["brand"], row["connect"], row["tls"], tuple(_json(row["sources"])))
                for row in peers
            ],
            [Realm(row["name"], row["brand"], _json(row["services"])) for row in realms],
        )
        return self.directory

    def services(self, realm: str) -> Mapping[str, Mapping[str, str]]:
        """What the realm says of its service contexts."""
        found = self.directory.realm(realm)
        return found.services if found is not None else {}

    async def charger(self, realm: str, peer: Peer, msisdn: str, imsi: str) -> Charger | None:
        """By destination realm, else the peer's brand, else the only brand that has the number; None: no brand has.

        A peer that has a brand reaches no other one, whatever realm it names.
        """
        found = self.directory.realm(realm)
        brand = found.brand if found is not None else peer.brand
        if peer.brand and brand != peer.brand:
            return None
        if not brand:
            brand = await self._only(msisdn, imsi)
        database = self._databases.get(brand)
        return await self._node.charger(database) if database else None

    async def all(self) -> list[Charger]:
        """Those of all brands."""
        self._chargers = {key: await self._node.charger(database) for key, database in self._databases.items()}
        return list(self._chargers.values())

    def opened(self, brand: str) -> list[Charger]:
        """The brand's, or for no brand those of all, as far as they were asked for before."""
        return [charger for key, charger in self._chargers.items() if brand in {"", key}]

    async def is_newer(self, host: str, state: int) -> bool:
        """Note the Origin-State-Id of a host; whether it had a smaller one before. True for one node alone."""
        pool = await self._node.pool(self._control)
        row = await pool.fetchrow(_NEWER, host, state)
        return row is not None and row["before"] is not None and bool(row["written"])

    async def _only(self, msisdn: str, imsi: str) -> str:
        if len(self._databases) == 1:
            return next(iter(self._databases))
        if known := self._found.get((msisdn, imsi)):
            return known
        having = []
        for key, database in self._databases.items():
            pool = await self._node.pool(database)
            if await pool.fetchval(_HAS, msisdn, imsi):
                having.append(key)
        if len(having) != 1:
            return ""
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        self._found[msisdn, imsi] = having[0]
        return having[0]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
