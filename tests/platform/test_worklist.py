"""The work list: tasks follow what waits, begin again, pause, end; its law sees both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from linehouse.kernel.error import Invalid
from linehouse.platform.checks import Finding, Result, Verdict
from linehouse.platform.clock.service import business_now
from linehouse.platform.jobs.models import Job
from linehouse.platform.jobs.registry import job
from linehouse.platform.jobs.service import discard, enqueue
from linehouse.platform.outbox.service import search_events
from linehouse.platform.runner import drain
from linehouse.platform.work import SYSTEM, Actor, unit_of_work
from linehouse.platform.worklist import reading, service, truth
from linehouse.platform.worklist.errors import NothingToRetry, StillWaiting, TaskNotFound, UnknownKind
from linehouse.platform.worklist.findings import record_findings
from linehouse.platform.worklist.kinds import all_kinds, task_kind, visible_kinds
from linehouse.platform.worklist.laws import everything_that_waits_has_its_task
from linehouse.platform.worklist.models import Task
from linehouse.platform.worklist.values import TaskFilter, TaskView, Waiting

Later = Callable[..., object]

BROKEN: dict[str, str] = {}
"""What waits in these tests: key to reason."""


def _broken(keys: Sequence[str] | None) -> Iterable[Waiting]:
    for key, reason in BROKEN.items():
        if keys is None or key in keys:
            yield Waiting(key, f"thing {key}", reason, {"thing": key})


def _mend(task: TaskView, actor: Actor) -> str:
    if BROKEN[task.key] == "stubborn":
        raise Invalid("it does not give way", field="thing", value=task.key)
    del BROKEN[task.key]
    return "mended"


task_kind("testing.thing", queue="testing", title="Thing", permission="work.write", retry=_mend, waiting=_broken)
task_kind("testing.plain", queue="testing", title="Plain", permission="work.write", due=timedelta(hours=1))


@pytest.fixture(autouse=True)
def _nothing_broken(brand: str) -> None:
    BROKEN.clear()


@pytest.fixture
def later(advance: Callable[[datetime], object]) -> Later:
    """Moves the clock on: ``later(days=1)``."""
    return lambda **span: advance(business_now() + timedelta(**span))


def _break(key: str, reason: str = "worn out") -> TaskView:
    BROKEN[key] = reason
    with unit_of_work(SYSTEM, "breaking") as work:
        work.touch("testing.thing", key)
    found = reading.task_of("testing.thing", key)
    assert found is not None
    return found


def _names(task_id: UUID) -> list[str]:
    return [event.name.removeprefix("worklist.task.") for event in reversed(search_events(aggregate_id=task_id)[0])]


def test_a_task_follows_its_object_and_begins_again_with_who_had_it(actor: Actor) -> None:
    first = _break("pump")
    assert (first.state, first.occurrences, first.reason, first.evidence) == ("open", 1, "worn out", {"thing": "pump"})
    service.take(first.id, actor=actor)
    BROKEN["pump"] = "worn out and wet"
    with unit_of_work(SYSTEM, "") as work:
        work.touch("testing.thing", "pump")
    again = service.find_task(first.id)
    assert (again.state, again.occurrences, again.reason) == ("taken", 1, "worn out and wet")
    with pytest.raises(StillWaiting, match="still waits"):
        service.finish(first.id, "surely", actor=actor)
    BROKEN.clear()
    with unit_of_work(SYSTEM, "a new part") as work:
        work.touch("testing.thing", "pump")
        work.touch("testing.thing", "pump")
    settled = service.find_task(first.id)
    assert (settled.state, settled.outcome, settled.settled_by) == ("done", "mended: a new part", "Linehouse")
    back = _break("pump")
    assert (back.id, back.state, back.owner_name, back.occurrences) == (first.id, "taken", actor.name, 2)
    assert _names(first.id) == ["raised", "taken", "settled", "raised"]


def test_what_rolls_back_leaves_no_task() -> None:
    BROKEN["valve"] = "leaks"

    def refused() -> None:
        with unit_of_work(SYSTEM, "") as work:
            work.touch("testing.thing", "valve")
            raise Invalid("no")

    with pytest.raises(Invalid):
        refused()
    assert reading.task_of("testing.thing", "valve") is None


def test_a_retry_repeats_the_act_and_its_result_settles_the_task(actor: Actor) -> None:
    task = _break("belt")
    assert service.retry(task.id, actor=actor) == "mended"
    assert service.find_task(task.id).state == "done"
    with pytest.raises(NothingToRetry):
        service.retry(task.id, actor=actor)
    stubborn = _break("gear", "stubborn")
    with pytest.raises(Invalid):
        service.retry(stubborn.id, actor=actor)
    left = service.find_task(stubborn.id)
    assert (left.state, left.attempts) == ("open", 1)


def test_tasks_without_an_object_are_raised_once_and_settled_by_whoever_knows(actor: Actor) -> None:
    with unit_of_work(SYSTEM, "outage"):
        first = service.raise_task("testing.plain", "mail", subject="Mail server", reason="no answer")
        second = service.raise_task("testing.plain", "mail", subject="Mail server", reason="refuses")
        assert first == second
    found = service.find_task(first)
    assert (found.reason, found.occurrences, found.due_at) == ("refuses", 1, business_now() + timedelta(hours=1))
    with unit_of_work(SYSTEM, "it answers"):
        service.settle_task("testing.plain", "mail", outcome="it answers")
        service.settle_task("testing.plain", "mail", outcome="again")
        service.settle_task("testing.plain", "unknown", outcome="nothing")
    assert (service.find_task(first).state, service.find_task(first).outcome) == ("done", "it answers")
    with unit_of_work(SYSTEM, "outage"), pytest.raises(UnknownKind):
        service.raise_task("testing.other", "x", subject="x", reason="x")
    with unit_of_work(SYSTEM, "outage"):
        assert service.raise_task("testing.plain", "mail", subject="Mail server", reason="no answer") == first
    service.dismiss(first, "we know", actor=actor)
    assert service.find_task(first).state == "dismissed"


def test_waiting_pausing_and_waking_by_the_business_clock(later: Later, actor: Actor) -> None:
    task = _break("fan")
    with pytest.raises(Invalid, match="for whom"):
        service.wait_for(task.id, " ", actor=actor)
    service.wait_for(task.id, "the supplier", actor=actor)
    found = service.find_task(task.id)
    assert (found.state, found.owner_id, found.outcome) == ("waiting", actor.id, "the supplier")
    with pytest.raises(Invalid, match="later"):
        service.snooze(task.id, business_now(), actor=actor)
    service.snooze(task.id, business_now() + timedelta(days=2), actor=actor)
    later(days=1)
    assert service.find_task(task.id).state == "snoozed"
    later(days=1)
    awake = service.find_task(task.id)
    assert (awake.state, awake.snoozed_until, awake.overdue) == ("taken", None, False)
    later(hours=1)
    assert service.find_task(task.id).overdue
    service.give_back(task.id, actor=actor)
    assert (service.find_task(task.id).state, service.find_task(task.id).owner_id) == ("open", "")


def test_the_list_is_filtered_and_aged(later: Later, actor: Actor) -> None:
    _break("old")
    later(days=4)
    service.take(_break("new").id, actor=actor)
    found, count = reading.tasks(TaskFilter(queue="testing"))
    assert ([task.key for task in found], count) == (["old", "new"], 2)
    assert [t.key for t in reading.tasks(TaskFilter(age="3-7"))[0]] == ["old"]
    assert [t.key for t in reading.tasks(TaskFilter(overdue=True))[0]] == ["old"]
    assert [t.key for t in reading.tasks(TaskFilter(owner_id=actor.id))[0]] == ["new"]
    assert [t.key for t in reading.tasks(TaskFilter(unowned=True))[0]] == ["old"]
    assert [t.key for t in reading.tasks(TaskFilter(text="thing n"))[0]] == ["new"]
    aged = reading.ageing(TaskFilter())
    assert (dict(aged.buckets), aged.overdue, aged.total) == ({"0-1": 1, "1-3": 0, "3-7": 1, "7+": 0}, 1, 2)
    assert reading.queue_sizes() == {"testing": 2}
    assert reading.neighbours(found[0].id, TaskFilter()) == (None, found[1].id)
    assert reading.waiting_for(actor.id, kinds={"testing.thing"}) == 2
    assert reading.owners() == [(actor.id, actor.name)]
    with pytest.raises(TaskNotFound):
        service.find_task(found[0].id, kinds={"testing.plain"})


def test_only_kinds_whose_things_one_may_see_are_visible() -> None:
    assert visible_kinds(frozenset({"order.read"})) == frozenset()
    seen = visible_kinds(frozenset({"work.read", "order.read"}))
    assert "ordering.step" in seen
    assert "payment.unmatched" not in seen


def test_the_law_sees_both_sides_and_reconciling_mends_them() -> None:
    assert everything_that_waits_has_its_task().findings == ()
    BROKEN["silent"] = "nobody touched it"
    task = _break("loud")
    del BROKEN["loud"]
    found = {finding.subject: finding.found for finding in everything_that_waits_has_its_task().findings}
    assert found == {"testing.thing thing silent": "none", "testing.thing loud": "none"}
    assert truth.reconcile()["testing.thing"] == 1
    assert everything_that_waits_has_its_task().findings == ()
    assert service.find_task(task.id).state == "done"


@job("testing.fails", max_attempts=1)
def _fails(_payload: object, _work: object) -> None:
    raise Invalid("no such luck", field="luck")


def test_a_job_that_fails_for_good_is_a_task_until_it_is_given_up(actor: Actor) -> None:
    with unit_of_work(SYSTEM, ""):
        enqueue("testing.fails", {}, key="1")
    drain()
    row = Job.objects.get(kind="testing.fails")
    task = reading.task_of("platform.job", str(row.id))
    assert task is not None
    assert (task.state, task.subject) == ("open", "testing.fails")
    assert "no such luck" in task.reason
    service.retry(task.id, actor=actor)
    assert service.find_task(task.id).state == "done"
    drain()
    assert service.find_task(task.id).occurrences == 2
    discard(row.id, actor=actor, reason="useless")
    assert service.find_task(task.id).state == "done"


def test_broken_laws_are_tasks_until_they_hold(actor: Actor) -> None:
    broken = Result("some.law", "Nothing is lost.", Verdict(3, (Finding("a shoe", "2", "1"),)))
    assert record_findings([broken], actor=actor) == 1
    (task,), _ = reading.tasks(TaskFilter(kind="platform.law"))
    assert (task.subject, task.evidence["found"]) == ("some.law: a shoe", "1")
    assert record_findings([Result("some.law", "Nothing is lost.", Verdict(3))], actor=actor) == 0
    assert service.find_task(task.id).outcome == "the law holds again"


def test_every_kind_of_the_house_is_complete() -> None:
    kinds = {name: kind for name, kind in all_kinds().items() if not name.startswith("testing.")}
    assert {"usage.suspense", "ordering.step", "billing.parked_account", "payment.unmatched", "platform.job"} <= set(
        kinds
    )
    for kind in kinds.values():
        assert kind.waiting is None or list(kind.waiting(None)) == []
        assert kind.waiting is None or kind.name.startswith("testing.") or list(kind.waiting([])) == []


def test_many_at_once_are_few_statements(actor: Actor) -> None:
    with unit_of_work(SYSTEM, "many"):
        made = service.raise_tasks("testing.plain", (Waiting(str(n), f"n {n}", "many") for n in range(300)))
    assert len(made) == 300
    assert Task.objects.filter(kind="testing.plain").count() == 300
    with unit_of_work(SYSTEM, "over"):
        assert service.settle_tasks("testing.plain", [str(n) for n in range(299)], outcome="over") == 299
    assert reading.ageing(TaskFilter()).total == 1
