"""Jobs and events: once, in order, after a crash too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from linehouse.kernel.event import Event
from linehouse.kernel.ids import new_id
from linehouse.platform import runner
from linehouse.platform.clock.errors import ClockBackwards, ClockStuck
from linehouse.platform.clock.service import business_now
from linehouse.platform.jobs import registry
from linehouse.platform.jobs.models import Job
from linehouse.platform.jobs.registry import Attempt, RetryLater, external_job, job
from linehouse.platform.jobs.service import discard, enqueue, retry
from linehouse.platform.numbers.service import declare_series, next_number
from linehouse.platform.outbox import registry as listeners
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.outbox.service import emit, recorded, search_events
from linehouse.platform.work import Actor, Work, unit_of_work
from tests.conftest import START


class Rang(Event, name="test.bell.rang", aggregate="bell_id"):
    """A bell was rung."""

    bell_id: UUID
    times: int


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Kinds and consumers declared in a test are forgotten after it."""
    kinds, consumers = dict(registry._kinds), dict(listeners._consumers)
    yield
    for known, before in ((registry._kinds, kinds), (listeners._consumers, consumers)):
        known.clear()
        known.update(before)  # type: ignore[arg-type]  # each with its own


@pytest.fixture
def heard(forgetful: None) -> list[int]:
    """What a consumer of the bell has heard."""
    found: list[int] = []

    @consumer("test.listener", on=(Rang,))
    def listen(event: Rang, work: Work) -> None:
        found.append(event.times)

    return found


def test_an_event_reaches_its_consumer_once(
    heard: list[int], actor: Actor, brand: str, drain: Callable[[], int]
) -> None:
    bell = new_id()
    with unit_of_work(actor):
        emit(Rang(bell_id=bell, times=1))
        emit(Rang(bell_id=bell, times=2))
    assert heard == []
    assert drain() == 2
    assert drain() == 0
    assert heard == [1, 2]
    found, total = search_events(aggregate_id=bell)
    assert total == 2
    assert [e.aggregate_sequence for e in found] == [2, 1]
    assert found[0].actor == actor.name


def test_nothing_leaves_a_transaction_that_rolls_back(
    heard: list[int], actor: Actor, brand: str, drain: Callable[[], int]
) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work(actor):
        emit(Rang(bell_id=new_id(), times=1 // 0))
    assert drain() == 0
    assert heard == []


def test_a_consumer_that_fails_is_tried_again_and_its_first_effect_is_undone(
    forgetful: None, actor: Actor, brand: str, drain: Callable[[], int]
) -> None:
    tries: list[int] = []
    with unit_of_work(actor):
        declare_series("bell", "B-{n:03d}")

    @consumer("test.clumsy", on=(Rang,))
    def stumble(event: Rang, work: Work) -> None:
        tries.append(len(tries))
        next_number("bell")
        if len(tries) < 3:
            raise RuntimeError("stumbled")

    with unit_of_work(actor):
        emit(Rang(bell_id=new_id(), times=1))
    drain()
    assert tries == [0, 1, 2]
    with unit_of_work(actor):
        assert next_number("bell") == "B-002"
    row = Job.objects.get(kind="deliver:test.clumsy")
    assert (row.state, row.attempts, row.last_error) == ("done", 3, "")


def test_a_job_is_added_once_per_key_and_runs_when_due(
    forgetful: None, actor: Actor, advance: Callable[..., Any], brand: str, drain: Callable[[], int]
) -> None:
    ran: list[tuple[str, str]] = []

    @job("test.timer")
    def tick(payload: dict[str, Any], work: Work) -> None:
        ran.append((payload["name"], work.now.isoformat()))

    late, early = START + timedelta(days=2), START + timedelta(days=1)
    with unit_of_work(actor):
        assert enqueue("test.timer", {"name": "late"}, key="late", due=late)
        assert enqueue("test.timer", {"name": "early"}, key="early", due=early)
        assert not enqueue("test.timer", {"name": "again"}, key="early", due=early)
    assert drain() == 0
    moved = advance(START + timedelta(days=3))
    assert ran == [("early", early.isoformat()), ("late", late.isoformat())]
    assert moved.stops == 2
    assert business_now() == START + timedelta(days=3)
    with pytest.raises(ClockBackwards):
        advance(START)


def test_a_worker_killed_inside_a_job_leaves_nothing_and_the_job_runs_again(
    forgetful: None, actor: Actor, brand: str, drain: Callable[[], int]
) -> None:
    with unit_of_work(actor):
        declare_series("bell", "B-{n}")
    killed: list[bool] = []

    @job("test.fragile")
    def fragile(payload: dict[str, Any], work: Work) -> None:
        next_number("bell")
        if not killed:
            killed.append(True)
            # As kill -9 of the worker does: the server sees the connection end inside the transaction.
            with connections[brand].cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pid = cursor.fetchone()[0]
            _terminate(brand, pid)
            next_number("bell")

    with unit_of_work(actor):
        enqueue("test.fragile", {}, key="1")
    assert runner.run_one()
    assert Job.objects.get(kind="test.fragile").state == "waiting"
    assert drain() == 1
    with unit_of_work(actor):
        assert next_number("bell") == "B-2"


def _terminate(brand: str, pid: int) -> None:
    import psycopg

    conf = connections[brand].settings_dict
    with psycopg.connect(
        host=conf["HOST"],
        port=conf["PORT"],
        user=conf["USER"],
        password=conf["PASSWORD"],
        dbname=conf["NAME"],
        autocommit=True,
    ) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])


def test_an_outside_call_is_leased_and_taken_over_when_its_worker_dies(
    forgetful: None, actor: Actor, brand: str, drain: Callable[[], int]
) -> None:
    calls: list[Attempt] = []

    @external_job("test.call", lease_seconds=0)
    def call(payload: dict[str, Any], attempt: Attempt) -> None:
        calls.append(attempt)
        if len(calls) == 1:
            raise KeyboardInterrupt
        if len(calls) == 2:
            raise RetryLater("busy")

    with unit_of_work(actor):
        enqueue("test.call", {}, key="ring 1")
    with pytest.raises(KeyboardInterrupt):
        runner.run_one()
    assert Job.objects.get(kind="test.call").state == "running"
    drain()
    assert [(c.key, c.number) for c in calls] == [("ring 1", 1), ("ring 1", 2), ("ring 1", 3)]
    assert Job.objects.get(kind="test.call").state == "done"


def test_the_clock_stops_before_work_that_failed_for_good(
    forgetful: None, actor: Actor, advance: Callable[..., Any], brand: str, drain: Callable[[], int]
) -> None:
    @job("test.hopeless", max_attempts=1)
    def fail(payload: dict[str, Any], work: Work) -> None:
        raise RuntimeError("no")

    due = START + timedelta(days=1)
    with unit_of_work(actor):
        enqueue("test.hopeless", {}, key="1", due=due)
    with pytest.raises(ClockStuck):
        advance(START + timedelta(days=2))
    assert business_now() == due
    row = Job.objects.get(kind="test.hopeless")
    retry(row.id, actor=actor, reason="try again")
    with pytest.raises(ClockStuck):
        advance(START + timedelta(days=2))
    discard(row.id, actor=actor, reason="given up")
    advance(START + timedelta(days=2))
    assert business_now() == START + timedelta(days=2)


def test_the_log_names_cause_and_correlation(
    forgetful: None, actor: Actor, brand: str, drain: Callable[[], int]
) -> None:
    @consumer("test.echo", on=(Rang,))
    def echo(event: Rang, work: Work) -> None:
        if event.times < 2:
            emit(Rang(bell_id=event.bell_id, times=event.times + 1))

    bell = new_id()
    with unit_of_work(actor):
        first = emit(Rang(bell_id=bell, times=1))
    drain()
    found, _ = search_events(aggregate_id=bell)
    assert found[0].causation_id == first
    assert found[0].correlation_id == recorded(first).correlation_id
