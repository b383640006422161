"""Contacts are recorded whole, never edited, annotated; follow-ups have a time and an end."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, transaction

from linehouse.care import service
from linehouse.care.errors import FollowUpUnknown, InteractionUnknown
from linehouse.care.models import Annotation, Interaction, InteractionItem
from linehouse.care.values import (
    ERASED,
    About,
    Channel,
    Direction,
    InteractionFilter,
    ItemKind,
    NewAttachment,
    NewFollowUp,
    RecordInteraction,
    Visibility,
)
from linehouse.customer.errors import CustomerUnknown
from linehouse.customer.values import CustomerRegistered
from linehouse.kernel.error import Invalid
from linehouse.kernel.ids import new_id
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.kernel.outcome import InvalidFields
from linehouse.platform.clock.service import business_now
from linehouse.platform.documents.service import load
from linehouse.platform.outbox.service import search_events
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor

SECRET = "Her neighbour pays the bill"


def called(anna: CustomerRegistered, **more: Any) -> RecordInteraction:
    """A telephone call of Anna's."""
    given: dict[str, Any] = {"channel": "phone", "direction": "inbound", "topic": "bill", "text": SECRET}
    return RecordInteraction(**(given | {"customer_id": anna.customer_id} | more))


def test_a_contact_is_recorded_with_everything_about_it(anna: CustomerRegistered, actor: Actor) -> None:
    account = About(kind=ItemKind.ACCOUNT, number="BA-000001", resolution="explained")
    ticket = About(kind="ticket", number="JIRA-7")
    letter = NewAttachment(name="letter.pdf", media_type="application/pdf", content=b"%PDF")
    began = business_now() - timedelta(minutes=9)
    view = service.record_interaction(
        called(anna, about=(account, ticket), attachments=(letter,), outcome="explained", began_at=began), actor=actor
    )
    assert service.find_interaction(number="CT-000001") == view
    assert (view.channel, view.direction, view.agent) == (Channel.PHONE, Direction.INBOUND, actor.name)
    assert (view.party_id, view.state) == (anna.party_id, "completed")
    assert (view.began_at, view.ended_at) == (began, None)
    assert [(item.kind, item.id, item.number, item.resolution) for item in view.items] == [
        (ItemKind.ACCOUNT, anna.billing_account_id, "BA-000001", "explained"),
        (ItemKind.TICKET, None, "JIRA-7", ""),
    ]
    (file,) = view.attachments
    assert (file.name, file.size, load(file.document_id).content) == ("letter.pdf", 4, b"%PDF")


def test_no_event_tells_what_was_said(anna: CustomerRegistered, actor: Actor) -> None:
    view = service.record_interaction(called(anna, topic=SECRET), actor=actor)
    service.annotate(view.id, SECRET, actor=actor)
    told = [event for event in search_events(customer_id=anna.customer_id)[0] if event.name.startswith("care.")]
    assert [event.name for event in told] == ["care.interaction.annotated", "care.interaction.recorded"]
    assert SECRET not in str([event.payload for event in told])
    assert told[1].payload["topic"] == "other"


def test_all_that_is_wrong_is_told_at_once(anna: CustomerRegistered, actor: Actor) -> None:
    wrong = called(
        anna,
        channel="pigeon",
        direction="sideways",
        topic=" ",
        state="withdrawn",
        text="x" * 4001,
        began_at=business_now() + timedelta(hours=1),
        about=(About(kind="order", number="O-9"), About(kind="planet"), About(kind="ticket"), About(kind="bill")),
        follows=(new_id(),),
        attachments=(NewAttachment(name="film", media_type="video/mp4", content=b"x" * 5_000_001),),
    )
    with pytest.raises(InvalidFields) as refused:
        service.record_interaction(wrong, actor=actor)
    fields = {problem.field for problem in refused.value.problems}
    about = {f"about.{position}" for position in range(4)}
    assert (
        fields == {"channel", "direction", "topic", "state", "text", "began_at", "follows.0", "attachments.0"} | about
    )
    assert Interaction.objects.count() == 0
    with pytest.raises(CustomerUnknown):
        service.record_interaction(called(anna, customer_id=new_id()), actor=actor)


def test_what_it_is_about_is_the_customers_own(
    anna: CustomerRegistered, another: CustomerRegistered, actor: Actor
) -> None:
    theirs = About(kind="account", id=another.billing_account_id)
    with pytest.raises(InvalidFields) as refused:
        service.record_interaction(called(anna, about=(theirs,)), actor=actor)
    assert refused.value.problems[0].code == "care.item_of_another"


def test_the_same_external_id_is_the_same_contact(anna: CustomerRegistered, actor: Actor) -> None:
    first = service.record_interaction(called(anna, external_id="call-1"), actor=actor)
    assert service.record_interaction(called(anna, external_id="call-1", topic="order"), actor=actor).id == first.id
    assert service.find_interactions()[1] == 1


@pytest.mark.parametrize("change", [{"text": "other"}, {"topic": "order"}, {"agent": "X"}, {"channel": "email"}])
def test_the_database_lets_nobody_rewrite_a_contact(
    anna: CustomerRegistered, actor: Actor, change: dict[str, str]
) -> None:
    view = service.record_interaction(called(anna), actor=actor)
    with pytest.raises(Error, match="Cannot update"), transaction.atomic(using=current_brand()):
        Interaction.objects.filter(id=view.id).update(**change)
    with pytest.raises(Error, match="Cannot delete"), transaction.atomic(using=current_brand()):
        Interaction.objects.filter(id=view.id)._raw_delete(current_brand())
    assert service.find_interaction(id=view.id) == view


def test_the_database_keeps_notes_and_items_too(anna: CustomerRegistered, actor: Actor) -> None:
    view = service.record_interaction(called(anna, about=(About(kind="ticket", number="7"),)), actor=actor)
    service.annotate(view.id, "a note", actor=actor)
    for rows, change in (
        (Annotation.objects.all(), {"text": "another"}),
        (InteractionItem.objects.all(), {"subject_number": "8"}),
    ):
        with pytest.raises(Error, match="Cannot update"), transaction.atomic(using=current_brand()):
            rows.update(**change)
        with pytest.raises(Error, match="Cannot delete"), transaction.atomic(using=current_brand()):
            rows._raw_delete(current_brand())


def test_a_text_can_be_erased_and_only_that(anna: CustomerRegistered, actor: Actor) -> None:
    view = service.record_interaction(called(anna), actor=actor)
    service.annotate(view.id, SECRET, actor=actor)
    Interaction.objects.filter(id=view.id).update(text=ERASED, topic=ERASED)
    Annotation.objects.filter(interaction_id=view.id).update(text=ERASED)
    erased = service.find_interaction(id=view.id)
    assert (erased.text, erased.topic, erased.annotations[0].text) == (ERASED, ERASED, ERASED)


def test_notes_have_author_time_and_readers(anna: CustomerRegistered, actor: Actor) -> None:
    view = service.record_interaction(called(anna), actor=actor)
    service.annotate(view.id, "She was right.", actor=actor)
    service.annotate(view.id, "We credit it.", actor=Actor("staff", "2", "Ben"), visibility="customer")
    notes = service.find_interaction(id=view.id).annotations
    assert [(note.author, note.text, note.visibility) for note in notes] == [
        (actor.name, "She was right.", Visibility.INTERNAL),
        ("Ben", "We credit it.", Visibility.CUSTOMER),
    ]
    assert notes[0].at == business_now()
    for text, readers in (("", "internal"), ("x" * 4001, "internal"), ("x", "everybody")):
        with pytest.raises(Invalid):
            service.annotate(view.id, text, actor=actor, visibility=readers)
    with pytest.raises(InteractionUnknown):
        service.annotate(new_id(), "x", actor=actor)


def test_a_contact_is_settled_once(anna: CustomerRegistered, actor: Actor) -> None:
    view = service.record_interaction(called(anna, state="open", began_at=business_now()), actor=actor)
    service.move_interaction(view.id, "inProgress", actor=actor)
    done = service.move_interaction(view.id, "completed", actor=actor, outcome="credited")
    assert (done.state, done.outcome, done.ended_at) == ("completed", "credited", business_now())
    with pytest.raises(IllegalTransition):
        service.move_interaction(view.id, "open", actor=actor)


def test_a_mistake_is_withdrawn_and_stays_on_record(anna: CustomerRegistered, actor: Actor) -> None:
    view = service.record_interaction(called(anna), actor=actor)
    with pytest.raises(Invalid):
        service.withdraw_interaction(view.id, actor=actor, reason=" ")
    service.withdraw_interaction(view.id, actor=actor, reason="wrong customer")
    with pytest.raises(InteractionUnknown):
        service.find_interaction(id=view.id)
    kept = service.find_interaction(id=view.id, withdrawn=True)
    assert (kept.state, kept.state_reason, kept.text) == ("withdrawn", "wrong customer", SECRET)
    assert service.find_interactions()[1] == 0
    assert service.find_interactions(withdrawn=True)[1] == 1


def test_contacts_are_found_by_all_that_is_known_of_them(anna: CustomerRegistered, actor: Actor) -> None:
    ticket = About(kind="ticket", number="JIRA-7")
    call = service.record_interaction(called(anna, about=(ticket,)), actor=actor)
    mail = service.record_interaction(called(anna, channel="email", direction="outbound", text="Hello"), actor=actor)
    service.annotate(mail.id, "She answered on paper", actor=actor)

    def found(**wanted: Any) -> list[str]:
        return [row.number for row in service.find_interactions(InteractionFilter(**wanted))[0]]

    assert found() == [mail.number, call.number]
    assert found(channel="phone") == [call.number]
    assert found(direction="outbound") == [mail.number]
    assert found(text="neighbour") == [call.number]
    assert found(text="jira-7") == [call.number]
    assert found(text="on paper") == [mail.number]
    assert found(since=business_now() + timedelta(seconds=1)) == []
    assert found(customer_id=new_id()) == []
    assert found(with_id=anna.customer_id) == [mail.number, call.number]
    by_number, total = service.find_interactions(sort="number", limit=1)
    assert ([row.number for row in by_number], total) == ([call.number], 2)


def test_a_follow_up_has_a_time_and_an_end(anna: CustomerRegistered, actor: Actor) -> None:
    due = business_now() + timedelta(days=2)
    promised = NewFollowUp(customer_id=anna.customer_id, text="Call back", due_at=due, owner_id="7", owner_name="Ben")
    view = service.record_interaction(called(anna), actor=actor, follow_up=promised)
    (task,) = service.follow_ups(interaction_id=view.id)
    assert (task.text, task.due_at, task.owner_name, task.state) == ("Call back", due, "Ben", "open")
    done = service.finish_follow_up(task.id, actor=actor, outcome="she is content")
    assert (done.state, done.outcome, done.closed_by) == ("done", "she is content", actor.name)
    with pytest.raises(IllegalTransition):
        service.finish_follow_up(task.id, actor=actor, dropped=True)
    with pytest.raises(FollowUpUnknown):
        service.finish_follow_up(new_id(), actor=actor)


def test_a_follow_up_that_cannot_be_is_refused(
    anna: CustomerRegistered, another: CustomerRegistered, actor: Actor
) -> None:
    theirs = service.record_interaction(called(another), actor=actor)
    wrong = NewFollowUp(customer_id=anna.customer_id, text=" ", due_at=business_now(), interaction_id=theirs.id)
    with pytest.raises(InvalidFields) as refused:
        service.create_follow_up(wrong, actor=actor)
    assert {problem.field for problem in refused.value.problems} == {"follow_up", "due_at", "interaction"}
