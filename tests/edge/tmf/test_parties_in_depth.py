"""TMF629, TMF632 and TMF669 in depth: own characteristics, identity documents, roles, and what closing asks."""

from __future__ import annotations

from typing import Any

import pytest

from linehouse.customer.values import CustomerRegistered
from linehouse.platform.characteristics import service as characteristics
from linehouse.platform.characteristics.values import Declaration, ValueKind
from linehouse.platform.work import Actor
from tests.edge.tmf.conftest import ApiClient

CUSTOMERS = "customerManagement/v4/customer"
PEOPLE = "party/v4/individual"
ROLES = "partyRoleManagement/v4/partyRole"
PERSON = {
    "givenName": "Fenna",
    "familyName": "de Vries",
    "birthDate": "1991-04-12T00:00:00Z",
    "contactMedium": [
        {"mediumType": "email", "characteristic": {"emailAddress": "fenna@example.org"}},
        {
            "mediumType": "postalAddress",
            "characteristic": {
                "street1": "Lindengracht 7",
                "postCode": "1015 KB",
                "city": "Amsterdam",
                "country": "NL",
            },
        },
    ],
}


@pytest.fixture
def declared(shop: str, actor: Actor) -> str:
    """The brand with two characteristics of customers of its own, one of which is personal."""
    for key, kind, personal in (("segment", ValueKind.TEXT, False), ("shoe-size", ValueKind.INTEGER, True)):
        new = Declaration(entity="customer", key=key, label={"": key}, kind=kind, personal=personal)
        characteristics.declare(new, actor=actor)
    new = Declaration(entity="customer", key="visits", label={"": "Visits"}, kind=ValueKind.INTEGER)
    characteristics.declare(new, actor=actor)
    return shop


def named(body: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in body["characteristic"]}


def test_a_brands_own_characteristics_are_set_and_told(
    api: ApiClient, declared: str, jane: CustomerRegistered, actor: Actor
) -> None:
    assert declared
    place = f"{CUSTOMERS}/{jane.customer_id}"
    characteristics.set_values("customer", jane.customer_id, {"shoe-size": 42}, actor=actor)
    there = api.get(place).body["characteristic"]
    changed = api.patch(
        place, {"characteristic": [*there, {"name": "segment", "value": "family"}, {"name": "visits", "value": 3}]}
    )
    assert changed.status == 200
    assert named(changed.body) == {
        "customerNumber": "C-000001",
        "externalId": "crm-1",
        "segment": "family",
        "visits": 3,
    }
    found = api.get(f"{CUSTOMERS}?characteristic.value=family").body
    assert [one["id"] for one in found] == [str(jane.customer_id)]
    emptied = api.patch(place, {"characteristic": there})
    assert "segment" not in named(emptied.body)
    held = characteristics.values_of("customer", jane.customer_id)
    assert [(one.spec.key, one.value) for one in held] == [("shoe-size", 42)]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "colour", "value": "red"}, "/characteristic/0/name"),
        ({"name": "shoe-size", "value": 42}, "/characteristic/0/name"),
        ({"name": "visits", "value": "often"}, "/characteristic/0/value"),
        ({"name": "customerNumber", "value": "C-9"}, "/characteristic/0/value"),
    ],
)
def test_a_wrong_characteristic_is_named(
    api: ApiClient, declared: str, jane: CustomerRegistered, sent: dict[str, Any], field: str
) -> None:
    assert declared
    refused = api.patch(f"{CUSTOMERS}/{jane.customer_id}", {"characteristic": [sent]})
    assert (refused.status, refused.body["field"]) == (400, field)


def test_a_customer_has_the_name_and_the_kind_of_its_party(api: ApiClient, shop: str) -> None:
    assert shop
    person = api.post(PEOPLE, PERSON).body
    party = {"id": person["id"], "@referredType": "Individual"}
    for body, field in (
        ({"name": "Somebody Else", "engagedParty": party}, "/name"),
        (
            {"name": person["fullName"], "engagedParty": party | {"@referredType": "Organization"}},
            "/engagedParty/@referredType",
        ),
    ):
        refused = api.post(CUSTOMERS, body)
        assert (refused.status, refused.body["field"]) == (400, field)
    assert api.get(CUSTOMERS).body == []


def test_a_customer_is_closed_and_stays_on_record(api: ApiClient, jane: CustomerRegistered) -> None:
    place = f"{CUSTOMERS}/{jane.customer_id}"
    assert api.delete(place).status == 204
    closed = api.get(place).body
    assert (closed["status"], closed["statusReason"]) == ("closed", "deleted by API")
    again = api.delete(place)
    assert (again.status, again.body["code"]) == (409, "kernel.illegal_transition")


def test_a_customer_with_a_living_product_is_not_closed(
    api: ApiClient, used: dict[str, Any], jane: CustomerRegistered
) -> None:
    assert used
    refused = api.delete(f"{CUSTOMERS}/{jane.customer_id}")
    assert refused.status == 422
    assert "insight.product_lives" in {problem["code"] for problem in refused.body["problem"]}


def test_identity_documents_are_added_and_stay(api: ApiClient, shop: str) -> None:
    assert shop
    passport = {
        "identificationType": "passport",
        "identificationId": "SPECI2014",
        "issuingAuthority": "NL",
        "validFor": {"endDateTime": "2031-03-09T00:00:00Z"},
    }
    made = api.post(PEOPLE, PERSON | {"individualIdentification": [passport]})
    assert made.status == 201
    (told,) = made.body["individualIdentification"]
    assert (told["identificationId"], told["issuingAuthority"]) == ("•••014", "NL")
    place = f"{PEOPLE}/{made.body['id']}"
    card = {"identificationType": "driving-licence", "identificationId": "1234567890", "issuingAuthority": "NL"}
    added = api.patch(place, {"individualIdentification": [told, card]})
    assert [one["identificationType"] for one in added.body["individualIdentification"]] == [
        "passport",
        "driving-licence",
    ]
    for sent, field in (
        ([card], "/individualIdentification"),
        (
            [*added.body["individualIdentification"], passport | {"identificationType": "library-card"}],
            "/individualIdentification/2/identificationType",
        ),
    ):
        refused = api.patch(place, {"individualIdentification": sent})
        assert (refused.status, refused.body["field"]) == (400, field)
    kept = api.delete(place)
    assert (kept.status, kept.headers["Allow"]) == (405, "GET, HEAD, PATCH")
    assert "erased by a request" in kept.body["message"]


def test_a_role_of_a_party_is_its_customer(api: ApiClient, shop: str) -> None:
    assert shop
    person = api.post(PEOPLE, PERSON).body
    party = {"id": person["id"], "@referredType": "Individual"}
    made = api.post(ROLES, {"name": "customer", "engagedParty": party})
    assert (made.status, made.body["name"], made.body["status"]) == (201, "customer", "active")
    assert made.body["engagedParty"]["id"] == person["id"]
    customer = api.get(made.body["relatedParty"][0]["href"].partition("/tmf-api/")[2]).body
    assert customer["account"] == made.body["account"]
    assert api.get(f"{ROLES}?name=customer&engagedParty.id={person['id']}").body == [made.body]
    assert api.get(f"{ROLES}?name=supplier").body == []
    suspended = api.patch(f"{ROLES}/{made.body['id']}", {"status": "suspended", "statusReason": "asked for it"})
    assert suspended.body["status"] == "suspended"
    refused = api.post(ROLES, {"name": "supplier", "engagedParty": party})
    assert (refused.status, refused.body["field"]) == (400, "/name")
    assert api.delete(f"{ROLES}/{made.body['id']}").status == 204
    assert api.get(f"{ROLES}/{made.body['id']}").body["status"] == "closed"
