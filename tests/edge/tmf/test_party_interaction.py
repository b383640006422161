"""TMF683: contacts over HTTP, with what a kit sends and what a business rule refuses."""

from __future__ import annotations

import base64
from typing import Any

from linehouse.care import service as care
from linehouse.customer.values import CustomerRegistered
from linehouse.kernel.ids import new_id
from linehouse.platform.work import Actor
from tests.edge.tmf.conftest import ApiClient

PLACE = "partyInteraction/v4/partyInteraction"


def body(**more: Any) -> dict[str, Any]:
    """A call about a bill."""
    return {
        "interactionDate": {"startDateTime": "2026-11-01T07:30:00Z", "endDateTime": "2026-11-01T07:41:00Z"},
        "reason": "bill",
        "description": "Why is it higher than last month?",
        "status": "inProgress",
        "direction": "inbound",
        "channel": [{"id": "phone", "href": "https://calls.example/lines/1", "name": "Hotline"}],
    } | more


def test_a_contact_comes_in_whole(api: ApiClient, jane: CustomerRegistered) -> None:
    earlier = api.post(PLACE, body()).body["id"]
    about = {"role": "subject", "@referredType": "BillingAccount", "id": str(jane.billing_account_id)}
    ticket = {"role": "escalation", "@referredType": "TroubleTicket", "name": "JIRA-7"}
    letter = {"content": base64.b64encode(b"Dear").decode(), "name": "letter.txt", "mimeType": "text/plain"}
    answer = api.post(
        PLACE,
        body(
            relatedParty=[{"id": str(jane.customer_id), "@referredType": "Customer", "role": "customer"}],
            interactionItem=[{"item": about, "resolution": "explained"}, {"item": ticket}],
            attachment=[letter],
            note=[{"text": "She was friendly."}],
            interactionRelationship=[{"id": earlier, "relationshipType": "continues"}],
        ),
    )
    assert answer.status == 201
    found = answer.body
    assert answer.headers["Location"] == found["href"]
    assert found["interactionDate"] == body()["interactionDate"]
    assert (found["reason"], found["direction"], found["status"]) == ("bill", "inbound", "inProgress")
    assert found["channel"] == body()["channel"]
    assert found["relatedParty"][0]["id"] == str(jane.customer_id)
    assert [item["item"]["name"] for item in found["interactionItem"]] == ["BA-000001", "JIRA-7"]
    assert found["interactionItem"][0]["resolution"] == "explained"
    assert found["note"][0]["text"] == "She was friendly."
    assert found["attachment"][0]["size"] == {"amount": 4, "units": "bytes"}
    assert found["interactionRelationship"][0]["id"] == earlier
    assert api.get(f"{PLACE}/{found['id']}").body == found
    for query in ("direction=inbound", "reason=bill", f"relatedParty.id={jane.customer_id}", "channel.id=phone"):
        assert found["id"] in [one["id"] for one in api.get(f"{PLACE}?{query}").body]
    assert api.get(f"{PLACE}?status=completed").body == []


def test_the_status_moves_and_notes_are_added(api: ApiClient) -> None:
    key = api.post(PLACE, body(note=[{"text": "first"}])).body["id"]
    done = api.patch(f"{PLACE}/{key}", {"status": "completed"})
    assert (done.status, done.body["status"]) == (200, "completed")
    notes = done.body["note"]
    added = api.patch(f"{PLACE}/{key}", {"note": [*notes, {"text": "second"}]})
    assert [note["text"] for note in added.body["note"]] == ["first", "second"]
    assert added.body["note"][1]["author"] == "tests"
    for notes in ([], [{"text": "second only"}], [{**added.body["note"][0], "text": "rewritten"}]):
        refused = api.patch(f"{PLACE}/{key}", {"note": notes})
        assert (refused.status, refused.body["code"], refused.body["field"]) == (422, "care.interaction_kept", "/note")
    assert api.patch(f"{PLACE}/{key}", {"status": "open"}).status == 409
    rewritten = api.patch(f"{PLACE}/{key}", {"description": "never said"})
    assert (rewritten.status, rewritten.body["field"]) == (422, "/description")


def test_what_is_deleted_is_gone_for_programs_and_kept_for_staff(api: ApiClient, actor: Actor) -> None:
    key = api.post(PLACE, body()).body["id"]
    assert api.delete(f"{PLACE}/{key}").status == 204
    assert api.get(f"{PLACE}/{key}").status == 404
    assert api.get(PLACE).body == []
    assert api.delete(f"{PLACE}/{key}").status == 404
    assert care.find_interaction(number="CT-000001", withdrawn=True).state_reason == "deleted by API"


def test_business_rules_hold(api: ApiClient, jane: CustomerRegistered) -> None:
    def refused(**more: Any) -> tuple[int, str]:
        answer = api.post(PLACE, body(**more))
        details = answer.body.get("problem") or [{"field": answer.body["field"]}]
        return answer.status, details[0]["field"]

    channel = body()["channel"][0]
    item = {"role": "subject", "@referredType": "ProductOrder", "id": str(new_id())}
    party = {"id": str(new_id()), "@referredType": "Customer"}
    assert refused(channel=[]) == (400, "/channel")
    assert refused(channel=[channel | {"id": "pigeon"}]) == (400, "/channel/0/id")
    assert refused(direction="sideways") == (400, "/direction")
    assert refused(status="cancelled") == (400, "/status")
    assert refused(interactionDate={"startDateTime": "2030-01-01T00:00:00Z"}) == (400, "/interactionDate/startDateTime")
    assert refused(interactionItem=[{"item": item}]) == (400, "/interactionItem/0/item")
    assert refused(interactionItem=[{"item": item | {"@referredType": "Planet"}}])[0] == 400
    assert refused(attachment=[{"content": "%", "name": "x", "mimeType": "y/z"}]) == (400, "/attachment/0/content")
    assert refused(relatedParty=[party])[0] == 404
    assert refused(relatedParty=[party, party]) == (400, "/relatedParty/1")
    assert refused(interactionRelationship=[{"id": str(new_id()), "relationshipType": "continues"}])[0] == 400
    assert jane.customer_number
    assert api.get(PLACE).body == []


def test_who_may_only_read_records_nothing(reader: ApiClient, stranger: ApiClient) -> None:
    assert reader.get(PLACE).status == 200
    assert reader.post(PLACE, body()).status == 403
    assert stranger.get(PLACE).status == 401
