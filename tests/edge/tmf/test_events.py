"""TMF688: topics on the one event log, their events from a cursor, listeners to them."""

from __future__ import annotations

from collections.abc import Callable

from linehouse.platform.access.service import create_client
from tests.edge.tmf.conftest import HOST, ApiClient
from tests.edge.tmf.listener import Listener
from tests.edge.tmf.test_party import INDIVIDUALS, PERSON

TOPICS = "event/v4/topic"


def test_a_topic_for_each_api_with_events(api: ApiClient) -> None:
    found = api.get(TOPICS).body
    party = next(topic for topic in found if topic["id"] == "party")
    assert party["href"] == f"http://{HOST}/tmf-api/{TOPICS}/party"
    assert "eventType=IndividualCreateEvent" in party["headerQuery"]
    assert api.get(f"{TOPICS}/party").body == party
    assert api.get(f"{TOPICS}/nothing").status == 404
    assert api.post(TOPICS, {"name": "x"}).status == 405


def test_events_from_a_cursor(api: ApiClient, brand: str) -> None:
    one = api.post(INDIVIDUALS, PERSON).body
    api.patch(f"{INDIVIDUALS}/{one['id']}", {"familyName": "Smith"})
    api.post("party/v4/organization", {"tradingName": "Kolibrie"})
    path = f"{TOPICS}/party/event"
    first = api.get(f"{path}?limit=1")
    assert [event["eventType"] for event in first.body] == ["IndividualCreateEvent"]
    after = first.headers["X-Next-Position"]
    rest = api.get(f"{path}?after={after}")
    assert [event["eventType"] for event in rest.body] == [
        "IndividualAttributeValueChangeEvent",
        "OrganizationCreateEvent",
    ]
    assert rest.body[0]["event"]["individual"]["familyName"] == "Smith"
    event = first.body[0]
    assert api.get(f"{path}/{event['eventId']}").body == event
    for wrong in ("0-x", "x", event["eventId"] + "0"):
        assert api.get(f"{path}/{wrong}").status == 404
    chosen = api.get(f"{path}?eventType=OrganizationCreateEvent").body
    assert [event["eventType"] for event in chosen] == ["OrganizationCreateEvent"]
    assert api.get(f"{path}?after=x").body["field"] == "after"
    assert api.get(f"{path}?colour=red").status == 400
    blind = ApiClient(create_client("blind", brand, frozenset({"order.read"})), None)
    assert blind.get(path).body == []
    assert blind.get(f"{path}/{event['eventId']}").status == 404


def test_a_listener_of_a_topic_is_a_listener_of_its_api(
    api: ApiClient, listener: Listener, drain: Callable[[], int]
) -> None:
    made = api.post(f"{TOPICS}/party/hub", {"callback": listener.url})
    assert made.status == 201
    assert made.headers["Location"] == f"http://{HOST}/tmf-api/{TOPICS}/party/hub/{made.body['id']}"
    assert [row["id"] for row in api.get("party/v4/hub").body] == [made.body["id"]]
    api.post(INDIVIDUALS, PERSON)
    drain()
    assert listener.told == ["IndividualCreateEvent"]
    assert api.get(f"{TOPICS}/party/hub/{made.body['id']}").status == 200
    assert api.delete(f"{TOPICS}/party/hub/{made.body['id']}").status == 204
    assert api.get(f"{TOPICS}/party/hub").body == []
    assert api.post(f"{TOPICS}/nothing/hub", {"callback": listener.url}).status == 404
