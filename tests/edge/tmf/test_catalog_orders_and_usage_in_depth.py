"""TMF620, TMF622 and TMF635 in depth: a small change is a publication, an order is cancelled, a usage is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.customer.values import CustomerRegistered
from linehouse.inventory import service as inventory
from linehouse.kernel.numbering import Imsi
from linehouse.platform.work import Actor
from tests.charging.host import Cdr, send
from tests.edge.tmf.conftest import ORDERS, ROBIN, ApiClient, order

OFFERING = "productCatalogManagement/v4/productOffering/robin-sim-only-20"
USAGES = "usageManagement/v4/usage"


def test_a_change_of_an_offering_is_a_publication(api: ApiClient, shop: str, actor: Actor) -> None:
    assert shop
    before = catalog.exported_files()
    changed = api.patch(OFFERING, {"name": "Robin 20", "description": '20 GB, "onbeperkt" bellen'})
    assert (changed.status, changed.body["name"]) == (200, "Robin 20")
    assert (changed.body["description"], changed.body["version"]) == ('20 GB, "onbeperkt" bellen', "2")
    after = catalog.exported_files()
    assert {path for path in before if before[path] != after[path]} == {"catalog/robin-sim-only-20.yaml"}
    old, new = (files["catalog/robin-sim-only-20.yaml"].splitlines() for files in (before, after))
    assert len([1 for one, other in zip(old, new, strict=True) if one != other]) == 2
    assert [row.number for row in catalog.versions()[0]] == [2, 1]
    again = api.patch(OFFERING, {"name": "Robin 20"})
    assert (again.status, catalog.versions()[1]) == (200, 2)


def test_what_publishing_refuses_is_refused(api: ApiClient, used: dict[str, Any]) -> None:
    assert used
    skipped = api.patch(OFFERING, {"lifecycleStatus": "Obsolete"})
    assert (skipped.status, skipped.body["code"]) == (409, "kernel.illegal_transition")
    retired = api.patch(OFFERING, {"lifecycleStatus": "Retired"})
    assert (retired.body["lifecycleStatus"], retired.body["isSellable"]) == ("Retired", False)
    lives = api.patch(OFFERING, {"lifecycleStatus": "Obsolete"})
    assert (lives.status, "1 product of it lives" in lives.body["message"]) == (422, True)
    for path in ("productOffering", "productOfferingPrice", "productSpecification", "catalog", "category"):
        refused = api.post(f"productCatalogManagement/v4/{path}", {"name": "x"})
        assert (refused.status, "publish" in refused.body["message"]) == (405, True), path
    assert catalog.exported_files().keys() == {
        path.relative_to(ROBIN).as_posix()
        for pattern in ("brand.yaml", "logo.svg", "catalog/*", "controls/*", "tariffs/*", "zones/*")
        for path in ROBIN.glob(pattern)
    }


def test_an_order_is_cancelled_by_its_state(
    api: ApiClient, shop: str, jane: CustomerRegistered, drain: Callable[[], int]
) -> None:
    assert shop
    placed = api.post(ORDERS, order(jane)).body
    place = f"{ORDERS}/{placed['id']}"
    drain()
    assert api.get(place).body["state"] == "held"
    for wrong, status, field in (
        ({"state": "completed"}, 409, "/state"),
        ({"cancellationReason": "why"}, 400, "/cancellationReason"),
        ({"billingAccount": {"id": "x"}}, 422, "/billingAccount"),
    ):
        refused = api.patch(place, wrong)
        assert (refused.status, refused.body["field"]) == (status, field)
    assert api.patch(place, {"state": "cancelled", "cancellationReason": "changed her mind"}).status == 200
    drain()
    assert api.get(place).body["state"] == "cancelled"
    (task,) = api.get("productOrderingManagement/v4/cancelProductOrder").body
    assert (task["state"], task["cancellationReason"]) == ("done", "changed her mind")
    assert api.delete(place).status == 405


def test_a_usage_that_waits_is_mended_or_given_up(
    api: ApiClient, used: dict[str, Any], drain: Callable[[], int], actor: Actor
) -> None:
    product = inventory.find_product(id=UUID(used["id"]))
    assert product.imsi
    unknown = replace(product, imsi=Imsi.parse("204049999999999"), msisdn=None)
    cdrs = [Cdr(unknown, "VOICE", 5, party="+31612345678"), Cdr(unknown, "VOICE", 6, party="+31612345679")]
    send(cdrs, actor, number=2)
    drain()
    first, second = api.get(f"{USAGES}?status=rejected").body
    place = f"{USAGES}/{first['id']}"
    imsi = {"name": "imsi", "value": product.imsi.digits}
    for wrong, status, field in (
        ({"usageCharacteristic": [imsi]}, 400, "/status"),
        (
            {"status": "recycled", "usageCharacteristic": [{"name": "roaming", "value": True}]},
            400,
            "/usageCharacteristic/0/name",
        ),
        ({"status": "recycled", "usageCharacteristic": [{"name": "imsi", "value": "x"}]}, 400, "/usageCharacteristic"),
    ):
        refused = api.patch(place, wrong)
        assert (refused.status, refused.body["field"]) == (status, field)
    mended = api.patch(place, {"status": "recycled", "usageCharacteristic": [imsi], "description": "SIM swapped"})
    assert mended.status == 200
    drain()
    assert api.get(place).body["status"] == "rated"
    assert api.patch(place, {"status": "recycled"}).status == 409
    assert api.delete(place).status == 409
    assert api.delete(f"{USAGES}/{second['id']}").status == 204
    assert api.post(USAGES, {}).status == 405
