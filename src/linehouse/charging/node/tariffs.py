"""Tariffs as the charging process reads them: parsed once, since a published version never changes."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import asyncpg

from linehouse.charging.node.told import MOVED, ON_NET
from linehouse.charging.online.subject import TariffVersion
from linehouse.charging.sql.lines import TARIFFS_FILES, tariffs_of
from linehouse.charging.sql.online import VERSIONS
from linehouse.rating.service import asked_by, cost_key_of, counts_period
from linehouse.rating.values import Tariff

_KEPT = 64


class TariffShelf:
    """The tariffs of one brand."""

    def __init__(self) -> None:
        self._parsed: dict[int, Mapping[str, Tariff]] = {}
        self._known: list[tuple[int, datetime, str]] = []
        self._versions: dict[str, tuple[TariffVersion, ...]] = {}

    async def refresh(self, connection: asyncpg.Connection) -> None:
        """Look for catalogues that came or were taken back since."""
        known = [tuple(row) for row in await connection.fetch(VERSIONS)]
        if known != self._known:
            self._known = known
            self._versions = {}
        for number, _, _ in self._known[-_KEPT:]:
            if number not in self._parsed:
                self._parsed[number] = tariffs_of(await connection.fetchval(TARIFFS_FILES, number))
                # Tariffs stay, and have a hundred thousand parts: the collector need not look through them ever again.
                gc.collect()
                gc.freeze()

    @property
    def known(self) -> list[tuple[int, datetime, str]]:
        """The catalogues that are published: number, beginning, wholesale tariff; oldest first."""
        return self._known

    def versions_of(self, key: str) -> tuple[TariffVersion, ...]:
        """The versions of a tariff, oldest first: one for each catalogue, in force from its beginning on."""
        if key not in self._versions:
            found: list[TariffVersion] = []
            for number, valid_from, cost_tariff in self._known[-_KEPT:]:
                tariffs = self._parsed[number]
                if key not in tariffs:
                    continue
                tariff = tariffs[key]
                wholesale = tariffs.get(cost_key_of(tariff, cost_tariff or None) or "")
                in_force = replace(tariff, valid_from=valid_from)
                counts = counts_period(tariff)
                version = TariffVersion(
                    tariff=in_force,
                    catalog_version=number,
                    wholesale=wholesale,
                    counts=counts,
                    asks=_asks(tariff) | (_asks(wholesale) if wholesale is not None else frozenset()),
                )
                found.append(version)
            self._versions[key] = tuple(found)
        return self._versions[key]


def _asks(tariff: Tariff) -> frozenset[str]:
    words = {word for word, _ in asked_by(tariff)}
    if tariff.asks_on_net:
        words.add(ON_NET)
    if tariff.asks_ported:
        words.add(MOVED)
    return frozenset(words)
