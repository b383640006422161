"""Rate limits, quotas and the meter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from linehouse.kernel.clock import FixedClock
from linehouse.platform.access import meter
from linehouse.platform.access.clients import ClientIdentity, client_for_token, create_client
from linehouse.platform.access.meter import Rate, TurnedAway
from linehouse.platform.control.models import ApiClient, ClientUsage

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """The machine's clock as the meter reads it."""
    clock = FixedClock(NOON)
    monkeypatch.setattr(meter, "MachineClock", lambda: clock)
    monkeypatch.setattr(meter, "_flushed", [])
    return clock


def client(brand: str, **given: int) -> ClientIdentity:
    token = create_client("bot", brand, frozenset({"clock.read"}))
    ApiClient.objects.update(**given)
    found = client_for_token(token)
    assert found is not None
    return found


def test_a_minutes_calls_may_come_at_once_and_then_as_fast_as_the_rate(brand: str, clock: FixedClock) -> None:
    bot = client(brand, per_minute=60)
    answers = [meter.take(bot, "x") for _ in range(60)]
    assert answers[0] == Rate(60, 59, 1)
    assert answers[-1] == Rate(60, 0, 60)
    assert meter.take(bot, "x") == TurnedAway(1, quota=False, rate=Rate(60, 0, 60))
    clock.set(NOON + timedelta(milliseconds=999))
    assert isinstance(meter.take(bot, "x"), TurnedAway)
    clock.set(NOON + timedelta(seconds=1))
    assert isinstance(meter.take(bot, "x"), Rate)
    assert isinstance(meter.take(bot, "x"), TurnedAway)
    clock.set(NOON + timedelta(hours=1))
    assert meter.take(bot, "x") == Rate(60, 59, 1)


def test_without_a_limit_nothing_is_held_back(brand: str, clock: FixedClock) -> None:
    bot = client(brand)
    assert {meter.take(bot, "x") for _ in range(100)} == {None}


def test_the_quota_of_the_month_ends_and_begins_again(brand: str, clock: FixedClock) -> None:
    bot = client(brand, monthly_quota=3)
    for _ in range(3):
        assert meter.take(bot, "x") is None
        meter.count(bot, "x", 200)
    assert meter.take(bot, "x") == TurnedAway(12 * 3600, quota=True, rate=None)
    meter.flush()
    assert isinstance(meter.take(bot, "x"), TurnedAway)
    clock.set(NOON + timedelta(hours=12))
    assert meter.take(bot, "x") is None


def test_calls_are_counted_by_day_and_api(brand: str, clock: FixedClock) -> None:
    bot = client(brand, per_minute=6)
    for api, status in (("orders", 200), ("orders", 404), ("orders", 503), ("bills", 200)):
        meter.take(bot, api)
        meter.count(bot, api, status)
    clock.set(NOON + timedelta(days=1))
    for _ in range(7):
        meter.take(bot, "orders")
    meter.count(bot, "orders", 200)
    found = [(d.day, d.api, d.calls, d.refused, d.failed, d.limited) for d in meter.usage_of(bot.id, date(2026, 11, 1))]
    assert found == [
        (date(2026, 11, 30), "bills", 1, 0, 0, 0),
        (date(2026, 11, 30), "orders", 3, 1, 1, 0),
        (date(2026, 12, 1), "orders", 1, 0, 0, 1),
    ]


def test_the_meter_is_written_every_two_seconds_not_with_every_call(brand: str, clock: FixedClock) -> None:
    bot = client(brand)
    meter.count(bot, "x", 200)
    for _ in range(5):
        meter.count(bot, "x", 200)
    assert ClientUsage.objects.get().calls == 1
    clock.set(NOON + meter.FLUSHED_EVERY)
    meter.count(bot, "x", 200)
    assert ClientUsage.objects.get().calls == 7


def test_calls_of_a_client_that_is_gone_are_let_go(brand: str, clock: FixedClock) -> None:
    bot = client(brand)
    meter.count(bot, "x", 200)
    meter.count(bot, "x", 200)
    ApiClient.objects.all().delete()
    meter.flush()
    assert not ClientUsage.objects.exists()
