"""TMF620: what the brand sells, as it is published."""

from __future__ import annotations

from collections.abc import Callable

from linehouse.catalog.service import apply_files
from linehouse.platform.work import Actor
from tests.edge.tmf.conftest import HOST, ROBIN, ApiClient
from tests.edge.tmf.listener import Listener

CATALOG = "productCatalogManagement/v4"


def test_offering_with_its_references(api: ApiClient, shop: str) -> None:
    found = api.get(f"{CATALOG}/productOffering/robin-sim-only-20").body
    assert (found["name"], found["lifecycleStatus"], found["version"]) == ("Robin SIM Only 20 GB", "Launched", "1")
    assert found["isSellable"] is True
    assert found["href"] == f"http://{HOST}/tmf-api/{CATALOG}/productOffering/robin-sim-only-20"
    allowances = {use["name"]: use["productSpecCharacteristicValue"] for use in found["prodSpecCharValueUse"]}
    assert allowances["data"] == [{"value": 20_000_000_000, "unitOfMeasure": "octet", "isDefault": True}]
    assert allowances["calls"] == [{"value": "unlimited", "unitOfMeasure": "ms", "isDefault": True}]
    references = [*found["productOfferingPrice"], *found["category"], found["productSpecification"]]
    for reference in references:
        path = reference["href"].removeprefix(f"http://{HOST}/tmf-api/")
        assert api.get(path).body["id"] == reference["id"]
    assert shop


def test_prices_say_amount_period_and_tax(api: ApiClient, shop: str) -> None:
    monthly = api.get(f"{CATALOG}/productOfferingPrice/robin-sim-only-20:monthly-fee").body
    assert monthly["price"] == {"unit": "EUR", "value": 18}
    assert (monthly["priceType"], monthly["recurringChargePeriodType"]) == ("recurring", "month")
    assert monthly["tax"] == [{"taxCategory": "standard"}]
    assert {logic["id"]: logic["name"] for logic in monthly["pricingLogicAlgorithm"]} == {
        "taxMode": "gross",
        "proration": "day",
    }
    once = api.get(f"{CATALOG}/productOfferingPrice?priceType=oneTime&price.value.lt=10&sort=price.value").body
    assert [(price["id"], price["price"]["value"]) for price in once] == [
        ("robin-prepaid-booster-2gb:booster", 4),
        ("robin-booster-5gb:booster", 7.5),
        ("robin-sim-only-20:activation-fee", 9.95),
    ]
    assert shop


def test_what_a_booster_needs(api: ApiClient, shop: str) -> None:
    booster = api.get(f"{CATALOG}/productOffering/robin-booster-5gb").body
    assert [(r["relationshipType"], r["id"]) for r in booster["productOfferingRelationship"]] == [
        ("requires", "robin-prepaid-start"),
        ("requires", "robin-sim-only-20"),
    ]
    assert shop


PACKS = ["robin-booster-5gb", "robin-prepaid-booster-2gb", "robin-prepaid-month"]
SEARCHES = [
    ("category.id=plan", ["robin-prepaid-start", "robin-sim-only-20"]),
    ("lifecycleStatus=Launched&isSellable=true&category.id=pack", PACKS),
    ("name.regex=SIM%20Only", ["robin-sim-only-20"]),
    ("isSellable=false", []),
    ("validFor.startDateTime.lte=2026-01-01", [*PACKS, "robin-prepaid-start", "robin-sim-only-20"]),
]


def test_offerings_are_found(api: ApiClient, shop: str) -> None:
    found = [(query, [o["id"] for o in api.get(f"{CATALOG}/productOffering?{query}").body]) for query, _ in SEARCHES]
    assert found == SEARCHES
    assert shop


def test_specification_catalogue_and_categories(api: ApiClient, shop: str) -> None:
    line = api.get(f"{CATALOG}/productSpecification/mobile-line").body
    assert [r["id"] for r in line["resourceSpecification"]] == ["msisdn", "sim"]
    speed = next(c for c in line["productSpecCharacteristic"] if c["name"] == "speed-profile")
    assert [v["value"] for v in speed["productSpecCharacteristicValue"] if v["isDefault"]] == ["lte-50"]
    (catalog,) = api.get(f"{CATALOG}/catalog").body
    assert (catalog["id"], catalog["version"]) == (shop, "1")
    assert [c["name"] for c in api.get(f"{CATALOG}/category").body] == ["Plans", "Packs"]
    assert [o["id"] for o in api.get(f"{CATALOG}/category/pack").body["productOffering"]] == PACKS


def test_an_unpublished_catalogue_is_empty(api: ApiClient) -> None:
    assert api.get(f"{CATALOG}/productOffering").body == []
    assert api.get(f"{CATALOG}/productOffering/robin-sim-only-20").status == 404


def test_a_catalogue_is_published_as_a_whole(api: ApiClient, shop: str) -> None:
    for resource in ("catalog", "category", "productOffering", "productOfferingPrice", "productSpecification"):
        assert api.call("POST", f"{CATALOG}/{resource}", {"name": "new"}).status == 405
    assert api.call("PATCH", f"{CATALOG}/productSpecification/mobile-line", {"name": "x"}).status == 405
    assert shop


def test_whoever_listens_hears_of_a_publication(
    api: ApiClient, listener: Listener, drain: Callable[[], int], actor: Actor
) -> None:
    api.post(f"{CATALOG}/hub", {"callback": listener.url})
    apply_files(ROBIN, actor=actor)
    drain()
    assert listener.told == ["CatalogAttributeValueChangeEvent"]
    assert listener.bodies[0]["event"]["catalog"]["version"] == "1"
