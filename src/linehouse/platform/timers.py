"""What repeats by the business clock: each run of a timer asks for its next, so that an advance meets all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from linehouse.platform.jobs.registry import job
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.partitions import ensure_ahead
from linehouse.platform.work import Work

Next = Callable[[datetime], datetime]
Action = Callable[[Work], None]


@dataclass(frozen=True, slots=True)
class Timer:
    """A named action and the rule for when it comes next."""

    name: str
    following: Next
    action: Action


_timers: dict[str, Timer] = {}


def timer(name: str, following: Next) -> Callable[[Action], Action]:
    """Register ``action(work)`` to run at each instant that ``following`` gives after the last one.

    The job of an instant has the instant in its key, so that each runs once, however often it is asked for.
    """

    def register(action: Action) -> Action:
        known = _timers.get(name)
        if known is not None and known.action.__qualname__ != action.__qualname__:
            raise TypeError(f"timer {name!r} is declared twice")
        _timers[name] = Timer(name, following, action)

        def run(payload: dict[str, Any], work: Work) -> None:
            action(work)
            due = datetime.fromisoformat(payload["due"])
            _ask(_timers[name], due)

        run.__doc__, run.__module__, run.__qualname__ = action.__doc__, action.__module__, action.__qualname__
        job(name)(run)
        return action

    return register


def _ask(found: Timer, after: datetime) -> None:
    due = found.following(after)
    enqueue(found.name, {"due": due.isoformat()}, key=due.isoformat(), due=due)


def begin_all(now: datetime) -> None:
    """Ask for the next run of every timer after ``now``, in the surrounding unit of work; repeating is safe."""
    for found in _timers.values():
        _ask(found, now)


def daily(instant: datetime) -> datetime:
    """The next midnight in UTC."""
    day = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)


def monthly(instant: datetime) -> datetime:
    """The first of the next month, midnight in UTC."""
    day = instant.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)


@timer("platform.partitions", monthly)
def make_partitions(work: Work) -> None:
    """Make the partitions of the coming months before the first row needs them."""
    ensure_ahead(work.now)
