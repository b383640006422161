"""Limits of lines whose usage comes in files: held, counted against, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from linehouse.charging import controls_store as store
from linehouse.charging.controls.after_the_fact import Spending
from linehouse.charging.controls.reading import of_row
from linehouse.charging.service.happened import happened
from linehouse.charging.values import Line
from linehouse.usage.values import NormalisedUsage

_LATE = timedelta(days=40)


def hold(lines: Mapping[UUID, Line], records: Sequence[NormalisedUsage], now: datetime) -> Spending | None:
    """The limits of these lines, which nobody else changes from now on; None: the brand has none.

    Before buckets and counters are locked, as sessions lock them.
    """
    rules = store.rules_at(now)
    if not lines or not rules.limits:
        return None
    store.hold_lines(lines)
    since = min((record.started_at for record in records), default=now) - _LATE
    rows = store.read(list(lines), since)
    return Spending({row["subscription_id"]: of_row(row, lines[row["subscription_id"]], rules, now) for row in rows})


def keep(spending: Spending | None) -> None:
    """What was spent, and what the customers are to be told of it."""
    if spending is None:
        return
    store.put_caps([(of, row) for (of, _), row in spending.changed.items()])
    for of, one in spending.happenings:
        happened({"what": one.what, "line": str(of), **one.facts})
