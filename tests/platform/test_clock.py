"""The business clock, timers and monthly partitions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from linehouse.kernel.clock import MachineClock
from linehouse.platform.clock.errors import ClockBackwards
from linehouse.platform.clock.models import BusinessClock
from linehouse.platform.clock.service import business_now, clock_state, set_live, set_manual, set_running
from linehouse.platform.jobs.models import Job
from linehouse.platform.partitions import default_partitions_are_empty, ensure_ahead
from linehouse.platform.sql import brand_cursor
from linehouse.platform.timers import begin_all, daily, monthly
from linehouse.platform.work import Actor, unit_of_work
from tests.conftest import START


def test_a_clock_that_stands_runs_and_follows(brand: str) -> None:
    assert business_now() == START
    set_running()
    first = clock_state()
    assert first.mode == "offset"
    assert timedelta(0) <= first.now - START < timedelta(minutes=5)
    assert clock_state().now >= first.now
    BusinessClock.objects.all().delete()
    set_live()
    assert abs(business_now() - MachineClock().now()) < timedelta(minutes=1)


def test_business_time_never_goes_back(brand: str) -> None:
    with pytest.raises(ClockBackwards):
        set_manual(START - timedelta(microseconds=1))
    set_manual(MachineClock().now() + timedelta(days=400))
    with pytest.raises(ClockBackwards):
        set_live()


def test_every_move_is_an_event_and_grows_the_generation(
    brand: str, advance: Callable[..., Any], events: Callable[[], list[str]]
) -> None:
    before = clock_state().generation
    advance(START + timedelta(days=1))
    assert events() == ["clock.business.advanced"]
    state = clock_state()
    assert state.generation > before
    assert state.target is None


@pytest.mark.parametrize(
    ("now", "day", "month"),
    [
        ("2026-11-01T08:00:00+00:00", "2026-11-02T00:00:00+00:00", "2026-12-01T00:00:00+00:00"),
        ("2026-12-31T23:59:59+00:00", "2027-01-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"),
        ("2028-02-28T00:00:00+00:00", "2028-02-29T00:00:00+00:00", "2028-03-01T00:00:00+00:00"),
    ],
)
def test_timers_know_when_they_come_next(now: str, day: str, month: str) -> None:
    assert daily(datetime.fromisoformat(now)) == datetime.fromisoformat(day)
    assert monthly(datetime.fromisoformat(now)) == datetime.fromisoformat(month)


def test_a_timer_asks_for_its_next_run_and_runs_once(brand: str, actor: Actor, advance: Callable[..., Any]) -> None:
    for _ in range(2):
        with unit_of_work(actor) as work:
            begin_all(work.now)
    advance(START + timedelta(days=95))
    jobs = Job.objects.filter(kind="platform.partitions").order_by("due_at")
    assert [(job.state, f"{job.due_at:%Y-%m-%d}") for job in jobs] == [
        ("done", "2026-12-01"),
        ("done", "2027-01-01"),
        ("done", "2027-02-01"),
        ("waiting", "2027-03-01"),
    ]
    with brand_cursor() as cursor:
        cursor.execute("SELECT to_regclass('ledger_transfer_2027_05') IS NOT NULL")
        assert cursor.fetchone() == (True,)
    assert default_partitions_are_empty().findings == ()


def test_partitions_are_made_once(brand: str) -> None:
    made = ensure_ahead(START, START + timedelta(days=800))
    assert made > 0
    assert ensure_ahead(START, START + timedelta(days=800)) == 0


def test_a_row_in_a_default_partition_is_an_alarm(brand: str) -> None:
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_account (key, class, asset) VALUES ('bank/a', 'bank', 'EUR'), ('bank/b', 'bank', 'EUR')"
        )
        cursor.execute(
            "INSERT INTO ledger_transfer (cause, leg, debit_account, credit_account, asset, amount, business_time,"
            " machine_time, actor)"
            " SELECT 'far', 1, min(id), max(id), 'EUR', 1, '2099-01-01', now(), 'x' FROM ledger_account"
        )
    assert [finding.subject for finding in default_partitions_are_empty().findings] == ["ledger_transfer_default"]
