"""Reading and setting the business clock. Moving it through due work is ``platform.advance``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.period import require_aware
from linehouse.platform.clock.errors import ClockBackwards
from linehouse.platform.clock.models import BusinessClock
from linehouse.platform.sql import hot_cursor, together


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
    if row is None:
        return ClockState(MachineClock().now(), "live", 0, None)
    return ClockState(shown(row.mode, row.instant, row.offset), row.mode, row.generation, row.target)


def shown(mode: str | None, instant: datetime | None, offset: timedelta | None) -> datetime:
    """What a clock shows that runs so; one without a row (no mode) follows the machine's."""
    if mode is None or mode == BusinessClock.Mode.LIVE:
        return MachineClock().now()
    if mode == BusinessClock.Mode.OFFSET and offset is not None:
        return MachineClock().now() + offset
    if instant is None:
        raise RuntimeError("a manual clock without an instant, which the database refuses")
    return require_aware(instant).astimezone(UTC)


_READ = 'SELECT mode, instant, "offset" FROM clock_businessclock WHERE id = 1'


def business_now() -> datetime:
    """The instant by which the current brand decides money, state and validity."""
    with hot_cursor() as cursor:
        cursor.execute(_READ)
        return shown(*(cursor.fetchone() or (None, None, None)))


_READ_WITH = """
SELECT clock.mode, clock.instant, clock."offset", set_config(%s, %s, true), set_config(%s, %s, true)
FROM (VALUES (1)) AS one (id) LEFT JOIN clock_businessclock AS clock ON clock.id = one.id
"""


def business_now_with(settings: Mapping[str, str]) -> datetime:
    """The same, with two settings made for the open transaction on the way: each is one round trip less."""
    with together(), hot_cursor() as cursor:
        cursor.execute(_READ_WITH, [text for pair in settings.items() for text in pair])
        mode, instant, offset = cursor.fetchone()[:3]
        return shown(mode, instant, offset)


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
