"""The controls of lines as the charging process reads them; the rules in force, parsed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from linehouse.charging.controls.rows import controls_of, of_row
from linehouse.charging.controls.values import LineControls
from linehouse.charging.ports import tax_rate
from linehouse.charging.sql.controls import IN_FORCE, READ, RULES
from linehouse.charging.values import Line
from linehouse.rating.controls import NO_CONTROLS, Controls


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
        row["subscription_id"]: of_row(row, known[row["subscription_id"]], rules, now, tax_rate)
        for row in await connection.fetch(READ, list(known), since)
    }
