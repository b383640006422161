"""Limits of lines whose usage comes in files: held, counted against, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from linehouse.charging import controls_store as store
from linehouse.charging import store as usage_store
from linehouse.charging.controls.after_the_fact import Spending
from linehouse.charging.controls.rows import of_row
from linehouse.charging.controls.values import LineControls
from linehouse.charging.ports import tax_rate
from linehouse.charging.service.happened import happened
from linehouse.charging.service.lines import Tariffs
from linehouse.charging.values import Line, RatedUsage
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.period import Period
from linehouse.rating.matching import Facts
from linehouse.rating.service import country_of_tadig
from linehouse.rating.session.view import passes
from linehouse.rating.values import Direction, UsageEvent, UsageType
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
    return Spending(
        {row["subscription_id"]: of_row(row, lines[row["subscription_id"]], rules, now, tax_rate) for row in rows}
    )


def keep(spending: Spending | None) -> None:
    """What was spent, and what the customers are to be told of it."""
    if spending is None:
        return
    store.put_caps([(of, row) for (of, _), row in spending.changed.items()])
    for of, one in spending.happenings:
        happened({"what": one.what, "line": str(of), **one.facts})


def spent_before(line: Line, controls: LineControls, key: str, valid: Period) -> int:
    """What the line has spent in the period that a limit counts, as its rated records say: the limit was off so far.

    Micro-units, in the tariffs' tax mode.
    """
    reach, tariffs, total = controls.rules.limits[key].reach, Tariffs(), 0
    condition = "subscription_id = %s AND stands AND amount <> 0 AND started_at >= %s AND started_at < %s"
    for row in usage_store.rated(condition, [line.subscription_id, valid.start, valid.end], "sequence", ""):
        found = tariffs.at(row.tariff.partition("/")[0], row.started_at)
        tariff = found or (tariffs.at(line.tariff_key, row.started_at) if line.tariff_key else None)
        if tariff is None:
            continue
        facts = Facts.of(tariff.tariff, _event(row))
        if reach.covers(facts) and not passes(facts, controls.rules.open_zones):
            total += row.amount.micros
    return total


def _event(row: RatedUsage) -> UsageEvent:
    mcc, _, mnc = row.network.partition("-")
    return UsageEvent(
        usage_type=UsageType(row.usage_type),
        direction=Direction(row.direction),
        started_at=row.started_at,
        quantity=row.quantity.amount,
        other_party=row.peer,
        serving_plmn=Plmn(mcc, mnc) if mcc.isdigit() and mnc.isdigit() else None,
        serving_country=row.network if len(row.network) == 2 else country_of_tadig(row.network),
        correction=True,
    )
