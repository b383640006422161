"""TMF637, TMF638 and TMF639: what customers have, what it is made of, and what is in stock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from linehouse.catalog.values import BillingMode, OfferingKind
from linehouse.customer.values import CustomerRegistered
from linehouse.inventory import service as inventory
from linehouse.inventory.values import CreateProduct, ProductView, ServiceToCreate
from linehouse.kernel.ids import new_id
from linehouse.platform.work import Actor
from linehouse.resource import service as stock
from tests.edge.tmf.conftest import HOST, ApiClient
from tests.edge.tmf.listener import Listener

PRODUCTS = "productInventory/v4/product"
SERVICES = "serviceInventory/v4/service"
RESOURCES = "resourceInventoryManagement/v4/resource"

PLAN = CreateProduct(
    order_item="O-000001/1",
    kind=OfferingKind.PLAN,
    customer_id=new_id(),
    billing_account_id=new_id(),
    billing_account_number="BA-000001",
    offering_key="robin-sim-only-20",
    offering_name="SIM Only 20",
    catalog_version=1,
    tariff_key="robin-sim-only",
    billing_mode=BillingMode.POSTPAID,
)


def ordered(jane: CustomerRegistered) -> CreateProduct:
    """What an order of Jane's asks inventory for."""
    return replace(PLAN, customer_id=jane.customer_id, billing_account_id=jane.billing_account_id)


@pytest.fixture
def plan(jane: CustomerRegistered, actor: Actor) -> ProductView:
    """An active plan with number, card and one service."""
    stock.seed_stock(actor=actor)
    made = inventory.create_product(ordered(jane), actor=actor)
    stock.reserve_number(made.number, actor=actor)
    stock.reserve_sim(made.number, actor=actor)
    voice = ServiceToCreate("mobile-voice", "Mobile voice", {"codecs": ["EVS", "AMR-WB"]}, network_ref="svc-1")
    inventory.activate_product(made.id, [voice], actor=actor)
    return inventory.find_product(id=made.id)


def test_a_product_with_what_belongs_to_it(api: ApiClient, plan: ProductView, actor: Actor) -> None:
    booster = inventory.create_product(
        replace(PLAN, order_item="O-000002/1", kind=OfferingKind.ADDON, parent_product_id=plan.id), actor=actor
    )
    found = api.get(f"{PRODUCTS}/{plan.id}").body
    assert (found["status"], found["productSerialNumber"]) == ("active", plan.number)
    assert found["productOffering"]["href"] == (
        f"http://{HOST}/tmf-api/productCatalogManagement/v4/productOffering/robin-sim-only-20"
    )
    assert found["productOrderItem"] == [{"productOrderId": "O-000001", "orderItemId": "1"}]
    characteristics = {c["name"]: c["value"] for c in found["productCharacteristic"]}
    assert characteristics["msisdn"] == "31610200000"
    for reference in found["realizingResource"]:
        assert api.get(f"{RESOURCES}/{reference['id']}").body["href"] == reference["href"]
    added = api.get(f"{PRODUCTS}/{booster.id}").body
    assert added["status"] == "pendingActive"
    assert added["productRelationship"][0]["product"]["href"] == found["href"]
    assert "startDate" not in added


SEARCHES = [
    ("status=active", 1),
    ("status=active&productOffering.id=robin-sim-only-20", 1),
    ("status=suspended", 0),
    ("relatedParty.id={customer}", 1),
    ("relatedParty.id=nobody", 0),
    ("billingAccount.id={account}&status=active,suspended", 1),
    ("productCharacteristic.value=31610200000", 1),
    ("startDate.gte=2026-11-01T08:00:00Z", 1),
    ("startDate.gt=2026-11-01T08:00:00Z", 0),
    ("productSerialNumber.regex=0*1$", 1),
]


def test_products_are_found(api: ApiClient, plan: ProductView) -> None:
    found = []
    for query, _ in SEARCHES:
        answer = api.get(f"{PRODUCTS}?{query.format(customer=plan.customer_id, account=plan.billing_account_id)}")
        found.append((query, len(answer.body)))
    assert found == SEARCHES


def test_products_come_from_orders(api: ApiClient, plan: ProductView) -> None:
    assert api.call("POST", PRODUCTS, {"status": "created"}).status == 405
    assert api.call("PATCH", f"{PRODUCTS}/{plan.id}", {"status": "terminated"}).status == 422
    assert api.call("DELETE", f"{PRODUCTS}/{plan.id}").status == 405


def test_services(api: ApiClient, plan: ProductView) -> None:
    (found,) = api.get(f"{SERVICES}?relatedParty.id={plan.customer_id}&state=active").body
    assert (found["name"], found["isServiceEnabled"], found["hasStarted"]) == ("Mobile voice", True, True)
    assert found["relatedEntity"][0]["name"] == plan.number
    assert api.get(f"{SERVICES}/{found['id']}").body == found
    assert api.get(f"{SERVICES}?serviceSpecification.id=mobile-data").body == []
    assert api.get(f"{SERVICES}?serviceCharacteristic.value=EVS").body == [found]


def test_the_stock_is_one_list_of_numbers_and_cards(api: ApiClient, plan: ProductView) -> None:
    assert plan.msisdn
    everything = api.get(f"{RESOURCES}?limit=1")
    assert (everything.status, everything.headers["X-Total-Count"]) == (206, "400")
    across = api.get(f"{RESOURCES}?offset=199&limit=2").body
    assert [r["@type"] for r in across] == ["LogicalResource", "PhysicalResource"]
    assert {r["@baseType"] for r in across} == {"Resource"}
    free = api.get(f"{RESOURCES}?resourceStatus=available&category=msisdn&limit=3")
    assert free.headers["X-Total-Count"] == "199"
    assert free.body[0]["name"] == "31610200001"
    used = api.get(f"{RESOURCES}?resourceStatus=reserved").body
    assert [(r["category"], r["usageState"]) for r in used] == [("msisdn", "active"), ("sim", "active")]
    assert "puk" not in str(used).lower()
    assert api.get(f"{RESOURCES}/{plan.msisdn.digits}").body == used[0]
    assert api.get(f"{RESOURCES}/31699999999").status == 404
    assert api.get(f"{RESOURCES}?resourceStatus=busy").body == []


def test_whoever_listens_hears_of_the_product(
    api: ApiClient, listener: Listener, drain: Callable[[], int], jane: CustomerRegistered, actor: Actor
) -> None:
    api.post("productInventory/v4/hub", {"callback": listener.url})
    stock.seed_stock(actor=actor)
    made = inventory.create_product(ordered(jane), actor=actor)
    stock.reserve_number(made.number, actor=actor)
    stock.reserve_sim(made.number, actor=actor)
    inventory.activate_product(made.id, actor=actor)
    drain()
    assert listener.told == ["ProductCreateEvent", "ProductStateChangeEvent"]
    assert listener.bodies[1]["event"]["product"]["status"] == "active"
    assert api.post("serviceInventory/v4/hub", {"callback": listener.url}).status == 201
