"""TMF681: messages are written, read, changed, cancelled and taken away over the API."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from linehouse.customer.values import CustomerRegistered
from linehouse.notify import mailer
from linehouse.party import service as party
from linehouse.platform.work import Actor
from tests.edge.tmf.conftest import HOST, ApiClient
from tests.notify.conftest import FakeMail

MESSAGES = "communicationManagement/v4/communicationMessage"
LATER = "2026-11-02T09:00:00Z"


@pytest.fixture
def mails() -> Iterator[FakeMail]:
    """The mail server."""
    before, fake = mailer.current_factory(), FakeMail()
    mailer.set_factory(lambda: fake)
    yield fake
    mailer.set_factory(before)


def body(jane: CustomerRegistered | None = None, **more: Any) -> dict[str, Any]:
    whose: dict[str, Any] = {"email": "kim@mail.example", "name": "Kim de Boer"}
    if jane:
        whose = {"party": {"id": str(jane.customer_id), "@referredType": "Customer"}}
    return {
        "content": "Your SIM card is on its way.",
        "subject": "On its way",
        "messageType": "Email",
        "receiver": [whose],
        "sender": {"name": "Robin Mobile"},
    } | more


def test_a_message_is_written_sent_and_found(
    api: ApiClient, jane: CustomerRegistered, mails: FakeMail, drain: Callable[[], int]
) -> None:
    file = {"name": "note.txt", "mimeType": "text/plain", "content": base64.b64encode(b"hello").decode()}
    made = api.post(MESSAGES, body(jane, attachment=[file], priority="1", tryTimes=3))
    assert (made.status, made.body["state"]) == (201, "initial")
    assert made.headers["Location"] == made.body["href"] == f"http://{HOST}/tmf-api/{MESSAGES}/{made.body['id']}"
    drain()
    (mail,) = mails.sent
    assert (mail.recipient, mail.subject, mail.text) == ("jane@example.org", "On its way", body()["content"])
    assert [(one.name, one.content) for one in mail.attachments] == [("note.txt", b"hello")]
    found = api.get(f"{MESSAGES}/{made.body['id']}").body
    assert (found["state"], found["tryTimes"], found["priority"]) == ("completed", 3, "1")
    assert found["receiver"][0]["email"] == "j…@example.org"
    assert found["receiver"][0]["party"]["id"] == str(jane.customer_id)
    assert found["sender"] == {"name": "Robin Mobile", "email": "service@robin-mobile.example"}
    assert {one["name"]: one["value"] for one in found["characteristic"]} == {
        "messageClass": "service",
        "evidence": "250 2.0.0 kept as 1",
    }
    assert found["sendTimeComplete"]
    for query, count in (
        ("state=completed", 1),
        ("state=failed", 0),
        ("messageType=SMS", 0),
        (f"receiver.party.id={jane.customer_id}", 1),
        ("receiver.party.id=nobody", 0),
    ):
        assert len(api.get(f"{MESSAGES}?{query}").body) == count, query


def test_a_message_to_somebody_who_is_no_customer(api: ApiClient, shop: str, mails: FakeMail) -> None:
    made = api.post(MESSAGES, body())
    assert made.status == 201
    assert "party" not in made.body["receiver"][0]


def test_what_waits_is_changed_cancelled_and_taken_away(
    api: ApiClient, shop: str, mails: FakeMail, drain: Callable[[], int], advance: Callable[..., Any]
) -> None:
    waiting = [api.post(MESSAGES, body(scheduledSendTime=LATER)).body["id"] for _ in range(3)]
    drain()
    assert mails.sent == []
    changed = api.patch(f"{MESSAGES}/{waiting[0]}", {"content": "Other words", "description": "a note"})
    assert (changed.status, changed.body["content"], changed.body["description"]) == (200, "Other words", "a note")
    assert api.patch(f"{MESSAGES}/{waiting[1]}", {"state": "cancelled"}).body["state"] == "cancelled"
    assert api.patch(f"{MESSAGES}/{waiting[1]}", {"state": "initial"}).status == 400
    assert api.delete(f"{MESSAGES}/{waiting[2]}").status == 204
    assert api.get(f"{MESSAGES}/{waiting[2]}").status == 404
    assert api.delete(f"{MESSAGES}/{waiting[2]}").status == 404
    assert len(api.get(MESSAGES).body) == 2
    advance(datetime.fromisoformat(LATER))
    assert [mail.text for mail in mails.sent] == ["Other words"]
    assert api.delete(f"{MESSAGES}/{waiting[0]}").status == 409
    assert api.patch(f"{MESSAGES}/{waiting[0]}", {"content": "too late"}).status == 409
    assert api.patch(f"{MESSAGES}/{waiting[0]}", {"state": "cancelled"}).status == 409


def test_marketing_asks_for_consent(
    api: ApiClient, jane: CustomerRegistered, mails: FakeMail, drain: Callable[[], int], actor: Actor
) -> None:
    advert = body(jane, characteristic=[{"name": "messageClass", "value": "marketing"}])
    refused = api.post(MESSAGES, advert).body["id"]
    drain()
    assert api.get(f"{MESSAGES}/{refused}").body["state"] == "cancelled"
    party.record_consent(jane.party_id, "marketing", given=True, source="api", evidence="form 7", actor=actor)
    taken = api.post(MESSAGES, advert).body["id"]
    drain()
    assert api.get(f"{MESSAGES}/{taken}").body["state"] == "completed"
    assert len(mails.sent) == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"messageType": "Pigeon"}, "/messageType"),
        ({"receiver": []}, "/receiver"),
        ({"receiver": [{"email": "a@b.example"}, {"email": "c@d.example"}]}, "/receiver"),
        ({"receiver": [{"name": "Nobody"}]}, "/receiver/0"),
        ({"receiver": [{"party": {"id": "x", "@referredType": "Customer"}}]}, "/receiver/0/party/id"),
        ({"content": " "}, "/content"),
        ({"subject": ""}, "/subject"),
        ({"sender": {"email": "ceo@other.example"}}, "/sender/email"),
        ({"logFlag": False}, "/logFlag"),
        ({"tryTimes": 99}, "/tryTimes"),
        ({"characteristic": [{"name": "messageClass", "value": "spam"}]}, "/characteristic"),
        ({"characteristic": [{"name": "colour", "value": "red"}]}, "/characteristic/0/name"),
        ({"attachment": [{"name": "a", "mimeType": "text/plain", "content": "***"}]}, "/attachment/0/content"),
    ],
)
def test_what_is_wrong_is_named(api: ApiClient, shop: str, change: dict[str, Any], pointer: str) -> None:
    answer = api.post(MESSAGES, body() | change)
    assert (answer.status, answer.body["field"]) == (400, pointer)
