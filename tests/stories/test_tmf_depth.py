"""The story of an integrator: a shop system does over HTTP alone what a customer's first weeks need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from linehouse.inventory import service as inventory
from linehouse.ledger import service as ledger
from linehouse.platform.advance import Advanced
from linehouse.platform.work import Actor
from linehouse.simulators.host_network.server import HostNetwork
from linehouse.usage import service as usage
from tests.charging.host import Cdr, send
from tests.conftest import ROBIN
from tests.edge.tmf.conftest import (
    ApiClient,
    api,
    host,
    listener,
    no_messages,
    only_these_addresses,
    shop,
    specifications,
    stocked,
)
from tests.edge.tmf.listener import Listener

__all__ = ["api", "host", "listener", "no_messages", "only_these_addresses", "shop", "specifications", "stocked"]

FENNA = {
    "givenName": "Fenna",
    "familyName": "de Vries",
    "birthDate": "1991-04-12T00:00:00Z",
    "languageAbility": [{"languageCode": "nl", "isFavouriteLanguage": True}],
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
    "individualIdentification": [
        {"identificationType": "passport", "identificationId": "SPECI2014", "issuingAuthority": "NL"}
    ],
}


def made(api: ApiClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a POST made; its address answers the same."""
    answer = api.post(path, body)
    assert answer.status == 201, answer.body
    there = answer.headers["Location"].partition("/tmf-api/")[2]
    assert api.get(there).body["id"] == answer.body["id"]
    found: dict[str, Any] = answer.body
    return found


def test_a_customers_first_weeks_by_api_alone(
    api: ApiClient,
    host: HostNetwork,
    stocked: str,
    listener: Listener,
    drain: Callable[[], int],
    advance: Callable[[datetime], Advanced],
    actor: Actor,
) -> None:
    assert stocked
    assert host is not None
    usage.apply_feeds(ROBIN / "feeds", actor=actor)
    api.post("productInventory/v4/hub", {"callback": listener.url})

    # A person with a passport becomes a customer, who is billed on the 15th.
    person = made(api, "party/v4/individual", FENNA)
    party = {"id": person["id"], "@referredType": "Individual"}
    role = made(api, "partyRoleManagement/v4/partyRole", {"name": "customer", "engagedParty": party})
    customer = {"id": role["id"], "role": "customer", "@referredType": "Customer"}
    cycle = api.get("accountManagement/v4/billingCycleSpecification/monthly-15").body
    structure = {"cycleSpecification": {"id": cycle["id"], "isRef": True, "name": cycle["name"]}}
    account = made(
        api,
        "accountManagement/v4/billingAccount",
        {"name": "Fenna", "relatedParty": [customer], "billStructure": structure},
    )

    # She orders a plan with a number of her choice, which the shop puts into stock first.
    number = made(api, "resourceInventoryManagement/v4/resource", {"name": "+31610999999"})
    wish = [{"name": "msisdn", "value": number["id"]}]
    item = {
        "id": "1",
        "action": "add",
        "productOffering": {"id": "robin-sim-only-20"},
        "product": {"productCharacteristic": wish},
    }
    body = {"relatedParty": [customer], "billingAccount": {"id": account["id"]}, "productOrderItem": [item]}
    placed = made(api, "productOrderingManagement/v4/productOrder", body)
    drain()
    order = api.get(f"productOrderingManagement/v4/productOrder/{placed['id']}").body
    assert order["state"] == "completed"
    product = api.get(f"productInventory/v4/product/{order['productOrderItem'][0]['product']['id']}").body
    assert {one["name"]: one["value"] for one in product["productCharacteristic"]}["msisdn"] == "31610999999"
    assert listener.told == ["ProductCreateEvent", "ProductStateChangeEvent"]

    # She calls New York; the record is rated and stands in the balance of her account.
    line = inventory.find_product(id=UUID(product["id"]))
    advance(datetime(2026, 11, 1, 20, 0, tzinfo=UTC))
    send([Cdr(line, "VOICE", 61, start="2026-11-01 13:00:00", party="+12125550123")], actor)
    drain()
    (call,) = api.get(f"usageManagement/v4/usage?relatedParty.id={role['id']}").body
    assert call["status"] == "rated"
    price = call["ratedProductUsage"][0]["taxIncludedRatingAmount"]["value"]
    assert price > 0

    # She wants her bill now, pays it in cash at the counter, and ten euros too much.
    asked = {"billingAccount": {"id": account["id"]}, "description": "at the counter"}
    wanted = made(api, "customerBillManagement/v4/customerBillOnDemand", asked)
    bill = api.get(f"customerBillManagement/v4/customerBill/{wanted['customerBill']['id']}").body
    due = bill["amountDue"]["value"]
    assert due > price
    paid = made(
        api,
        "payment/v4/payment",
        {
            "account": {"id": account["id"]},
            "paymentMethod": {"@type": "Cash"},
            "totalAmount": {"unit": "EUR", "value": due + 10},
            "correlatorId": "till-1",
            "paymentItem": [{"item": {"id": bill["id"], "@referredType": "CustomerBill"}}],
        },
    )
    assert paid["paymentItem"][0]["amount"]["value"] == due
    assert api.get(f"customerBillManagement/v4/customerBill/{bill['id']}").body["state"] == "settled"
    balances = api.get(f"accountManagement/v4/billingAccount/{account['id']}").body["accountBalance"]
    assert {one["balanceType"]: one["amount"]["value"] for one in balances} == {
        "receivable": 0,
        "credit": 10,
        "unbilled": 0,
    }

    # The ten euros go back to her bank, once a second person has agreed; the shop notes what she said.
    bank = {"@type": "BankAccountTransfer", "accountNumber": "NL91ABNA0417164300", "owner": "F. de Vries"}
    ten = {"unit": "EUR", "value": 10}
    refund = made(
        api,
        "payment/v4/refund",
        {"account": {"id": account["id"]}, "paymentMethod": bank, "totalAmount": ten, "description": "paid too much"},
    )
    assert refund["status"] == "pendingAuthorization"
    about = {"role": "subject", "@referredType": "CustomerBill", "id": bill["id"]}
    contact = made(
        api,
        "partyInteraction/v4/partyInteraction",
        {
            "interactionDate": {"startDateTime": "2026-11-01T19:50:00Z"},
            "reason": "payment",
            "description": "She paid ten euros too much and wants them back.",
            "status": "completed",
            "direction": "inbound",
            "channel": [{"id": "shop", "href": "https://shops.example/amsterdam-1"}],
            "relatedParty": [customer],
            "interactionItem": [{"item": about, "resolution": refund["name"]}],
        },
    )
    assert contact["interactionItem"][0]["item"]["name"] == bill["billNo"]

    # What is alive cannot be taken away: neither her, nor her account, nor her number.
    for path in (
        f"customerManagement/v4/customer/{role['id']}",
        f"accountManagement/v4/billingAccount/{account['id']}",
        f"resourceInventoryManagement/v4/resource/{number['id']}",
    ):
        assert api.delete(path).status in (409, 422), path
    assert ledger.balance("till/cash", "EUR") == round_micros(due + 10)


def round_micros(value: float) -> int:
    """Euros of JSON in micro-units; what these figures need, two decimals, survives."""
    return int(f"{value * 100:.0f}") * 10_000
