"""The hub: what happens is told to whoever listens, once it is taken, in order, and signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from uuid import UUID

from linehouse.edge.tmf.kit.callback import SIGNATURE
from linehouse.edge.tmf.models import HubDelivery
from linehouse.kernel.clock import MachineClock
from linehouse.platform.access.service import create_client
from linehouse.platform.control.models import ApiClient as RegisteredClient
from linehouse.platform.sql import brand_cursor
from tests.conformance.swagger import Specifications
from tests.edge.tmf.conftest import HOST, ApiClient
from tests.edge.tmf.listener import Listener
from tests.edge.tmf.test_party import INDIVIDUALS, PERSON

HUB = "party/v4/hub"


def test_register_look_and_remove(api: ApiClient, listener: Listener, drain: Callable[[], int]) -> None:
    made = api.post(HUB, {"callback": listener.url, "query": "eventType=IndividualCreateEvent"})
    assert made.status == 201
    assert made.headers["Location"] == f"http://{HOST}/tmf-api/{HUB}/{made.body['id']}"
    shown = {name: made.body[name] for name in ("id", "callback", "query", "state")}
    assert api.get(f"{HUB}/{made.body['id']}").body == shown
    assert api.get(HUB).body == [shown]
    again = api.post(HUB, {"callback": listener.url, "query": "eventType=IndividualCreateEvent"})
    assert (again.status, again.body["code"]) == (409, "tmf.subscribed")
    assert api.delete(f"{HUB}/{made.body['id']}").status == 204
    assert api.delete(f"{HUB}/{made.body['id']}").status == 404
    assert api.get(HUB).body == []
    api.post(INDIVIDUALS, PERSON)
    drain()
    assert listener.requests == []


def test_a_notification_is_complete_and_signed(
    api: ApiClient, listener: Listener, drain: Callable[[], int], specifications: Specifications | None
) -> None:
    key = api.post(HUB, {"callback": listener.url}).body["signingKey"]
    person = api.post(INDIVIDUALS, PERSON).body
    drain()
    ((path, headers, raw),) = listener.requests
    body = json.loads(raw)
    assert path == "/hook"
    assert body["eventType"] == body["@type"] == "IndividualCreateEvent"
    assert body["event"] == {"individual": person}
    assert body["eventTime"] == body["timeOcurred"] == "2026-11-01T08:00:00Z"
    assert UUID(body["eventId"]) != UUID(body["correlationId"])
    fields = dict(part.split("=") for part in headers[SIGNATURE].split(","))
    mac = hmac.new(key.encode(), f"{fields['t']}.".encode() + raw, hashlib.sha256).hexdigest()
    assert fields["v1"] == mac
    delivery = HubDelivery.objects.get()
    assert (str(delivery.id), delivery.last_answer, delivery.attempts) == (body["eventId"], "204", 1)
    if specifications is not None:
        published = specifications.at(f"/tmf-api/{INDIVIDUALS}")
        assert published is not None
        published.check_definition("IndividualCreateEvent", body)


def test_what_is_not_taken_is_sent_again_and_later_ones_wait(
    api: ApiClient, listener: Listener, drain: Callable[[], int]
) -> None:
    api.post(HUB, {"callback": listener.url})
    listener.answers = [500, 204, 204]
    path = f"{INDIVIDUALS}/{api.post(INDIVIDUALS, PERSON).body['id']}"
    api.patch(path, {"familyName": "Smith"})
    drain()
    assert listener.told == ["IndividualCreateEvent", "IndividualCreateEvent", "IndividualAttributeValueChangeEvent"]
    assert listener.bodies[0] == listener.bodies[1]
    assert [r[1]["X-Linehouse-Attempt"] for r in listener.requests] == ["1", "2", "1"]


def test_only_what_the_query_selects(api: ApiClient, listener: Listener, drain: Callable[[], int]) -> None:
    query = "eventType=IndividualStateChangeEvent&individual.status=validated&fields=event.individual.status"
    assert api.post(HUB, {"callback": listener.url, "query": query}).status == 201
    one, other = (api.post(INDIVIDUALS, PERSON).body["id"] for _ in range(2))
    api.patch(f"{INDIVIDUALS}/{one}", {"status": "validated"})
    api.patch(f"{INDIVIDUALS}/{other}", {"status": "deceaded"})
    drain()
    assert listener.told == ["IndividualStateChangeEvent"]
    content = listener.bodies[0]["event"]["individual"]
    assert (content["id"], content["status"]) == (one, "validated")
    assert set(content) == {"id", "href", "@type", "status"}


def test_below_a_listener_each_event_has_its_path(api: ApiClient, listener: Listener, drain: Callable[[], int]) -> None:
    api.post(HUB, {"callback": listener.url.replace("/hook", "/listener")})
    api.post(INDIVIDUALS, PERSON)
    drain()
    assert [path for path, _, _ in listener.requests] == ["/listener/individualCreateEvent"]


REFUSED = [
    ({}, "/callback"),
    ({"callback": "https://10.0.0.8/"}, "/callback"),
    ({"callback": "http://93.184.215.14/"}, "/callback"),
    ({"callback": "https://93.184.215.14/", "query": "colour=red"}, "colour"),
    ({"callback": "https://93.184.215.14/", "query": "limit=3"}, "/query"),
]


def test_refused(api: ApiClient) -> None:
    found = []
    for body, _ in REFUSED:
        answer = api.post(HUB, body)
        found.append((answer.status, answer.body["field"]))
    assert found == [(400, field) for _, field in REFUSED]


def test_a_client_sees_only_its_own_and_hears_only_what_it_may_read(
    api: ApiClient, brand: str, listener: Listener, drain: Callable[[], int]
) -> None:
    mine = api.post(HUB, {"callback": listener.url}).body["id"]
    other = ApiClient(create_client("other", brand, frozenset({"customer.read"})), None)
    assert other.get(f"{HUB}/{mine}").status == 404
    assert other.delete(f"{HUB}/{mine}").status == 404
    assert (
        ApiClient(create_client("blind", brand, frozenset({"order.read"})), None)
        .post(HUB, {"callback": listener.url})
        .status
        == 403
    )
    with brand_cursor() as cursor:
        cursor.execute("""UPDATE tmf_hubsubscription SET scopes = '["order.read"]'""")
    api.post(INDIVIDUALS, PERSON)
    drain()
    assert listener.requests == []


def test_a_revoked_client_hears_nothing_more(
    api: ApiClient, brand: str, listener: Listener, drain: Callable[[], int]
) -> None:
    gone = ApiClient(create_client("gone", brand, frozenset({"customer.read"})), None)
    assert gone.post(HUB, {"callback": listener.url}).status == 201
    RegisteredClient.objects.filter(name="gone").update(revoked_at=MachineClock().now())
    api.post(INDIVIDUALS, PERSON)
    drain()
    assert listener.requests == []
