"""TMF629 and TMF666: who buys, and whom the bill is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from linehouse.customer.values import CustomerRegistered
from tests.edge.tmf.conftest import HOST, ApiClient
from tests.edge.tmf.listener import Listener
from tests.edge.tmf.test_party import PERSON

CUSTOMERS = "customerManagement/v4/customer"
ACCOUNTS = "accountManagement/v4/billingAccount"


def test_a_party_becomes_a_customer(api: ApiClient, shop: str, events: Callable[[], list[str]]) -> None:
    person = api.post("party/v4/individual", PERSON).body
    body = {
        "name": person["fullName"],
        "engagedParty": {"id": person["id"], "@referredType": "Individual"},
        "characteristic": [{"name": "externalId", "value": "crm-9"}],
    }
    events()
    made = api.post(CUSTOMERS, body)
    assert made.status == 201
    assert made.body["engagedParty"]["id"] == person["id"]
    assert made.body["contactMedium"] == person["contactMedium"]
    assert len(made.body["account"]) == 1
    assert events() == ["customer.customer.created", "customer.billing_account.created"]
    assert api.post(CUSTOMERS, body).body == made.body
    assert events() == []
    incomplete = api.post("party/v4/individual", {"givenName": "No", "familyName": "Address"}).body
    refused = api.post(
        CUSTOMERS, {"name": "x", "engagedParty": {"id": incomplete["id"], "@referredType": "Individual"}}
    )
    assert (refused.status, len(refused.body["problem"])) == (400, 3)
    nobody = {"id": "0190a000-0000-7000-8000-00000000ffff", "@referredType": "Individual"}
    unknown = api.post(CUSTOMERS, {"name": "x", "engagedParty": nobody})
    assert (unknown.status, unknown.body["field"]) == (404, "/engagedParty/id")
    assert shop


def test_a_customer_with_party_and_account(api: ApiClient, jane: CustomerRegistered) -> None:
    found = api.get(f"{CUSTOMERS}/{jane.customer_id}").body
    assert (found["name"], found["status"]) == ("Jane Lamborgizzia", "active")
    assert {c["name"]: c["value"] for c in found["characteristic"]} == {
        "customerNumber": "C-000001",
        "externalId": "crm-1",
    }
    assert found["validFor"] == {"startDateTime": "2026-11-01T08:00:00Z"}
    for reference in (found["engagedParty"], *found["account"]):
        path = reference["href"].removeprefix(f"http://{HOST}/tmf-api/")
        assert api.get(path).body["id"] == reference["id"]
    assert api.get(CUSTOMERS).body == [found]


SEARCHES = [
    ("name=Jane%20Lamborgizzia", 1),
    ("status=active&engagedParty.id={party}", 1),
    ("engagedParty.id=nobody", 0),
    ("status=closed", 0),
    ("account.name=BA-000001", 1),
    ("characteristic.value=crm-1", 1),
    ("contactMedium.characteristic.emailAddress=jane@example.org", 1),
]


def test_customers_are_found(api: ApiClient, jane: CustomerRegistered) -> None:
    found = [(query, len(api.get(f"{CUSTOMERS}?{query.format(party=jane.party_id)}").body)) for query, _ in SEARCHES]
    assert found == SEARCHES


def test_a_customer_is_changed(
    api: ApiClient, jane: CustomerRegistered, listener: Listener, drain: Callable[[], int]
) -> None:
    api.post("customerManagement/v4/hub", {"callback": listener.url})
    path = f"{CUSTOMERS}/{jane.customer_id}"
    media = [m for m in api.get(path).body["contactMedium"] if m["mediumType"] != "email"]
    media.append({"mediumType": "email", "characteristic": {"emailAddress": "jane@example.net"}})
    changed = api.patch(path, {"contactMedium": media})
    assert changed.status == 200
    assert {"emailAddress": "jane@example.net"} in [m["characteristic"] for m in changed.body["contactMedium"]]
    # The customer follows its party by event.
    drain()
    suspended = api.patch(path, {"status": "suspended", "statusReason": "lost papers"})
    assert (suspended.body["status"], suspended.body["statusReason"]) == ("suspended", "lost papers")
    drain()
    assert listener.told == ["CustomerAttributeValueChangeEvent", "CustomerStateChangeEvent"]


WRONG_CHANGES = [
    ({"status": "suspended"}, 400, "/statusReason"),
    ({"status": "asleep", "statusReason": "why not"}, 400, "/status"),
    ({"name": "Another"}, 422, "/name"),
    ({"account": []}, 422, "/account"),
    ({"statusReason": "for nothing"}, 400, "/status"),
]


def test_what_cannot_be_changed_so(api: ApiClient, jane: CustomerRegistered) -> None:
    found = []
    for change, _, _ in WRONG_CHANGES:
        answer = api.patch(f"{CUSTOMERS}/{jane.customer_id}", change)
        found.append((change, answer.status, answer.body["field"]))
    assert found == WRONG_CHANGES


def test_a_billing_account_says_when_and_how(api: ApiClient, jane: CustomerRegistered) -> None:
    found = api.get(f"{ACCOUNTS}/{jane.billing_account_id}").body
    assert found["description"] == "BA-000001, EUR"
    assert found["relatedParty"][0]["id"] == str(jane.customer_id)
    cycle = found["billStructure"]["cycleSpecification"]
    assert (cycle["billingDateShift"], cycle["billingPeriod"], cycle["paymentDueDateOffset"]) == (0, "month", 14)
    assert [m["name"] for m in found["billStructure"]["presentationMedia"]] == ["email"]
    assert api.get(f"{ACCOUNTS}?relatedParty.id={jane.customer_id}&state=active").body == [found]
    assert api.get(f"{ACCOUNTS}?relatedParty.id=nobody").body == []


def test_a_second_account_is_opened_and_changed(api: ApiClient, jane: CustomerRegistered) -> None:
    body = {
        "name": "Jane's tablet",
        "relatedParty": [
            {"id": str(jane.customer_id), "name": "Jane", "role": "customer", "@referredType": "Customer"}
        ],
        "billStructure": {
            "cycleSpecification": {"name": "on the 15th", "isRef": False, "billingDateShift": 14},
            "presentationMedia": [{"name": "print", "isRef": False}],
        },
    }
    made = api.post(ACCOUNTS, body)
    assert made.status == 201
    assert made.body["billStructure"]["cycleSpecification"]["billingDateShift"] == 14
    path = f"{ACCOUNTS}/{made.body['id']}"
    changed = api.patch(path, {"name": "Tablet", "billStructure": {"cycleSpecification": {"paymentDueDateOffset": 30}}})
    assert changed.status == 200
    assert changed.body["name"] == "Tablet"
    assert changed.body["billStructure"]["cycleSpecification"]["paymentDueDateOffset"] == 30
    day = api.patch(path, {"billStructure": {"cycleSpecification": {"billingDateShift": 3}}})
    assert (day.status, day.body["field"]) == (400, "/billStructure/cycleSpecification/billingDateShift")
    assert len(api.get(f"{CUSTOMERS}/{jane.customer_id}").body["account"]) == 2


WRONG_ACCOUNTS: list[tuple[dict[str, Any], str]] = [
    ({"name": None}, "/name"),
    ({"relatedParty": None}, "/relatedParty"),
    ({"relatedParty": []}, "/relatedParty"),
    ({"relatedParty": [{"id": "nobody", "@referredType": "Customer"}]}, "/relatedParty/0/id"),
    ({"relatedParty": [{"id": "nobody"}]}, "/relatedParty/0/@referredType"),
    (
        {"billStructure": {"cycleSpecification": {"name": "x", "isRef": False, "billingDateShift": 31}}},
        "/billStructure/cycleSpecification/billingDateShift",
    ),
    (
        {"billStructure": {"presentationMedia": [{"name": "pigeon", "isRef": False}]}},
        "/billStructure/presentationMedia",
    ),
]


def test_a_wrong_account_is_named(api: ApiClient, jane: CustomerRegistered) -> None:
    right: dict[str, Any] = {"name": "x", "relatedParty": [{"id": str(jane.customer_id), "@referredType": "Customer"}]}
    found = []
    for change, _ in WRONG_ACCOUNTS:
        body = {name: value for name, value in (right | change).items() if value is not None}
        answer = api.post(ACCOUNTS, body)
        found.append((answer.status, answer.body["field"]))
    assert found == [(400, field) for _, field in WRONG_ACCOUNTS]
