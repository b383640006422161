"""What the contacts with a customer, and the work for one, mean to somebody who looks at the customer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy

from linehouse.care import events as care
from linehouse.insight.telling import tells
from linehouse.insight.values import Mood, Subject, Told
from linehouse.party import events as party
from linehouse.platform.texts.codes import said
from linehouse.platform.worklist import events as worklist
from linehouse.platform.worklist.kinds import all_kinds

_CONTACTS = {
    ("phone", "inbound"): gettext_lazy("The customer called"),
    ("phone", "outbound"): gettext_lazy("The customer was called"),
    ("email", "inbound"): gettext_lazy("The customer wrote by e-mail"),
    ("email", "outbound"): gettext_lazy("An e-mail was written to the customer"),
    ("chat", "inbound"): gettext_lazy("The customer came to the chat"),
    ("shop", "inbound"): gettext_lazy("The customer came to the shop"),
    ("letter", "inbound"): gettext_lazy("The customer sent a letter"),
    ("letter", "outbound"): gettext_lazy("A letter was sent to the customer"),
}


@tells(care.InteractionRecorded)
def _interaction_recorded(event: care.InteractionRecorded) -> Told:
    other = gettext("Contact, %(direction)s by %(channel)s") % {
        "direction": said(event.direction),
        "channel": said(event.channel),
    }
    title = str(_CONTACTS.get((event.channel, event.direction), other))
    about = ", ".join(subject.partition(":")[2] for subject in event.about)
    text = f"{event.number}: {event.topic}" + (gettext(", about %(about)s") % {"about": about} if about else "")
    return Told(title, text, Mood.INFO, _interaction(event))


@tells(care.InteractionStateChanged)
def _interaction_state(event: care.InteractionStateChanged) -> Told:
    text = gettext("%(number)s, was %(value)s") % {"number": event.number, "value": said(event.old)}
    return Told(gettext("Contact %(value)s") % {"value": said(event.new)}, text, subject=_interaction(event))


@tells(care.InteractionAnnotated)
def _interaction_annotated(event: care.InteractionAnnotated) -> Told:
    whose = gettext("for the customer too") if event.visibility == "customer" else gettext("for colleagues")
    return Told(gettext("Note added to a contact"), f"{event.number}, {whose}", subject=_interaction(event))


@tells(care.InteractionWithdrawn)
def _interaction_withdrawn(event: care.InteractionWithdrawn) -> Told:
    return Told(
        gettext("Contact withdrawn"),
        gettext("%(number)s was recorded by mistake") % {"number": event.number},
        Mood.BAD,
        _interaction(event),
    )


def _interaction(event: Any) -> Subject:
    return Subject("interaction", event.interaction_id, event.number)


@tells(care.FollowUpCreated)
def _follow_up_created(event: care.FollowUpCreated) -> Told:
    after = (
        gettext(", after %(interaction_number)s") % {"interaction_number": event.interaction_number}
        if event.interaction_number
        else ""
    )
    return Told(
        gettext("Follow-up planned"),
        gettext("due %(value)s UTC%(after)s") % {"value": event.due[:16].replace("T", " "), "after": after},
        Mood.INFO,
        _task(event),
    )


@tells(care.FollowUpDone)
def _follow_up_done(event: care.FollowUpDone) -> Told:
    done = event.outcome == "done"
    after = (
        gettext("after %(interaction_number)s") % {"interaction_number": event.interaction_number}
        if event.interaction_number
        else ""
    )
    return Told(
        gettext("Follow-up done") if done else gettext("Follow-up dropped"),
        after,
        Mood.GOOD if done else Mood.QUIET,
        _task(event),
    )


def _task(event: Any) -> Subject | None:
    return Subject("interaction", event.interaction_id, event.interaction_number) if event.interaction_id else None


@tells(party.SubjectRequestReceived)
def _request_received(event: party.SubjectRequestReceived) -> Told:
    text = gettext("%(number)s: %(kind)s, to be answered by %(day)s") % {
        "number": event.number,
        "kind": said(event.kind),
        "day": event.due_at.date().isoformat(),
    }
    return Told(gettext("Asked about their own data"), text, Mood.INFO)


@tells(party.SubjectRequestMoved)
def _request_moved(event: party.SubjectRequestMoved) -> Told:
    text = gettext("%(number)s, was %(value)s") % {"number": event.number, "value": said(event.old)}
    return Told(gettext("Request about their own data: %(state)s") % {"state": said(event.new)}, text)


@tells(party.PartyErased)
def _party_erased(event: party.PartyErased) -> Told:
    return Told(gettext("Erased"), gettext("what the law keeps is restricted"), Mood.BAD)


def _kind(name: str) -> str:
    found = all_kinds().get(name)
    return str(found.title) if found else said(name)


@tells(worklist.TaskRaised)
def _task_raised(event: worklist.TaskRaised) -> Told:
    return Told(gettext("Something waits for a person"), _kind(event.kind), Mood.BAD, Subject("task", event.task_id))


@tells(worklist.TaskTaken)
def _task_taken(event: worklist.TaskTaken) -> Told:
    title = gettext("Somebody is at work on it") if event.owner_id else gettext("A task was given back to its queue")
    return Told(title, _kind(event.kind), subject=Subject("task", event.task_id))


@tells(worklist.TaskSettled)
def _task_settled(event: worklist.TaskSettled) -> Told:
    done = event.state == "done"
    title = gettext("A task was done") if done else gettext("A task was set aside")
    return Told(title, _kind(event.kind), Mood.GOOD if done else Mood.QUIET, Subject("task", event.task_id))
