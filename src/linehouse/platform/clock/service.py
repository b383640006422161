"""Reading and setting the business clock. Moving it through due work is ``platform.advance``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.period import require_aware
from linehouse.platform.clock.errors import ClockBackwards
from linehouse.platform.clock.models import BusinessClock


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the clock shows, how it runs, and where an advance under way is going."""

    now: datetime
    mode: str
    generation: int
    target: datetime | None


def clock_state() -> ClockState:
    """The current brand's clock, read in the surrounding transaction where there is one."""
    row = BusinessClock.objects.filter(id=1).first()
    machine = MachineClock().now()
    if row is None or row.mode == BusinessClock.Mode.LIVE:
        return ClockState(machine, "live", row.generation if row else 0, row.target if row else None)
    if row.mode == BusinessClock.Mode.OFFSET and row.offset is not None:
        return ClockState(machine + row.offset, "offset", row.generation, row.target)
    if row.instant is None:
        raise RuntimeError("a manual clock without an instant, which the database refuses")
    return ClockState(require_aware(row.instant), "manual", row.generation, row.target)


def business_now() -> datetime:
    """The instant by which the current brand decides money, state and validity."""
    return clock_state().now


def set_manual(instant: datetime, *, target: datetime | None = None) -> int:
    """Let the clock stand at the instant; returns the new generation. Raises ClockBackwards for an earlier one."""
    state = clock_state()
    exists = BusinessClock.objects.filter(id=1).exclude(mode="live").exists()
    if exists and instant < state.now:
        raise ClockBackwards(
            "business time moves forward only",
            field="to",
            value=instant.isoformat(),
            expected=f"not before {state.now.isoformat()}",
        )
    row, _ = BusinessClock.objects.update_or_create(
        id=1, defaults={"mode": "manual", "instant": instant, "target": target, "generation": state.generation + 1}
    )
    return row.generation


def set_live() -> None:
    """Let the clock follow the machine's; refused by ClockBackwards when it is already ahead."""
    state = clock_state()
    machine = MachineClock().now()
    if state.mode != "live" and state.now > machine:
        raise ClockBackwards(
            "the business clock is ahead of the machine's", field="mode", value="live", expected="manual or offset"
        )
    BusinessClock.objects.update_or_create(
        id=1,
        defaults={"mode": "live", "instant": None, "offset": None, "target": None, "generation": state.generation + 1},
    )


def set_running() -> None:
    """Let a manual clock run on from where it stands, at the machine's pace."""
    state = clock_state()
    BusinessClock.objects.update_or_create(
        id=1,
        defaults={
            "mode": "offset",
            "offset": state.now - MachineClock().now(),
            "instant": None,
            "target": None,
            "generation": state.generation + 1,
        },
    )
