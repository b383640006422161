"""Usage that was told after it happened: what lies above a limit that nobody agreed to pass is no bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from linehouse.charging.controls.deciding import notice_due, parts
from linehouse.charging.controls.values import EVER, CapRow, Happening, LineControls
from linehouse.rating.session.state import ServiceState, SpendCap, State
from linehouse.rating.session.view import caps_on
from linehouse.rating.values import Consumption, Tariff, UsageEvent


@dataclass
class Spending:
    """The caps of the lines of a file, as the records before left them. What rolls is only counted while it is used."""

    lines: Mapping[UUID, LineControls]
    changed: dict[tuple[UUID, str], CapRow] = field(default_factory=dict)
    happenings: list[tuple[UUID, Happening]] = field(default_factory=list)

    def count(
        self, subscription_id: UUID, event: UsageEvent, tariff: Tariff, consumption: Consumption
    ) -> tuple[Consumption, int]:
        """The same without what lies above a limit, and how much that is (micro-units, in the tariff's tax mode)."""
        line = self.lines.get(subscription_id)
        charge = sum(consumption.money_takes.values())
        if line is None or not charge:
            return consumption, 0
        state = parts(line, None, event.started_at).into(State())
        caps = [cap for cap in caps_on(state, ServiceState(event=event), tariff, event.started_at) if cap.valid]
        caps = [self._as_it_stands(subscription_id, cap) for cap in caps]
        rooms = [room for cap in caps if (room := cap.room(tariff)) is not None]
        spared = max(0, charge - min(rooms)) if rooms else 0
        for cap in caps:
            self._spend(subscription_id, line, cap, charge - spared, tariff)
        return (_without(consumption, spared) if spared else consumption), spared

    def _as_it_stands(self, subscription_id: UUID, cap: SpendCap) -> SpendCap:
        row = self.changed.get((subscription_id, cap.key))
        return cap if row is None else replace(cap, spent=row.spent)

    def _spend(self, subscription_id: UUID, line: LineControls, cap: SpendCap, more: int, tariff: Tariff) -> None:
        of = subscription_id, cap.key
        starts, ends = (cap.valid.start, cap.valid.end) if cap.valid is not None else (EVER, None)
        row = (
            self.changed.get(of)
            or line.caps.get(cap.key)
            or CapRow(key=cap.key.partition("@")[0], starts=starts, ends=ends)
        )
        row = replace(row, spent=row.spent + more)
        due = notice_due(subscription_id, line, replace(cap, spent=row.spent), row, tariff, stopped=False)
        if due is not None:
            row = replace(row, told=due[0])
            self.happenings.append((subscription_id, due[1]))
        self.changed[of] = row


def _without(consumption: Consumption, spared: int) -> Consumption:
    """Who would pay last is spared first."""
    money, excess = dict(consumption.money_takes), spared
    for ref in reversed(list(money)):
        less = min(excess, max(0, money[ref]))
        money[ref] -= less
        excess -= less
    return replace(
        consumption,
        money_takes={ref: left for ref, left in money.items() if left},
        uncollected=consumption.uncollected + spared,
    )
