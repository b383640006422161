"""What a listener did not take: held, dead, told to people, sent again; pauses, replay by cursor and by time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from linehouse.edge.tmf.kit import hub, retention, sending
from linehouse.edge.tmf.kit.delivering import deliver
from linehouse.edge.tmf.kit.once import RETENTION
from linehouse.edge.tmf.models import HubDelivery, HubSubscription
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.platform.jobs.registry import Attempt
from linehouse.platform.outbox.service import last_position
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import SYSTEM, Actor
from linehouse.platform.worklist.models import Task
from linehouse.platform.worklist.service import retry as retry_task
from tests.edge.tmf.conftest import ApiClient
from tests.edge.tmf.listener import Listener
from tests.edge.tmf.test_party import INDIVIDUALS, PERSON

HUB = "party/v4/hub"


@pytest.fixture
def one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notification is dead after its first attempt."""
    monkeypatch.setattr("linehouse.edge.tmf.kit.delivering.MAX_ATTEMPTS", 1)


def _states() -> list[tuple[str, str]]:
    rows = HubDelivery.objects.order_by("position")
    return [(row.event_type.removeprefix("Individual").removesuffix("Event"), row.state) for row in rows]


@pytest.mark.usefixtures("one_attempt")
def test_what_is_dead_holds_later_ones_of_its_resource_and_people_are_told(
    api: ApiClient, listener: Listener, drain: Callable[[], int], actor: Actor
) -> None:
    made = api.post(HUB, {"callback": listener.url}).body
    listener.answers = [500]
    path = f"{INDIVIDUALS}/{api.post(INDIVIDUALS, PERSON).body['id']}"
    drain()
    api.patch(path, {"familyName": "Smith"})
    api.post(INDIVIDUALS, PERSON)
    drain()
    assert _states() == [("Create", "dead"), ("AttributeValueChange", "held"), ("Create", "delivered")]
    assert api.get(f"{HUB}/{made['id']}").body["undelivered"] == 2
    task = Task.objects.get(kind=sending.TASK)
    assert (task.key, task.state, task.reason) == (
        made["id"],
        "open",
        "1 could not be delivered; the listener answered 500",
    )
    retry_task(task.id, actor=actor)
    drain()
    assert _states() == [("Create", "delivered"), ("AttributeValueChange", "delivered"), ("Create", "delivered")]
    first, _, again, after = listener.bodies
    assert first == again
    assert after["eventType"] == "IndividualAttributeValueChangeEvent"
    task.refresh_from_db()
    assert task.state == "done"


@pytest.mark.usefixtures("one_attempt")
def test_a_dead_one_can_be_given_up(api: ApiClient, listener: Listener, drain: Callable[[], int]) -> None:
    api.post(HUB, {"callback": listener.url})
    listener.answers = [400]
    path = f"{INDIVIDUALS}/{api.post(INDIVIDUALS, PERSON).body['id']}"
    drain()
    api.patch(path, {"familyName": "Smith"})
    drain()
    dead = HubDelivery.objects.get(state="dead")
    hub.skip(str(dead.id), actor=SYSTEM, reason="nobody wants it")
    drain()
    assert _states() == [("Create", "discarded"), ("AttributeValueChange", "delivered")]
    assert Task.objects.get(kind=sending.TASK).state == "done"
    with pytest.raises(IllegalTransition):
        hub.skip(str(dead.id), actor=SYSTEM, reason="again")


def test_a_paused_listener_hears_everything_later(api: ApiClient, listener: Listener, drain: Callable[[], int]) -> None:
    made = api.post(HUB, {"callback": listener.url}).body
    path = f"{HUB}/{made['id']}"
    assert api.patch(path, {"state": "paused"}).body["state"] == "paused"
    one = f"{INDIVIDUALS}/{api.post(INDIVIDUALS, PERSON).body['id']}"
    api.patch(one, {"familyName": "Smith"})
    drain()
    assert listener.told == []
    assert api.patch(path, {"state": "sleeping"}).status == 409
    assert api.patch(path, {"callback": "https://example.org"}).body["field"] == "/callback"
    assert api.patch(path, {"state": "active"}).body["state"] == "active"
    drain()
    assert listener.told == ["IndividualCreateEvent", "IndividualAttributeValueChangeEvent"]
    assert [body["event"]["individual"]["familyName"] for body in listener.bodies] == ["Smith", "Smith"]


def test_replay_by_cursor_and_by_time(
    api: ApiClient, listener: Listener, drain: Callable[[], int], advance: Callable[[Any], Any]
) -> None:
    before = api.post(INDIVIDUALS, PERSON).body["id"]
    cursor = last_position()
    heard = api.post(INDIVIDUALS, PERSON).body["id"]
    drain()
    made = api.post(HUB, {"callback": listener.url}).body
    late = api.post(INDIVIDUALS, PERSON).body["id"]
    drain()
    path = f"{HUB}/{made['id']}/replay"
    answer = api.post(path, {"after": cursor})
    assert (answer.status, answer.body["after"]) == (202, cursor)
    drain()
    told = [body["event"]["individual"]["id"] for body in listener.bodies]
    assert told == [late, heard, late]
    # The same notification has the same id, whenever and however often it is sent.
    assert listener.bodies[0] == listener.bodies[2]
    positions = [int(headers["X-Linehouse-Position"]) for _, headers, _ in listener.requests]
    assert cursor < positions[1] < positions[2] == positions[0]
    listener.requests.clear()
    assert api.post(path, {"since": "2026-11-01T00:00:00Z"}).status == 202
    drain()
    assert [body["event"]["individual"]["id"] for body in listener.bodies] == [before, heard, late]
    listener.requests.clear()
    assert api.post(path, {"since": "2026-11-01T00:00:00Z", "until": "2026-11-01T00:00:00Z"}).status == 202
    drain()
    assert listener.requests == []
    assert [api.post(path, body).status for body in ({}, {"after": 1, "since": "2026-11-01T00:00:00Z"})] == [400, 400]


def test_one_is_sent_again(api: ApiClient, listener: Listener, drain: Callable[[], int]) -> None:
    api.post(HUB, {"callback": listener.url})
    api.post(INDIVIDUALS, PERSON)
    drain()
    hub.send_again(str(HubDelivery.objects.get().id), actor=SYSTEM, reason="the other side lost it")
    drain()
    assert listener.bodies[0] == listener.bodies[1]
    assert _states() == [("Create", "delivered")]


def test_a_listener_that_wants_a_token_of_us_gets_one(
    api: ApiClient, listener: Listener, drain: Callable[[], int]
) -> None:
    listener.tokens = ["first", "second"]
    wanted = {
        "tokenUrl": listener.url.replace("/hook", "/token"),
        "clientId": "us",
        "clientSecret": "hush",
        "scope": "events",
    }
    made = api.post(HUB, {"callback": listener.url, "authorization": wanted})
    assert made.status == 201
    assert made.body["authorization"] == {name: wanted[name] for name in ("tokenUrl", "clientId", "scope")}
    assert "hush" not in HubSubscription.objects.get().token_secret
    api.post(INDIVIDUALS, PERSON)
    listener.answers = [401, 204]
    drain()
    assert [headers["Authorization"] for _, headers, _ in listener.requests] == ["Bearer first", "Bearer second"]
    assert listener.token_requests == [("Basic dXM6aHVzaA==", "grant_type=client_credentials&scope=events")] * 2
    lacking = api.post(HUB, {"callback": listener.url, "query": "eventType=x", "authorization": {"tokenUrl": "x"}})
    assert (lacking.status, lacking.body["field"]) == (400, "/authorization/clientId")
    with override_settings(TMF_CALLBACKS_TO_LOOPBACK=False):
        inside = wanted | {"tokenUrl": "https://10.0.0.1/token"}
        refused = api.post(HUB, {"callback": "https://93.184.215.14/", "authorization": inside})
    assert (refused.status, refused.body["field"]) == (400, "/authorization/tokenUrl")


def test_a_listener_may_be_selected_by_jsonpath(api: ApiClient, listener: Listener, drain: Callable[[], int]) -> None:
    query = "filter=[?(@.individual.familyName=='Smith')]"
    assert api.post(HUB, {"callback": listener.url, "query": query}).status == 201
    api.post(INDIVIDUALS, PERSON)
    api.post(INDIVIDUALS, PERSON | {"familyName": "Smith"})
    drain()
    assert [body["event"]["individual"]["familyName"] for body in listener.bodies] == ["Smith"]


def test_what_is_old_is_thrown_away(
    api: ApiClient, listener: Listener, drain: Callable[[], int], work: Callable[..., Any]
) -> None:
    api.post(HUB, {"callback": listener.url})
    api.post(INDIVIDUALS, PERSON, headers={"Idempotency-Key": "k"})
    drain()
    with work() as w:
        assert retention.throw_away(w) == 0
    old = MachineClock().now() - RETENTION - timedelta(days=1)
    HubDelivery.objects.update(delivered_at=old)
    with brand_cursor() as cursor:
        cursor.execute("UPDATE tmf_idempotencykey SET created_at = %s", [old])
    with work() as w:
        assert retention.throw_away(w) == 2
    assert not HubDelivery.objects.exists()


def test_an_abandoned_job_sends_nothing_twice(api: ApiClient, listener: Listener, drain: Callable[[], int]) -> None:
    api.post(HUB, {"callback": listener.url})
    api.post(INDIVIDUALS, PERSON)
    drain()
    delivery = HubDelivery.objects.get()
    deliver({"delivery": str(delivery.id), "round": 0}, Attempt("job", "key", 2))
    assert listener.told == ["IndividualCreateEvent"]
