"""A program listens: it is told, does not take something, people see it at the desk and send it again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.test import Client, override_settings

from linehouse.edge.tmf.models import HubDelivery, HubSubscription
from linehouse.platform.access.models import User
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.service import create_client, grant_role
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.worklist.models import Task
from tests.edge.tmf.conftest import ApiClient
from tests.edge.tmf.listener import Listener

PERSON = {"givenName": "Jane", "familyName": "Lamborgizzia"}


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Listens on this machine, which the setting for development allows."""
    found = Listener()
    thread = threading.Thread(target=found.server.serve_forever)
    thread.start()
    with override_settings(TMF_CALLBACKS_TO_LOOPBACK=True):
        yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.fixture
def desk(brand: str) -> Client:
    """Ada at the desk."""
    with realm_scope(CONTROL):
        user = User.objects.create_user("ada@staff.example", "a-long-demo-password", name="Ada")
        grant_role(user.id, brand, "admin")
        client = Client(headers={"host": "desk.localhost"})
        client.force_login(user)
    return client


def test_what_a_listener_did_not_take_is_sent_again_from_the_desk(
    brand: str,
    desk: Client,
    listener: Listener,
    drain: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("linehouse.edge.tmf.kit.delivering.MAX_ATTEMPTS", 1)
    api = ApiClient(create_client("CRM", brand, frozenset(PERMISSIONS)), None)
    made = api.post("party/v4/hub", {"callback": listener.url}).body
    listener.answers = [503, 503]
    one = api.post("party/v4/individual", PERSON).body["id"]
    drain()
    api.patch(f"party/v4/individual/{one}", {"familyName": "Smith"})
    drain()
    assert [row.state for row in HubDelivery.objects.order_by("position")] == ["dead", "held"]

    # The work list leads to the listener's screen.
    task = Task.objects.get(kind="tmf.delivery")
    assert "the listener answered 503" in task.reason
    assert "CRM" in desk.get(f"/b/{brand}/listeners").content.decode()
    screen = desk.get(f"/b/{brand}/listeners/{made['id']}").content.decode()
    assert "IndividualCreateEvent" in screen
    assert listener.url in screen
    assert "Lamborgizzia" not in screen

    # Paused, it hears nothing; let to hear again, what could not be delivered still comes first.
    base = f"/b/{brand}/listeners/{made['id']}"
    assert desk.post(f"{base}/pause").status_code == 302
    assert HubSubscription.objects.get().state == "paused"
    assert desk.post(f"{base}/resume").status_code == 302
    dead = HubDelivery.objects.get(state="dead")
    assert desk.post(f"/b/{brand}/listeners/notifications/{dead.id}/again").status_code == 302
    drain()
    assert [row.state for row in HubDelivery.objects.order_by("position")] == ["dead", "held"]
    assert desk.post(f"{base}/send").status_code == 302
    drain()
    assert [row.state for row in HubDelivery.objects.order_by("position")] == ["delivered", "delivered"]
    task.refresh_from_db()
    assert task.state == "done"
    told = [body["eventType"] for body in listener.bodies]
    assert told == [*["IndividualCreateEvent"] * 3, "IndividualAttributeValueChangeEvent"]

    # A time is told again, each with the id that it had before.
    assert desk.post(f"{base}/replay", {"since": "2026-11-01"}).status_code == 302
    drain()
    assert [body["eventId"] for body in listener.bodies[-2:]] == [body["eventId"] for body in listener.bodies[-4:-2]]
    assert desk.post(f"{base}/replay", {"since": "soon"}).status_code in (302, 400, 422)
    assert api.get(f"event/v4/topic/party/event?individual.id={one}").headers["X-Result-Count"] == "2"
