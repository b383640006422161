"""TMF622: orders over the API, delivered by the host network, and cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from linehouse.customer.values import CustomerRegistered
from linehouse.simulators.host_network.faults import FaultKind
from linehouse.simulators.host_network.server import HostNetwork
from tests.edge.tmf.conftest import HOST, ORDERS, ApiClient, order
from tests.edge.tmf.listener import Listener
from tests.simulators.host_network.running import misbehave

CANCELS = "productOrderingManagement/v4/cancelProductOrder"

pytestmark = pytest.mark.usefixtures("stocked", "host")


def test_an_order_is_taken_and_delivered(
    api: ApiClient, jane: CustomerRegistered, listener: Listener, drain: Callable[[], int]
) -> None:
    api.post("productOrderingManagement/v4/hub", {"callback": listener.url})
    body = order(jane, externalId="shop-77", note=[{"text": "Ring twice"}], channel=[{"id": "shop"}])
    made = api.post(ORDERS, body)
    assert made.status == 201
    assert (made.body["externalId"], made.body["state"]) == ("shop-77", "acknowledged")
    assert made.body["channel"] == [{"id": "shop", "name": "shop"}]
    assert made.body["note"][0]["text"] == "Ring twice"
    totals = {total["priceType"]: total["price"]["taxIncludedAmount"] for total in made.body["orderTotalPrice"]}
    assert totals == {"oneTime": {"unit": "EUR", "value": 45.95}, "recurring": {"unit": "EUR", "value": 18}}
    lines = [line["price"]["taxIncludedAmount"]["value"] for line in made.body["productOrderItem"][0]["itemPrice"]]
    assert sum(lines) == pytest.approx(45.95)
    drain()
    done = api.get(f"{ORDERS}/{made.body['id']}").body
    assert (done["state"], done["productOrderItem"][0]["state"]) == ("completed", "completed")
    assert done["completionDate"] == "2026-11-01T08:00:00Z"
    path = done["productOrderItem"][0]["product"]["href"].removeprefix(f"http://{HOST}/tmf-api/")
    product = api.get(path).body
    assert product["status"] == "active"
    assert product["productOrderItem"] == [{"productOrderId": done["description"], "orderItemId": "1"}]
    (service,) = api.get(f"serviceInventory/v4/service?relatedParty.id={jane.customer_id}").body
    assert service["state"] == "active"
    assert listener.told[0] == "ProductOrderCreateEvent"
    assert set(listener.told[1:]) == {"ProductOrderStateChangeEvent"}
    assert listener.bodies[-1]["event"]["productOrder"]["state"] == "completed"
    assert api.get(f"{ORDERS}?state=completed&relatedParty.id={jane.customer_id}").body == [done]
    assert api.get(f"{ORDERS}?externalId=shop-77&orderDate.gte=2026-11-01").body == [done]


def test_the_same_external_id_is_the_same_order(
    api: ApiClient, jane: CustomerRegistered, events: Callable[[], list[str]]
) -> None:
    first = api.post(ORDERS, order(jane, externalId="shop-1"))
    again = api.post(ORDERS, order(jane, externalId="shop-1"))
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert events().count("ordering.order.captured") == 1
    other = api.post(ORDERS, order(jane, externalId="shop-1", note=[{"text": "different"}]))
    assert (other.status, other.body["field"]) == (409, "/externalId")


def test_a_plan_and_what_goes_with_it(api: ApiClient, jane: CustomerRegistered, drain: Callable[[], int]) -> None:
    items = [
        {"id": "plan", "action": "add", "productOffering": {"id": "robin-sim-only-20"}},
        {
            "id": "more",
            "action": "add",
            "productOffering": {"id": "robin-booster-5gb"},
            "productOrderItemRelationship": [{"id": "plan", "relationshipType": "reliesOn"}],
        },
    ]
    made = api.post(ORDERS, order(jane, productOrderItem=items)).body
    drain()
    done = api.get(f"{ORDERS}/{made['id']}").body
    assert done["state"] == "completed"
    plan, booster = done["productOrderItem"]
    assert booster["product"]["productRelationship"][0]["product"]["id"] == plan["product"]["id"]
    ending = [{"id": "1", "action": "delete", "product": {"id": plan["product"]["id"]}}]
    ended = api.post(ORDERS, order(jane, productOrderItem=ending)).body
    drain()
    assert api.get(f"{ORDERS}/{ended['id']}").body["state"] == "completed"
    products = api.get(f"productInventory/v4/product?relatedParty.id={jane.customer_id}").body
    assert {product["status"] for product in products} == {"terminated"}


def test_a_number_can_be_wished_for(api: ApiClient, jane: CustomerRegistered, drain: Callable[[], int]) -> None:
    wish = {"productCharacteristic": [{"name": "msisdn", "value": "31610200042"}]}
    item = {"id": "1", "action": "add", "productOffering": {"id": "robin-sim-only-20"}, "product": wish}
    api.post(ORDERS, order(jane, productOrderItem=[item]))
    drain()
    (product,) = api.get(f"productInventory/v4/product?relatedParty.id={jane.customer_id}").body
    assert {"name": "msisdn", "value": "31610200042"} in product["productCharacteristic"]


WRONG_ORDERS: list[tuple[dict[str, Any], int, str]] = [
    ({"productOrderItem": None}, 400, "/productOrderItem"),
    ({"relatedParty": None}, 400, "/relatedParty"),
    ({"productOrderItem": [{"action": "add"}]}, 400, "/productOrderItem/0/id"),
    ({"productOrderItem": [{"id": "1"}]}, 400, "/productOrderItem/0/action"),
    ({"productOrderItem": [{"id": "1", "action": "add"}]}, 400, "/productOrderItem/0/productOffering/id"),
    ({"productOrderItem": [{"id": "1", "action": "delete"}]}, 400, "/productOrderItem/0/product/id"),
    ({"productOrderItem": [{"id": "1", "action": "noChange"}]}, 422, "/productOrderItem/0/action"),
    ({"productOrderItem": []}, 422, "/productOrderItem"),
    (
        {"productOrderItem": [{"id": "1", "action": "add", "productOffering": {"id": "nothing"}}]},
        422,
        "/productOrderItem/0/productOffering/id",
    ),
    (
        {"productOrderItem": [{"id": "1", "action": "add", "productOffering": {"id": "robin-booster-5gb"}}]},
        422,
        "/productOrderItem/0/productOffering/id",
    ),
    (
        {
            "productOrderItem": [
                {"id": "1", "action": "add", "quantity": 2, "productOffering": {"id": "robin-sim-only-20"}}
            ]
        },
        422,
        "/productOrderItem/0/quantity",
    ),
    ({"billingAccount": {"id": "0190a000-0000-7000-8000-00000000ffff"}}, 404, "/billingAccount/id"),
    ({"relatedParty": [{"id": "nobody", "@referredType": "Customer"}]}, 400, "/relatedParty/0/id"),
]


def test_what_is_wrong_with_an_order(api: ApiClient, jane: CustomerRegistered) -> None:
    found = []
    for change, _, _ in WRONG_ORDERS:
        body = {name: value for name, value in order(jane, **change).items() if value is not None}
        answer = api.post(ORDERS, body)
        found.append((change, answer.status, answer.body["field"]))
    assert found == WRONG_ORDERS
    assert api.get(ORDERS).body == []


def test_every_reason_is_named(api: ApiClient, jane: CustomerRegistered) -> None:
    item = {"id": "1", "action": "add", "productOffering": {"id": "robin-booster-5gb"}}
    answer = api.post(ORDERS, order(jane, productOrderItem=[item])).body
    assert [(p["code"], p["field"]) for p in answer["problem"]] == [
        ("ordering.requirement_missing", "/productOrderItem/0/productOffering/id"),
        ("ordering.needs_active_plan", "/productOrderItem/0/productOrderItemRelationship"),
    ]


def test_an_order_that_is_held_can_be_cancelled(
    api: ApiClient, jane: CustomerRegistered, host: HostNetwork, drain: Callable[[], int], listener: Listener
) -> None:
    misbehave(host, FaultKind.REFUSE, count=5)
    api.post("productOrderingManagement/v4/hub", {"callback": listener.url, "query": "eventType.regex=^Cancel"})
    made = api.post(ORDERS, order(jane)).body
    drain()
    assert api.get(f"{ORDERS}/{made['id']}").body["state"] == "held"
    task = api.post(CANCELS, {"productOrder": {"id": made["id"]}, "cancellationReason": "changed my mind"})
    assert task.status == 201
    assert task.body["productOrder"]["name"] == made["description"]
    drain()
    found = api.get(f"{CANCELS}/{task.body['id']}").body
    assert (found["state"], found["cancellationReason"]) == ("done", "changed my mind")
    assert found["effectiveCancellationDate"]
    assert api.get(f"{CANCELS}?state=done").body == [found]
    cancelled = api.get(f"{ORDERS}/{made['id']}").body
    assert cancelled["state"] == "cancelled"
    assert cancelled["cancellationDate"]
    assert listener.told == ["CancelProductOrderCreateEvent", "CancelProductOrderStateChangeEvent"]


def test_what_is_done_is_not_cancelled(api: ApiClient, jane: CustomerRegistered, drain: Callable[[], int]) -> None:
    made = api.post(ORDERS, order(jane)).body
    drain()
    answer = api.post(CANCELS, {"productOrder": {"id": made["id"]}})
    assert (answer.status, answer.body["field"]) == (409, "/productOrder/id")
    assert api.post(CANCELS, {}).body["field"] == "/productOrder"
    assert api.call("PATCH", f"{ORDERS}/{made['id']}", {"description": "x"}).status == 422
