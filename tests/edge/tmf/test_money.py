"""TMF635, TMF678 and TMF676: what was used, what it cost, what is due, and that it was paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from linehouse.customer.values import CustomerRegistered
from linehouse.inventory import service as inventory
from linehouse.kernel.numbering import Imsi
from linehouse.platform.work import Actor
from tests.charging.host import Cdr, send
from tests.edge.tmf.conftest import BILLS, HOST, ApiClient, Month
from tests.edge.tmf.listener import Listener

USAGES = "usageManagement/v4/usage"
RATES = "customerBillManagement/v4/appliedCustomerBillingRate"
PAYMENTS = "payment/v4/payment"


def test_usage_with_its_price(api: ApiClient, jane: CustomerRegistered, used: dict[str, Any]) -> None:
    abroad, home = api.get(f"{USAGES}?relatedParty.id={jane.customer_id}&status=rated").body
    assert (home["usageDate"], home["usageType"]) == ("2026-11-01T11:00:00Z", "voice")
    characteristics = {c["name"]: c["value"] for c in home["usageCharacteristic"]}
    assert (characteristics["quantity"], characteristics["unit"]) == (61_000, "ms")
    assert (characteristics["otherParty"], characteristics["roaming"]) == ("+31612345678", False)
    (included,) = home["ratedProductUsage"]
    assert (included["usageRatingTag"], included["taxIncludedRatingAmount"]["value"]) == ("includedAllowance", 0)
    (price,) = abroad["ratedProductUsage"]
    assert price["usageRatingTag"] == "usage"
    assert price["taxIncludedRatingAmount"]["value"] > price["taxExcludedRatingAmount"]["value"] > 0
    assert price["productRef"]["id"] == used["id"]
    assert price["isBilled"] is False
    assert api.get(f"{USAGES}/{home['id']}").body == home
    assert api.get(f"{USAGES}?ratedProductUsage.taxIncludedRatingAmount.value.gt=0").body == [abroad]
    assert api.get(f"{USAGES}?relatedParty.id=nobody").body == []
    assert api.call("POST", USAGES, {}).status == 405


def test_usage_of_somebody_unknown_waits(
    api: ApiClient, used: dict[str, Any], drain: Callable[[], int], actor: Actor
) -> None:
    product = inventory.find_product(id=UUID(used["id"]))
    unknown = replace(product, imsi=Imsi.parse("204049999999999"), msisdn=None)
    send([Cdr(unknown, "VOICE", 5, party="+31612345678")], actor, number=2)
    drain()
    (waiting,) = api.get(f"{USAGES}?status=rejected").body
    assert "relatedParty" not in waiting
    assert {c["name"] for c in waiting["usageCharacteristic"]} >= {"imsi", "reason"}


def test_kinds_of_usage(api: ApiClient) -> None:
    kinds = api.get("usageManagement/v4/usageSpecification").body
    assert [kind["id"] for kind in kinds] == ["voice", "sms", "mms", "data", "event"]
    assert api.get("usageManagement/v4/usageSpecification/data").body["description"] == "Data, counted in octet"
    assert api.get("usageManagement/v4/usageSpecification/smoke").status == 404


def test_a_bill_and_its_lines(api: ApiClient, jane: CustomerRegistered, month: Month) -> None:
    bill = month.bill
    assert bill["state"] in ("validated", "sent")
    assert bill["billingPeriod"]["endDateTime"] == "2026-12-01T00:00:00Z"
    assert bill["amountDue"]["value"] == bill["remainingAmount"]["value"] == bill["taxIncludedAmount"]["value"]
    tax = sum(item["taxAmount"]["value"] for item in bill["taxItem"])
    assert bill["taxExcludedAmount"]["value"] + tax == pytest.approx(bill["taxIncludedAmount"]["value"])
    assert [d["mimeType"] for d in bill["billDocument"]] == ["application/pdf", "application/xml"]
    assert api.get(f"{BILLS}/{bill['id']}").body == bill
    assert api.get(f"{BILLS}?billingAccount.id={jane.billing_account_id}&remainingAmount.value.gt=0").body == [bill]
    lines = api.get(f"{RATES}?bill.id={bill['id']}").body
    assert sum(line["taxIncludedAmount"]["value"] for line in lines) == pytest.approx(bill["amountDue"]["value"])
    assert {line["type"] for line in lines} == {"one-time", "recurring", "usage"}
    for line in lines:
        assert line["product"]["href"] == f"http://{HOST}/tmf-api/productInventory/v4/product/{month.product['id']}"
        assert line["isBilled"] is True
        assert api.get(f"{RATES}/{line['id']}").body == line
    billed = api.get(f"{USAGES}?status=billed").body
    assert [b["ratedProductUsage"][0]["isBilled"] for b in billed] == [True, True]


def test_a_bill_that_has_arrived_is_said_to_be_sent(
    api: ApiClient, month: Month, listener: Listener, drain: Callable[[], int]
) -> None:
    api.post("customerBillManagement/v4/hub", {"callback": listener.url})
    path = f"{BILLS}/{month.bill['id']}"
    assert api.patch(path, {"state": "sent"}).body["state"] == "sent"
    drain()
    assert listener.told == ["CustomerBillStateChangeEvent"]
    wrong = api.patch(path, {"state": "settled"})
    assert (wrong.status, wrong.body["field"]) == (409, "/state")
    assert api.patch(path, {"amountDue": {"value": 0, "unit": "EUR"}}).status == 422
    assert api.call("POST", BILLS, {}).status == 405


def test_a_transfer_settles_the_bill(api: ApiClient, jane: CustomerRegistered, paid: Month) -> None:
    month = paid
    (payment,) = api.get(f"{PAYMENTS}?account.id={jane.billing_account_id}").body
    assert (payment["status"], payment["totalAmount"]["value"]) == ("done", month.bill["amountDue"]["value"])
    assert payment["paymentItem"][0]["item"]["href"] == month.bill["href"]
    assert payment["paymentMethod"]["@type"] == "BankAccountTransfer"
    assert api.get(f"{PAYMENTS}/{payment['id']}").body == payment
    assert api.get(f"{PAYMENTS}?payer.id={jane.customer_id}&status=done").body == [payment]
    settled = api.get(f"{BILLS}/{month.bill['id']}").body
    assert (settled["state"], settled["remainingAmount"]["value"]) == ("settled", 0)
    assert settled["appliedPayment"][0]["payment"]["href"] == payment["href"]
    assert api.call("POST", PAYMENTS, {}).status == 400
