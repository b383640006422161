"""What is kept of lines' controls, and what published files write of them, as values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

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
from linehouse.charging.values import STANDARD, Line, Rate
from linehouse.kernel.period import local_date
from linehouse.rating.controls import NO_CONTROLS, Controls, read_controls
from linehouse.rating.service import load_marked

FOLDER = "controls"
RateOf = Callable[[str, str, date], Rate]
"""The rate of tax of a country, a category and a day."""


def controls_of(files: Mapping[str, str] | str, home: str, currency: str) -> Controls:
    """The controls that published files write; jsonb may come as text. No home: nothing is controlled."""
    if not home:
        return NO_CONTROLS
    texts: Mapping[str, str] = json.loads(files) if isinstance(files, str) else files
    own = sorted(path for path in texts if PurePosixPath(path).parts[0] == FOLDER)
    return read_controls([load_marked(texts[path], path) for path in own], home, currency)


def of_row(row: Mapping[str, Any], line: Line, rules: Controls, now: datetime, rate_of: RateOf) -> LineControls:
    """A row of what is kept as a value; ``rate_of`` says what is taken off where a limit counts without VAT."""
    settings = [_setting(one) for one in _list(row["settings"])]
    caps = [_cap(one) for one in _list(row["caps"])]
    counters = [_counter(one) for one in _list(row["counters"])]
    taxed = any(rule.without_vat for rule in rules.limits.values())
    rate = rate_of(line.tax_country, STANDARD, local_date(now, line.zone)).fraction if taxed else Fraction(0)
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
