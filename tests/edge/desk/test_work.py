"""The desk's work list and approvals: who sees what, what can be done, one by one and many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.conftest import colleague
from tests.edge.desk.conftest import Staff, text_of

from linehouse.kernel.money import Money
from linehouse.platform.approval import service as approval
from linehouse.platform.approval.values import Change
from linehouse.platform.jobs.models import Job
from linehouse.platform.jobs.registry import job
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.runner import drain
from linehouse.platform.work import SYSTEM, unit_of_work
from linehouse.platform.worklist.reading import task_of
from linehouse.platform.worklist.values import TaskView

LogIn = Callable[..., Staff]


@job("testing.desk_fails", max_attempts=1)
def _fails(_payload: object, _work: object) -> None:
    raise RuntimeError("the wire is cut")


def failed(key: str) -> TaskView:
    with unit_of_work(SYSTEM, ""):
        enqueue("testing.desk_fails", {}, key=key)
    drain()
    found = task_of("platform.job", str(Job.objects.get(kind="testing.desk_fails", key=key).id))
    assert found is not None
    return found


def test_a_task_is_found_taken_and_tried_again(ada: Staff) -> None:
    task = failed("1")
    listed = text_of(ada.get("work"))
    assert "testing.desk_fails" in listed
    assert "the wire is cut" in listed
    assert "Up to 1 day: 1" in listed
    shown = text_of(ada.get(f"work/{task.id}"))
    assert "Failed job" in shown
    assert "Take" in shown
    ada.post(f"work/{task.id}/take")
    assert "Ada Example" in text_of(ada.get(f"work/{task.id}"))
    assert "testing.desk_fails" in text_of(ada.get("work?tab=mine"))
    ada.post(f"work/{task.id}/retry")
    settled = task_of("platform.job", task.key)
    assert settled is not None
    assert settled.state == "done"
    drain()
    again = task_of("platform.job", task.key)
    assert again is not None
    assert (again.state, again.occurrences) == ("taken", 2)


def test_a_task_waits_is_put_off_assigned_and_given_back(ada: Staff) -> None:
    task = failed("2")

    def state() -> str:
        found = task_of("platform.job", task.key)
        assert found is not None
        return found.state

    ada.post(f"work/{task.id}/wait", {"note": "the network operator"})
    assert state() == "waiting"
    ada.post(f"work/{task.id}/snooze", {"pause": "3d"})
    assert state() == "snoozed"
    page = ada.get(f"work/{task.id}")
    owner = page.context["colleagues"][0][0]
    ada.post(f"work/{task.id}/assign", {"owner": owner})
    assert state() == "taken"
    ada.post(f"work/{task.id}/give-back")
    assert state() == "open"
    here = f"/b/{ada.brand}/work/{task.id}"
    came_from = f"http://testserver{here}"
    refused = ada.client.post(f"{here}/dismiss", {"note": "no"}, follow=True, headers={"Referer": came_from})
    assert "still waits" in text_of(refused)
    assert state() == "open"
    assert ada.post(f"work/{task.id}/nonsense").status_code == 404


def test_many_are_taken_at_once_with_a_result_for_each(ada: Staff) -> None:
    tasks = [failed(f"many-{n}") for n in range(3)]
    chosen = {"bulk": "take", "row": [str(task.id) for task in tasks]}
    assert ada.post("work?tab=all", chosen).status_code == 200
    once = ada.post("work?tab=all", chosen).context["once"]
    done = ada.client.post(f"/b/{ada.brand}/work?tab=all", chosen | {"confirmed": "yes", "once": once}, follow=True)
    assert text_of(done).count("It is yours.") == 3
    csv = ada.get("work?tab=all&format=csv").content.decode()
    assert csv.count("testing.desk_fails") == 3


def test_who_may_not_work_on_a_kind_does_not_see_its_tasks(selling: str, log_in: LogIn) -> None:
    task = failed("3")
    care = log_in("care", name="Cor Care")
    assert "testing.desk_fails" not in text_of(care.get("work?tab=all"))
    assert care.get(f"work/{task.id}").status_code == 404
    auditor = log_in("auditor", name="Aud Auditor")
    assert auditor.get(f"work/{task.id}").status_code == 200
    assert auditor.post(f"work/{task.id}/take").status_code == 403


def propose(**changes: Any) -> str:
    fields: dict[str, Any] = {
        "subject": "BA-000001",
        "changes": [Change("credit", "0.00 EUR", "30.00 EUR")],
        "reason": "three hours without data",
        "effect": Money.of("-30.00", "EUR"),
        "payload": {"credit": "none", "reason": "none"},
        "actor": colleague("robin", "care", "Cor Care"),
    }
    return approval.propose("billing.credit_reversal", **(fields | changes)).number


def test_a_proposal_is_shown_with_its_difference_and_decided(ada: Staff) -> None:
    first, second = propose(), propose(subject="BA-000002")
    listed = text_of(ada.get("approvals"))
    assert first in listed
    assert second in listed
    shown = text_of(ada.get(f"approvals/{first}"))
    assert "30.00 EUR" in shown
    assert "three hours without data" in shown
    assert "Effect in money" in shown
    ada.post(f"approvals/{first}/refuse", {"note": "not ours"})
    assert approval.find_proposal(first).state == "refused"
    told = text_of(ada.client.post(f"/b/{ada.brand}/approvals/{second}/approve", follow=True))
    assert "could not be done" in told
    assert approval.find_proposal(second).state == "failed"
    assert second in text_of(ada.get("approvals?tab=decided"))
    assert ada.post(f"approvals/{first}/nonsense").status_code == 404


@pytest.mark.parametrize("role", ["care", "product"])
def test_ones_own_proposal_is_taken_back_and_not_approved(selling: str, log_in: LogIn, role: str) -> None:
    me = log_in(role, name="Mo Me")
    page = me.get("approvals")
    number = propose(actor=page.wsgi_request.desk.actor)
    assert number in text_of(me.get("approvals?tab=mine"))
    assert "Another person must decide" in text_of(me.get(f"approvals/{number}"))
    me.post(f"approvals/{number}/approve")
    assert approval.find_proposal(number).state == "proposed"
    me.post(f"approvals/{number}/withdraw", {"note": "my mistake"})
    assert approval.find_proposal(number).state == "withdrawn"
