"""What is kept of lines' controls, as values; and the rules in force, parsed once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import asyncpg

from linehouse.charging.controls.values import (
    EVER,
    CapRow,
    CounterRow,
    LineControls,
    Place,
    Setting,
    SettingKind,
    StatusRow,
)
from linehouse.charging.ports import tax_rate
from linehouse.charging.sql.controls import READ
from linehouse.charging.values import STANDARD, Line
from linehouse.kernel.period import local_date
from linehouse.rating.controls import NO_CONTROLS, Controls, read_controls
from linehouse.rating.service import load_marked

RULES = "SELECT files, home, currency FROM charging_tariffs WHERE catalog_version = $1"
IN_FORCE = """
SELECT catalog_version FROM charging_tariffs WHERE valid_from <= $1
ORDER BY valid_from DESC, catalog_version DESC LIMIT 1
"""
FOLDER = "controls"


class ControlsShelf:
    """The controls of one brand; a published version never changes."""

    def __init__(self) -> None:
        self._parsed: dict[int, Controls] = {}

    async def at(
        self, connection: asyncpg.Connection, now: datetime, known: Sequence[tuple[int, datetime]] | None = None
    ) -> Controls:
        """The controls in force at an instant. ``known``: the catalogues (number, beginning), oldest first."""
        if known is None:
            number = await connection.fetchval(IN_FORCE, now)
        else:
            number = next((one for one, begins in reversed(known) if begins <= now), None)
        if number is None:
            return NO_CONTROLS
        if number not in self._parsed:
            row = await connection.fetchrow(RULES, number)
            self._parsed[number] = controls_of(row["files"], row["home"], row["currency"])
        return self._parsed[number]


def controls_of(files: Mapping[str, str] | str, home: str, currency: str) -> Controls:
    """The controls that published files write; jsonb may come as text. No home: nothing is controlled."""
    if not home:
        return NO_CONTROLS
    texts: Mapping[str, str] = json.loads(files) if isinstance(files, str) else files
    own = sorted(path for path in texts if PurePosixPath(path).parts[0] == FOLDER)
    return read_controls([load_marked(texts[path], path) for path in own], home, currency)


async def line_controls(
    connection: asyncpg.Connection, lines: Iterable[Line], rules: Controls, since: datetime, now: datetime
) -> dict[UUID, LineControls]:
    """The controls of these lines, by subscription; months that ended before ``since`` are left out.

    Whoever asks holds the lines, so that nobody else changes them meanwhile.
    """
    known = {line.subscription_id: line for line in lines}
    if not known or rules is NO_CONTROLS:
        return {}
    return {
        row["subscription_id"]: of_row(row, known[row["subscription_id"]], rules, now)
        for row in await connection.fetch(READ, list(known), since)
    }


def of_row(row: Mapping[str, Any], line: Line, rules: Controls, now: datetime) -> LineControls:
    """A row of READ as a value."""
    settings = [_setting(one) for one in _list(row["settings"])]
    caps = [_cap(one) for one in _list(row["caps"])]
    counters = [_counter(one) for one in _list(row["counters"])]
    taxed = any(rule.without_vat for rule in rules.limits.values())
    rate = tax_rate(line.tax_country, STANDARD, local_date(now, line.zone)).fraction if taxed else Fraction(0)
    return LineControls(
        rules=rules,
        zone=line.zone,
        cycle_day=line.cycle_day,
        since=row["since"] or EVER,
        vat=rate,
        settings={(one.kind, one.key): one for one in settings},
        caps={one.name: one for one in caps},
        counters={one.name: one for one in counters},
        statuses={one["key"]: _status(one) for one in _list(row["statuses"])},
        place=Place(row["country"] or "", row["plmn"] or "", row["device"] or ""),
    )


def _list(value: object) -> list[dict[str, Any]]:
    found = json.loads(value) if isinstance(value, str) else value
    return found if isinstance(found, list) else []


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _setting(one: Mapping[str, Any]) -> Setting:
    return Setting(
        kind=SettingKind(one["kind"]),
        key=one["key"],
        on=one["on"],
        amount=one["amount"],
        hard=one["hard"],
        until=_instant(one["until"]),
    )


def _cap(one: Mapping[str, Any]) -> CapRow:
    return CapRow(
        key=one["key"],
        starts=datetime.fromisoformat(one["starts"]),
        ends=_instant(one["ends"]),
        spent=one["spent"],
        reserved=one["reserved"],
        told=one["told"],
        consented_at=_instant(one["consented_at"]),
        recent=tuple((at, amount) for at, amount in one["recent"]),
    )


def _counter(one: Mapping[str, Any]) -> CounterRow:
    return CounterRow(
        key=one["key"],
        starts=datetime.fromisoformat(one["starts"]),
        ends=_instant(one["ends"]),
        used=one["used"],
        open=one["open"],
    )


def _status(one: Mapping[str, Any]) -> StatusRow:
    return StatusRow(
        key=one["key"],
        status=one["status"],
        acts=one["acts"],
        next_status=one["next_status"],
        next_at=_instant(one["next_at"]),
    )
