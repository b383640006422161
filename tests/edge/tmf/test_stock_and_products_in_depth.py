"""TMF637, TMF638 and TMF639 in depth: stock comes and goes one by one, products carry own characteristics."""

from __future__ import annotations

from typing import Any

import pytest

from linehouse.platform.characteristics import service as characteristics
from linehouse.platform.characteristics.values import Declaration
from linehouse.platform.work import Actor
from linehouse.resource import service as stock
from tests.edge.tmf.conftest import ApiClient

RESOURCES = "resourceInventoryManagement/v4/resource"
PRODUCTS = "productInventory/v4/product"
CARD = {
    "name": "8931049999000000012",
    "resourceCharacteristic": [{"name": "imsi", "value": "204049999000001"}, {"name": "puk", "value": "12345678"}],
}


def named(body: dict[str, Any], attribute: str) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in body[attribute]}


@pytest.fixture
def declared(shop: str, actor: Actor) -> str:
    """A characteristic of the brand's own on numbers and on products."""
    for entity in ("number", "product"):
        characteristics.declare(Declaration(entity=entity, key="campaign", label={"": "Campaign"}), actor=actor)
    return shop


def test_a_number_comes_into_stock_rests_off_sale_and_comes_back(api: ApiClient, declared: str) -> None:
    assert declared
    campaign = {"name": "campaign", "value": "spring"}
    made = api.post(RESOURCES, {"name": "+31619990001", "resourceCharacteristic": [campaign]})
    assert (made.status, made.body["id"], made.body["@type"]) == (201, "31619990001", "LogicalResource")
    assert named(made.body, "resourceCharacteristic") == {"state": "available", "campaign": "spring"}
    again = api.post(RESOURCES, {"name": "31619990001"})
    assert (again.status, again.body["field"]) == (409, "/name")
    place = f"{RESOURCES}/31619990001"
    kept = api.patch(place, {"resourceStatus": "reserved", "note": [{"text": "gold number"}]})
    assert kept.body["resourceStatus"] == "reserved"
    assert api.patch(place, {"resourceStatus": "available"}).body["resourceStatus"] == "available"
    assert api.patch(place, {"resourceStatus": "alarm"}).status == 400
    assert api.patch(place, {"note": [{"text": "why"}]}).body["field"] == "/note"
    assert api.delete(place).status == 204
    assert api.get(place).status == 404


def test_a_number_in_use_is_not_withdrawn(api: ApiClient, used: dict[str, Any]) -> None:
    number = named(used, "productCharacteristic")["msisdn"]
    refused = api.delete(f"{RESOURCES}/{number}")
    assert (refused.status, refused.body["code"]) == (409, "resource.stock_in_use")


def test_a_card_comes_into_stock_and_is_withdrawn(api: ApiClient, shop: str) -> None:
    assert shop
    made = api.post(RESOURCES, CARD)
    assert (made.status, made.body["@type"], made.body["category"]) == (201, "PhysicalResource", "sim")
    assert named(made.body, "resourceCharacteristic") == {"state": "available", "imsi": "204049999000001"}
    place = f"{RESOURCES}/{CARD['name']}"
    refused = api.patch(place, {"resourceStatus": "reserved"})
    assert (refused.status, refused.body["field"]) == (409, "/resourceStatus")
    assert api.delete(place).status == 204
    assert api.delete(place).status == 404
    assert stock.search_sims(state="available")[1] == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "12"}, "/name"),
        ({"name": "8931049999000000012"}, "/resourceCharacteristic"),
        (CARD | {"name": "8931049999000000014"}, "/name"),
        ({"name": "31619990001", "category": "tower"}, "/category"),
        (
            {"name": "31619990001", "resourceCharacteristic": [{"name": "x", "value": 1}]},
            "/resourceCharacteristic/0/name",
        ),
    ],
)
def test_a_wrong_delivery_is_named(api: ApiClient, shop: str, body: dict[str, Any], field: str) -> None:
    assert shop
    refused = api.post(RESOURCES, body)
    assert (refused.status, refused.body["field"]) == (400, field)
    assert api.get(RESOURCES).body == []


def test_a_product_carries_the_brands_own_characteristics(api: ApiClient, used: dict[str, Any], actor: Actor) -> None:
    characteristics.declare(Declaration(entity="product", key="campaign", label={"": "Campaign"}), actor=actor)
    place = f"{PRODUCTS}/{used['id']}"
    there = used["productCharacteristic"]
    changed = api.patch(place, {"productCharacteristic": [*there, {"name": "campaign", "value": "spring"}]})
    assert named(changed.body, "productCharacteristic")["campaign"] == "spring"
    assert api.get(f"{PRODUCTS}?productCharacteristic.value=spring").body == [changed.body]
    services = [api.get(ref["href"].partition("/tmf-api/")[2]).body for ref in changed.body["realizingService"]]
    assert {one["state"] for one in services} == {"active"}
    number = next(one for one in there if one["name"] == "msisdn")
    refused = api.patch(place, {"productCharacteristic": [number | {"value": "31600000000"}]})
    assert (refused.status, refused.body["field"]) == (400, "/productCharacteristic/0/value")
    for method in ("POST", "DELETE"):
        answer = api.call(method, PRODUCTS if method == "POST" else place, {} if method == "POST" else None)
        assert (answer.status, "productOrder" in answer.body["message"]) == (405, True)
