"""Records in suspense, refused files and missing numbers as tasks: few, fast, and gone when they are mended."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from linehouse.platform.checks import verify
from linehouse.platform.work import SYSTEM, Actor, unit_of_work
from linehouse.platform.worklist import reading
from linehouse.platform.worklist import service as worklist
from linehouse.platform.worklist.laws import everything_that_waits_has_its_task
from linehouse.platform.worklist.values import TaskFilter, TaskView
from linehouse.simulators.cdr_feed.files import Fault, MadeFile
from linehouse.usage import service
from tests.usage.conftest import People, host_file, tap_file, uses
from tests.usage.test_suspense import CAROL

Take = Callable[[MadeFile], UUID]


def tasks(kind: str) -> list[TaskView]:
    return list(reading.tasks(TaskFilter(kind=kind))[0])


def test_a_files_waiting_records_are_one_task_for_each_reason(
    take: Take, people: People, actor: Actor, brand: str
) -> None:
    file_id = take(host_file(of=uses(CAROL, days=2)))
    count = service.find_file(file_id).suspended
    assert count > 10
    (task,) = tasks("usage.suspense")
    assert (task.key, task.evidence["records"]) == (f"{file_id}/unknown_subscriber", str(count))
    with CaptureQueriesContext(connections[brand]) as few, unit_of_work(SYSTEM, "again") as work:
        work.touch("usage.suspense", task.key)
    assert len(few) < 12

    one = service.list_suspense()[0][0]
    service.discard(one.id, actor=actor, reason="a test call")
    assert tasks("usage.suspense")[0].evidence["records"] == str(count - 1)
    people.add(CAROL)
    said = worklist.retry(task.id, actor=actor)
    assert said.startswith(f"{count - 1} taken in, 0 still wait")
    assert tasks("usage.suspense") == []
    assert everything_that_waits_has_its_task().findings == ()
    assert [r.name for r in verify() if not r.holds] == []


def test_a_refused_file_is_a_task_until_a_good_one_comes(take: Take, actor: Actor) -> None:
    good = tap_file()
    take(MadeFile(good.name, good.data[:-7]))
    (task,) = tasks("usage.refused_file")
    assert task.evidence["file"] == good.name
    worklist.retry(task.id, actor=actor)
    (again,) = tasks("usage.refused_file")
    assert (again.id, again.occurrences) == (task.id, 2)
    take(good)
    assert tasks("usage.refused_file") == []
    take(good)
    assert tasks("usage.refused_file") == []
    assert everything_that_waits_has_its_task().findings == ()


@pytest.mark.parametrize("missing", [(2,), (2, 3, 4)])
def test_numbers_that_did_not_come_are_a_task_until_they_come(take: Take, missing: tuple[int, ...]) -> None:
    take(tap_file(number=1))
    last = missing[-1] + 1
    take(tap_file(number=last, of=uses(seed="later")))
    (task,) = tasks("usage.file_gap")
    assert task.evidence["missing"] == ("2" if len(missing) == 1 else f"2–{missing[-1]}")
    for number in missing:
        take(tap_file(Fault.UNKNOWN_SUBSCRIBER, number=number, of=uses(seed=f"late {number}")))
    assert tasks("usage.file_gap") == []
    assert everything_that_waits_has_its_task().findings == ()
