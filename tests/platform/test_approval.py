"""Four eyes: proposed, decided by another, applied once; and every way in which it may end otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from linehouse.kernel.error import Invalid
from linehouse.kernel.ids import new_id
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.kernel.money import Money
from linehouse.platform.access.service import create_client
from linehouse.platform.approval import service
from linehouse.platform.approval.errors import MayNotDecide, NeedsReason, NotYours, OwnProposal, ProposalNotFound
from linehouse.platform.approval.kinds import approval_kind
from linehouse.platform.approval.models import ProposalRow
from linehouse.platform.approval.values import Change, Proposal
from linehouse.platform.clock.service import business_now
from linehouse.platform.outbox.service import search_events
from linehouse.platform.runner import drain
from linehouse.platform.work import SYSTEM, Actor, Work
from linehouse.platform.worklist.laws import everything_that_waits_has_its_task
from linehouse.platform.worklist.reading import task_of
from tests.conftest import colleague

SHELF: dict[str, int] = {}
"""What proposals of these tests change."""


@approval_kind(
    "testing.shelf",
    title="Shelf",
    propose="credit.write",
    fingerprint=lambda payload: str(SHELF.get(payload["what"], 0)),
)
def _put(payload: dict[str, Any], _work: Work) -> str:
    if payload["what"] == "ghost":
        raise Invalid("there are no ghosts", field="what")
    SHELF[payload["what"]] = SHELF.get(payload["what"], 0) + payload["count"]
    return f"{payload['count']} {payload['what']}"


@approval_kind("testing.long", title="Long", propose="credit.write", long=True)
def _put_long(payload: dict[str, Any], work: Work) -> str:
    return _put(payload, work)


@pytest.fixture
def finance(brand: str) -> Actor:
    """Somebody who may decide."""
    return colleague(brand, "finance")


@pytest.fixture(autouse=True)
def _empty() -> None:
    SHELF.clear()


def _propose(actor: Actor, what: str = "cups", kind: str = "testing.shelf", count: int = 2) -> Proposal:
    return service.propose(
        kind,
        subject=what,
        changes=[Change("count", "0", str(count))],
        reason="guests",
        effect=Money.of("30.00", "EUR"),
        payload={"what": what, "count": count},
        actor=actor,
    )


def test_another_approves_and_it_is_applied_once(brand: str, actor: Actor, finance: Actor) -> None:
    made = _propose(actor)
    assert (made.number, made.state, made.effect) == ("AP-000001", "proposed", Money.of("30", "EUR"))
    assert SHELF == {}
    with pytest.raises(OwnProposal):
        service.approve(made.number, actor=actor)
    done = service.approve(made.number, actor=finance, note="welcome")
    assert (done.state, done.result, done.decider_name, done.note) == ("applied", "2 cups", "Fay Finance", "welcome")
    assert SHELF == {"cups": 2}
    with pytest.raises(IllegalTransition):
        service.approve(made.number, actor=finance)
    assert SHELF == {"cups": 2}
    names = [event.payload.get("state", "proposed") for event in reversed(search_events(aggregate_id=made.id)[0])]
    assert names == ["proposed", "applied"]


def test_the_database_refuses_that_one_person_does_both(brand: str, actor: Actor) -> None:
    made = _propose(actor)
    with pytest.raises(IntegrityError, match="approval_four_eyes"), transaction.atomic(using=brand):
        ProposalRow.objects.filter(id=made.id).update(state="approved", decider_id=actor.id, decided_at=business_now())


def test_who_may_not_decide_is_told_why(brand: str, actor: Actor) -> None:
    made = _propose(actor)
    with pytest.raises(MayNotDecide, match=r"approval\.decide"):
        service.approve(made.number, actor=colleague(brand, "care"))
    with pytest.raises(MayNotDecide):
        service.refuse(made.number, actor=SYSTEM, note="no")
    assert not service.may_decide(made, actor)
    with pytest.raises(ProposalNotFound):
        service.approve("AP-999999", actor=actor)


def test_refusing_and_withdrawing_need_a_reason(brand: str, actor: Actor, finance: Actor) -> None:
    made = _propose(actor)
    with pytest.raises(NeedsReason):
        service.refuse(made.number, actor=finance, note=" ")
    assert service.refuse(made.number, actor=finance, note="no guests").state == "refused"
    told = task_of("approval.outcome", made.number)
    assert told is not None
    assert (told.owner_id, told.reason) == (actor.id, "refused: no guests")
    other = _propose(actor)
    with pytest.raises(NotYours):
        service.withdraw(other.number, actor=finance, note="mine")
    assert service.withdraw(other.number, actor=actor, note="they left").state == "withdrawn"
    assert SHELF == {}


def test_an_object_that_has_changed_is_not_overwritten(brand: str, actor: Actor, finance: Actor) -> None:
    made = _propose(actor)
    SHELF["cups"] = 7
    stale = service.approve(made.number, actor=finance)
    assert (stale.state, SHELF["cups"]) == ("refused", 7)
    assert "has changed" in stale.result


def test_what_the_room_refuses_leaves_the_proposal_failed_with_a_task(brand: str, actor: Actor, finance: Actor) -> None:
    made = _propose(actor, "ghost")
    failed = service.approve(made.number, actor=finance)
    assert failed.state == "failed"
    assert "no ghosts" in failed.result
    task = task_of("approval.failed", str(made.id))
    assert task is not None
    assert task.live


def test_a_long_change_is_applied_by_a_job(brand: str, actor: Actor, finance: Actor) -> None:
    made = _propose(actor, kind="testing.long")
    assert service.approve(made.number, actor=finance).state == "approved"
    assert SHELF == {}
    drain()
    assert (service.find_proposal(made.number).state, SHELF) == ("applied", {"cups": 2})


def test_nobody_decides_and_it_expires(
    brand: str, actor: Actor, finance: Actor, advance: Callable[[datetime], object]
) -> None:
    made = _propose(actor)
    task = task_of("approval.proposal", str(made.id))
    assert task is not None
    assert (task.state, task.due_at) == ("open", made.expires_at)
    assert everything_that_waits_has_its_task().findings == ()
    advance(business_now() + timedelta(days=8))
    assert service.find_proposal(made.number).state == "expired"
    ended = task_of("approval.proposal", str(made.id))
    assert ended is not None
    assert ended.state == "done"


def test_limits_of_roles_say_who_needs_approval(brand: str, finance: Actor) -> None:
    thirty = Money.of("30.00", "EUR")
    care = colleague(brand, "care")
    assert service.needs_approval("testing.shelf", care, thirty)
    assert not service.needs_approval("testing.shelf", care, Money.of("25.00", "EUR"))
    assert not service.needs_approval("testing.shelf", care, Money.of("-25.00", "EUR"))
    assert not service.needs_approval("testing.shelf", finance, thirty)
    assert service.needs_approval("testing.shelf", finance, None)
    assert service.needs_approval("testing.shelf", finance, Money.of("1.00", "USD"))
    assert not service.needs_approval("testing.shelf", Actor("staff", "cli:root", "root"), thirty)
    assert service.needs_approval("testing.shelf", Actor("staff", "cli:root", "root"), Money.of("501", "EUR"))
    assert not service.needs_approval("testing.shelf", SYSTEM, None)
    assert service.needs_approval("testing.shelf", Actor("staff", str(new_id()), "Stranger"), thirty)
    assert create_client("Unused", brand, frozenset({"credit.write"}))


def test_lists_tell_what_waits_for_whom(brand: str, actor: Actor, finance: Actor) -> None:
    mine, theirs = _propose(actor), _propose(finance, "plates")
    assert [p.number for p in service.proposals(states=("proposed",), not_by=actor.id)[0]] == [theirs.number]
    assert [p.number for p in service.proposals(proposer_id=actor.id)[0]] == [mine.number]
    assert service.proposals(text="plat")[1] == 1
