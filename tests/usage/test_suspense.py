"""What waits is corrected, resubmitted or discarded; it comes round again and is never lost."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.platform.audit.service import history
from linehouse.platform.work import Actor
from linehouse.simulators.cdr_feed.files import Fault, MadeFile
from linehouse.simulators.cdr_feed.usage import Subscriber
from linehouse.usage import service
from linehouse.usage.errors import CorrectionInvalid, SuspenseUnknown, UsageRecordUnknown
from linehouse.usage.values import SuspenseView, UsageFilter
from tests.usage.conftest import ADA, BOB, People, host_file, tap_file, uses

Take = Callable[[MadeFile], UUID]
Events = Callable[[], list[str]]
CAROL = Subscriber("204041234567892", "31612345670")


def waiting() -> SuspenseView:
    (one,), count = service.list_suspense()
    assert count == 1
    return one


@pytest.fixture
def stranger(take: Take) -> SuspenseView:
    """One record of somebody unknown, among others."""
    take(tap_file(Fault.UNKNOWN_SUBSCRIBER))
    return waiting()


def test_resubmitted_after_the_subscriber_became_known(
    take: Take, people: People, actor: Actor, events: Events
) -> None:
    file_id = take(host_file(of=uses(CAROL, days=1)))
    count = service.find_file(file_id).suspended
    assert count == service.list_suspense()[1] > 0
    events()
    one = service.list_suspense()[0][0]
    assert service.resubmit(one.id, actor=actor) is False
    assert events() == ["usage.record.suspended"]
    carol = people.add(CAROL)
    assert service.resubmit(one.id, actor=actor) is True
    assert events() == ["usage.record.resubmitted"]
    (record,) = service.normalised_records(file_id)
    assert (record.id, record.customer_id) == (one.record_id, carol.customer_id)
    found = service.reconcile(file_id)
    assert (found.guided, found.suspended, found.counts_add_up) == (1, count - 1, True)
    assert [(m["old"], m["new"]) for m in service.history_of_usage(record.id)] == [
        ("rejected", "recycled"),
        ("recycled", "guided"),
    ]
    with pytest.raises(IllegalTransition):
        service.resubmit(one.id, actor=actor)


def test_corrected_and_resubmitted(stranger: SuspenseView, actor: Actor, people: People) -> None:
    service.correct(stranger.id, {"imsi": BOB.imsi, "msisdn": BOB.msisdn}, actor=actor, reason="SIM swap not yet known")
    assert service.find_suspense(stranger.id).state == "corrected"
    assert service.resubmit(stranger.id, actor=actor, reason="corrected") is True
    record = service.normalised_record(stranger.record_id)
    assert record.customer_id == people.known[BOB.imsi].customer_id
    assert record.wholesale is not None, "the charge stays with the record"
    assert service.reconcile(stranger.file_id).charges_agree
    changes = history("usage.UsageSuspense", stranger.id)
    assert any("SIM swap not yet known" in str(change) for change in changes)


def test_a_correction_that_makes_it_a_record_we_have_is_a_repeat(
    take: Take, actor: Actor, stranger: SuspenseView
) -> None:
    # The stranger's record is a copy of the file's first, so that its subscriber's identity makes it the same.
    first = uses()[0].subscriber
    service.correct(stranger.id, {"imsi": first.imsi, "msisdn": first.msisdn}, actor=actor, reason="wrong")
    assert service.resubmit(stranger.id, actor=actor) is False
    assert waiting().reason == "conflicting_duplicate"
    assert service.reconcile(stranger.file_id).counts_add_up


def test_an_unreadable_row_is_corrected_by_saying_everything(take: Take, actor: Actor) -> None:
    made = host_file(of=uses(days=1))
    lines = made.data.decode().splitlines()
    lines[1] = "garbage"
    file_id = take(MadeFile(made.name, "\n".join(lines).encode()))
    one = waiting()
    with pytest.raises(CorrectionInvalid, match="corrected first"):
        service.resubmit(one.id, actor=actor)
    whole = {
        "usage_type": "voice",
        "direction": "out",
        "started_at": "2026-10-31T09:30:00+01:00",
        "quantity": "61000",
        "imsi": ADA.imsi,
        "party": "0201234567",
        "party_form": "dialled",
    }
    for needed in ("usage_type", "direction", "started_at", "quantity"):
        with pytest.raises(CorrectionInvalid) as caught:
            service.correct(
                one.id,
                {name: text for name, text in whole.items() if name != needed},
                actor=actor,
                reason="read by eye",
            )
        assert caught.value.field == needed
    service.correct(one.id, whole, actor=actor, reason="read by eye")
    assert service.resubmit(one.id, actor=actor) is True
    record = service.normalised_record(one.record_id)
    assert (record.quantity.amount, record.other_party, record.position) == (61_000, "+31201234567", 1)
    assert service.reconcile(file_id).counts_add_up


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "changes"),
        ({"colour": "red"}, "colour"),
        ({"started_at": "yesterday"}, "started_at"),
        ({"started_at": "2026-10-31T09:30:00"}, "started_at"),
        ({"quantity": "1.5"}, "quantity"),
        ({"usage_type": "song"}, "usage_type"),
        ({"imsi": "x"}, "imsi"),
        ({"plmn": "2"}, "plmn"),
    ],
)
def test_a_correction_that_cannot_be(changes: dict[str, str], field: str, stranger: SuspenseView, actor: Actor) -> None:
    with pytest.raises(CorrectionInvalid) as caught:
        service.correct(stranger.id, changes, actor=actor, reason="try")
    assert caught.value.field == field
    assert service.find_suspense(stranger.id).state == "open"


def test_reasons_are_needed_and_ids_must_exist(stranger: SuspenseView, actor: Actor) -> None:
    with pytest.raises(CorrectionInvalid):
        service.correct(stranger.id, {"imsi": BOB.imsi}, actor=actor, reason=" ")
    with pytest.raises(CorrectionInvalid):
        service.discard(stranger.id, actor=actor, reason="")
    with pytest.raises(SuspenseUnknown):
        service.resubmit(stranger.file_id, actor=actor)
    with pytest.raises(UsageRecordUnknown):
        service.suspend(stranger.file_id, "unrated", "no rule", actor=actor)


def test_what_is_discarded_stays_and_may_come_again(take: Take, actor: Actor, people: People) -> None:
    made = host_file(of=uses(CAROL, days=1)[:1])
    file_id = take(made)
    service.discard(waiting().id, actor=actor, reason="test call of the host")
    found = service.reconcile(file_id)
    assert (found.discarded, found.counts_add_up, found.charges_agree) == (1, True, True)
    people.add(CAROL)
    again = take(host_file(of=(*uses(CAROL, days=1)[:1], *uses(ADA, seed="x", days=1)), number=2))
    assert service.find_file(again).duplicates == 0


def test_a_record_in_suspense_that_comes_again_is_a_repeat(take: Take, stranger: SuspenseView) -> None:
    again = take(tap_file(Fault.UNKNOWN_SUBSCRIBER, number=2))
    assert service.find_file(again).suspended == 0
    assert service.find_file(again).duplicates == service.find_file(again).records


def test_what_charging_cannot_price_comes_back_and_goes_again(
    take: Take, actor: Actor, events: Events, people: People
) -> None:
    file_id = take(host_file(of=uses(ADA, days=1)))
    records = service.normalised_records(file_id)
    events()
    suspense_id = service.suspend(records[0].id, "unrated", "no rule matched", actor=actor)
    assert service.suspend(records[0].id, "unrated", "no rule matched", actor=actor) == suspense_id
    assert events() == ["usage.record.suspended"]
    one = service.find_suspense(suspense_id)
    assert (one.reason, one.customer_id, one.record_id) == (
        "unrated",
        people.known[ADA.imsi].customer_id,
        records[0].id,
    )
    found = service.reconcile(file_id)
    assert (found.suspended, found.counts_add_up, found.charges_agree) == (1, True, True)
    assert len(service.normalised_records(file_id)) == len(records) - 1
    assert service.find_usage(records[0].id).state == "rejected"
    assert service.list_usage(UsageFilter(file_id=file_id))[1] == len(records)
    assert service.resubmit(suspense_id, actor=actor) is True
    assert service.normalised_record(records[0].id) == records[0], "nothing was corrected, so nothing has changed"
    again = service.suspend(records[0].id, "unrated", "still no rule", actor=actor)
    assert again == suspense_id, "its story stays in one place"
    assert service.reconcile(file_id).counts_add_up


def test_a_rated_record_cannot_be_suspended(take: Take, actor: Actor) -> None:
    file_id = take(host_file(of=uses(ADA, days=1)))
    record = service.normalised_records(file_id)[0]
    service.mark_rated([record.id], actor=actor)
    with pytest.raises(IllegalTransition):
        service.suspend(record.id, "unrated", "late", actor=actor)
