"""What a program sees: field groups that are masked or hidden, and only its dealer's customers and orders."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linehouse.customer.values import CustomerRegistered
from linehouse.platform.access.clients import create_client
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.control import models as control
from tests.edge.tmf.conftest import ORDERS, ApiClient, order
from tests.edge.tmf.listener import Listener

CUSTOMERS = "customerManagement/v4/customer"
PEOPLE = "party/v4/individual"
DEALERS = frozenset({"customer.read", "customer.write", "order.read", "order.write", "catalog.read"})


def program(
    brand: str, *, scopes: frozenset[str] = frozenset(PERMISSIONS), dealer: str = "", **sights: str
) -> ApiClient:
    """A client with these sights of `customer.…`."""
    token = create_client("p", brand, scopes, dealer=dealer)
    seen = {f"customer.{group}": sight for group, sight in sights.items()}
    control.ApiClient.objects.filter(dealer=dealer, sights={}).update(sights=seen)
    return ApiClient(token, None)


def test_a_hidden_attribute_is_left_out_and_cannot_be_asked_for(jane: CustomerRegistered, brand: str) -> None:
    blind = program(brand, personal="hidden")
    path = f"{PEOPLE}/{jane.party_id}"
    found = blind.get(path).body
    assert found["givenName"] == "Jane"
    assert not {"birthDate", "contactMedium", "nationality", "individualIdentification"} & found.keys()
    for query in ("fields=birthDate", "fields=givenName,contactMedium.characteristic.emailAddress"):
        for place in (path, PEOPLE):
            refused = blind.get(f"{place}?{query}")
            assert refused.status == 403
            assert refused.body["code"] == "access.field_hidden"
            assert refused.body["field"] in query


@pytest.mark.parametrize("sight", ["hidden", "masked"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("contactMedium.characteristic.emailAddress=jane@example.org", "contactMedium.characteristic.emailAddress"),
        ("birthDate.gt=1960-01-01", "birthDate"),
        ("sort=-birthDate", "birthDate"),
        ("nationality*=N", "nationality"),
    ],
)
def test_nobody_finds_by_what_they_do_not_see(
    jane: CustomerRegistered, brand: str, sight: str, query: str, field: str
) -> None:
    refused = program(brand, personal=sight).get(f"{PEOPLE}?{query}")
    assert (refused.status, refused.body["field"]) == (403, field)


def test_a_masked_attribute_keeps_its_shape(jane: CustomerRegistered, brand: str) -> None:
    found = program(brand, personal="masked").get(f"{CUSTOMERS}/{jane.customer_id}").body
    assert "jane@example.org" not in str(found)
    mail = next(one for one in found["contactMedium"] if one["mediumType"] == "email")
    assert mail["characteristic"]["emailAddress"] == "•••"
    plain = program(brand).get(f"{CUSTOMERS}/{jane.customer_id}").body
    assert "jane@example.org" in str(plain)


def test_a_notification_shows_no_more_than_the_api(
    jane: CustomerRegistered, brand: str, listener: Listener, drain: Callable[[], int]
) -> None:
    blind, whole = program(brand, personal="hidden"), program(brand)
    blind.post("customerManagement/v4/hub", {"callback": listener.url})
    whole.patch(f"{CUSTOMERS}/{jane.customer_id}", {"status": "suspended", "statusReason": "lost"})
    drain()
    assert listener.told == ["CustomerStateChangeEvent"]
    assert "jane@example.org" not in str(listener.__dict__)


def test_a_dealers_program_takes_in_and_sees_its_own_alone(
    jane: CustomerRegistered, stocked: str, api: ApiClient
) -> None:
    brand = stocked
    ours, theirs = program(brand, scopes=DEALERS, dealer="D-001"), program(brand, scopes=DEALERS, dealer="D-002")
    person = {
        "givenName": "Piet",
        "familyName": "Own",
        "birthDate": "1980-01-01T00:00:00Z",
        "contactMedium": api.get(f"{PEOPLE}/{jane.party_id}").body["contactMedium"],
    }
    party = ours.post(PEOPLE, person)
    assert party.status == 201
    engaged = {"id": party.body["id"], "@referredType": "Individual"}
    made = ours.post(CUSTOMERS, {"name": "Piet Own", "engagedParty": engaged})
    assert made.status == 201
    key = made.body["id"]
    assert [one["id"] for one in ours.get(CUSTOMERS).body] == [key]
    assert theirs.get(CUSTOMERS).body == []
    assert len(api.get(CUSTOMERS).body) == 2
    for path in (f"{CUSTOMERS}/{key}", f"{CUSTOMERS}/{jane.customer_id}"):
        assert theirs.get(path).status == 404
        assert theirs.patch(path, {"status": "suspended", "statusReason": "x"}).status == 404
        assert theirs.get(f"{CUSTOMERS}?id={path.rsplit('/', 1)[-1]}").body == []
    assert ours.get(f"{CUSTOMERS}/{jane.customer_id}").status == 404
    stolen = theirs.post(CUSTOMERS, {"name": "Piet Own", "engagedParty": engaged})
    assert (stolen.status, stolen.body["code"]) == (404, "party.unknown")


def test_a_dealers_program_orders_for_its_own_alone(jane: CustomerRegistered, stocked: str, api: ApiClient) -> None:
    ours = program(stocked, scopes=DEALERS, dealer="D-001")
    assert ours.post(ORDERS, order(jane)).status == 404
    placed = api.post(ORDERS, order(jane, externalId="shop-1"))
    assert placed.status == 201
    assert ours.get(ORDERS).body == []
    assert ours.get(f"{ORDERS}/{placed.body['id']}").status == 404
    products = "productInventory/v4/product"
    assert len(api.get(products).body) == 1
    assert ours.get(products).body == []


def test_what_does_not_hold_to_dealers_is_closed_to_their_programs(jane: CustomerRegistered, brand: str) -> None:
    ours = program(brand, scopes=DEALERS, dealer="D-001")
    for path in (PEOPLE, f"{PEOPLE}/{jane.party_id}", "accountManagement/v4/billingAccount"):
        assert ours.get(path).status == 403
    assert ours.get("productCatalogManagement/v4/productOffering").status == 200


def test_a_dealer_hears_nothing_of_others(
    jane: CustomerRegistered, brand: str, api: ApiClient, listener: Listener, drain: Callable[[], int]
) -> None:
    ours = program(brand, scopes=DEALERS, dealer="D-001")
    assert ours.post("customerManagement/v4/hub", {"callback": listener.url}).status == 201
    api.patch(f"{CUSTOMERS}/{jane.customer_id}", {"status": "suspended", "statusReason": "lost"})
    drain()
    assert listener.told == []
