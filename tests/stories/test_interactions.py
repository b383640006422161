"""The story of a contact: a customer calls, a colleague follows up, a program adds its chat; all of it on one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from linehouse.care import service as care
from linehouse.catalog.service import apply_files
from linehouse.platform.access.models import User
from linehouse.platform.access.service import create_client, grant_role
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.work import Actor
from linehouse.platform.worklist.reading import tasks
from linehouse.platform.worklist.service import finish
from linehouse.platform.worklist.values import TaskFilter
from tests.conftest import ROBIN
from tests.edge.desk.conftest import PERSON, text_of

DESK = "/b/robin"
TMF683 = "/tmf-api/partyInteraction/v4/partyInteraction"


def at_the_desk(role: str) -> Client:
    """A browser in which somebody of that role has logged in."""
    user = User.objects.create_user(
        f"{role}@robin.example", "a-long-demo-password", name=f"{role.capitalize()} Example"
    )
    grant_role(user.id, "robin", role)
    client = Client()
    with realm_scope(CONTROL):
        client.force_login(user)
    return client


def titles(agent: Client, query: str = "") -> list[str]:
    """The timeline as a file, newest first."""
    answer: Any = agent.get(f"{DESK}/customers/C-000001?tab=timeline&format=csv{query}")
    return [line.split(",")[4] for line in answer.content.decode("utf-8-sig").splitlines()[1:]]


def test_a_call_its_follow_up_and_a_chat(
    brand: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    apply_files(ROBIN, actor=actor)
    agent = at_the_desk("care")
    agent.post(f"{DESK}/customers/register", PERSON)

    # Fenna calls about her bill; the agent writes it down with the keyboard alone and promises a list of prices.
    call = {
        "channel": "phone",
        "direction": "inbound",
        "topic": "bill",
        "text": "Why is October dearer?",
        "outcome": "Roaming explained",
        "about": "BA-000001",
        "state": "completed",
        "follow_up": "Send the price list",
        "follow_up_due": "2026-11-03T10:00",
    }
    assert agent.post(f"{DESK}/customers/C-000001/contact", call).status_code == 302
    drain()
    (task,), total = tasks(TaskFilter(kind="care.follow_up"))
    assert (total, task.subject, task.reason) == (1, "C-000001", "Send the price list")
    assert task.due_at == datetime(2026, 11, 3, 9, 0, tzinfo=UTC)

    # Two days later a colleague does it from the work list, and notes it at the contact.
    advance(datetime(2026, 11, 3, 8, 0, tzinfo=UTC))
    finish(task.id, "sent by e-mail", actor=Actor("staff", "2", "Ben"))
    drain()
    (follow_up,) = care.follow_ups()
    assert (follow_up.state, follow_up.outcome) == ("done", "sent by e-mail")
    agent.post(f"{DESK}/interactions/CT-000001/note", {"text": "She has the list.", "visibility": "customer"})

    # The chat program records its own contact, which goes on from the call.
    token = create_client("chat", brand, frozenset({"interaction.read", "interaction.write"}))
    program = Client(headers={"host": "robin.localhost", "authorization": f"Bearer {token}"})
    call_id = str(care.find_interaction(number="CT-000001").id)
    customer_id = str(care.find_interaction(number="CT-000001").customer_id)
    chat = {
        "interactionDate": {"startDateTime": "2026-11-03T07:50:00Z"},
        "reason": "bill",
        "description": "Thank you for the list!",
        "status": "completed",
        "direction": "inbound",
        "channel": [{"id": "chat", "href": "https://chat.example/rooms/7"}],
        "relatedParty": [{"id": customer_id, "@referredType": "Customer"}],
        "interactionRelationship": [{"id": call_id, "relationshipType": "continues"}],
    }
    posted = program.post(TMF683, json.dumps(chat), content_type="application/json")
    assert posted.status_code == 201, posted.content
    drain()

    # Whoever opens the customer next reads all of it, or only what came by chat.
    assert titles(agent) == [
        "The customer came to the chat",
        "Note added to a contact",
        "Follow-up done",
        "Follow-up planned",
        "The customer called",
        "Billing account opened",
        "Customer registered",
    ]
    assert titles(agent, "&channel=chat") == ["The customer came to the chat"]
    assert titles(agent, "&kind=task") == ["Follow-up done", "Follow-up planned"]
    page = text_of(agent.get(f"{DESK}/customers/C-000001?tab=timeline"))
    assert "Thank you for the list!" in page

    # Nobody rewrites what was said, by no door.
    refused = program.patch(f"{TMF683}/{call_id}", json.dumps({"description": "x"}), content_type="application/json")
    assert refused.status_code == 422
    known = program.get(f"{TMF683}/{call_id}").json()
    assert known["description"] == "Why is October dearer?\n\nRoaming explained"
    assert [note["text"] for note in known["note"]] == ["She has the list."]
