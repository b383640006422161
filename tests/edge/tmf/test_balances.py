"""TMF654 and TMF677: buckets, balances, movements, amounts kept aside, and what was used."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from linehouse.balance import service as balance
from linehouse.charging.node import Charger
from linehouse.customer.values import CustomerRegistered
from linehouse.platform.checks import verify
from linehouse.platform.clock.service import business_now
from linehouse.platform.sql import brand_cursor
from linehouse.simulators.host_network.server import HostNetwork
from tests.conftest import in_own_thread
from tests.edge.tmf.conftest import ORDERS, ApiClient, order
from tests.edge.tmf.listener import Listener

BUCKETS = "prepayBalanceManagement/v4/bucket"
BALANCES = "prepayBalanceManagement/v4/accumulatedBalance"
HISTORY = "prepayBalanceManagement/v4/balanceActionHistory"
RESERVE = "prepayBalanceManagement/v4/reserveBalance"
QUERY = "usageConsumption/v4/queryUsageConsumption"


def sweep() -> None:
    """What the charging process does each second."""
    with brand_cursor() as cursor:
        where = cursor.db.settings_dict

    async def run() -> None:
        pool = await asyncpg.create_pool(
            host=where["HOST"] or None,
            port=where["PORT"] or None,
            user=where["USER"],
            password=where["PASSWORD"] or None,
            database=where["NAME"],
            max_size=2,
            min_size=0,
        )
        await Charger(pool).sweep()
        await pool.close()

    in_own_thread(run)


def bucket_of(api: ApiClient, product: str, kind: str = "data") -> dict[str, Any]:
    """The bucket of data, of which nothing was used; that of calls has no end, and 61 s were taken from it."""
    found = api.get(f"{BUCKETS}?product.id={product}").body
    (bucket,) = (one for one in found if one["usageType"] == kind and one["status"] == "active")
    return dict(bucket)


def test_buckets_and_what_is_left_in_all_of_them(
    api: ApiClient, reader: ApiClient, jane: CustomerRegistered, used: dict[str, Any]
) -> None:
    bucket = bucket_of(api, used["id"])
    view = balance.bucket_by_id(UUID(bucket["id"]))
    assert view.granted is not None
    assert bucket["remainingValue"] == {"amount": view.granted, "units": "octet"}
    assert bucket["reservedValue"] == {"amount": 0, "units": "octet"}
    assert "remainingValue" not in bucket_of(api, used["id"], "voice")
    assert bucket["product"][0]["id"] == used["id"]
    assert bucket["logicalResource"][0]["id"] == view_number(used)
    assert reader.get(f"{BUCKETS}/{bucket['id']}").body == bucket
    assert api.get(f"{BUCKETS}?relatedParty.id={jane.customer_id}&id={bucket['id']}").body == [bucket]
    assert api.get(f"{BUCKETS}?product.id=nobody").body == []
    assert api.call("POST", BUCKETS, {}).status == 405
    (whole,) = (
        one for one in api.get(f"{BALANCES}?product.id={used['id']}").body if one["totalBalance"]["units"] == "octet"
    )
    assert whole["totalBalance"]["amount"] == view.granted
    assert [one["id"] for one in whole["bucket"]] == [bucket["id"]]
    assert api.get(f"{BALANCES}/{whole['id']}").body == whole
    assert api.get(f"{BALANCES}/{used['id']}.XXX").status == 404


def view_number(product: dict[str, Any]) -> str:
    """The digits of the line's number."""
    return str(product["realizingResource"][0]["id"])


def test_every_movement_is_told(api: ApiClient, used: dict[str, Any]) -> None:
    (taken,) = api.get(f"{HISTORY}?bucket.id={bucket_of(api, used['id'], 'voice')['id']}").body
    assert (taken["reason"], taken["amount"]) == ("use", {"amount": 61_000, "units": "ms"})
    (granted,) = api.get(f"{HISTORY}?bucket.id={bucket_of(api, used['id'])['id']}").body
    assert (granted["reason"], granted["status"]) == ("grant", "completed")
    assert api.get(f"{HISTORY}/{taken['id']}").body == taken
    assert api.get(f"{HISTORY}/1-1").status == 404
    assert api.get(f"{HISTORY}/nonsense").status == 404


def test_an_amount_is_kept_aside_and_given_back(
    api: ApiClient, reader: ApiClient, jane: CustomerRegistered, used: dict[str, Any], drain: Callable[[], int]
) -> None:
    bucket = bucket_of(api, used["id"])
    body = {
        "usageType": "data",
        "bucket": {"id": bucket["id"]},
        "partyAccount": {"id": str(jane.billing_account_id)},
        "amount": {"amount": 0.5, "units": "GB"},
        "reason": "a film",
    }
    assert reader.post(RESERVE, body).status == 403
    made = api.post(RESERVE, body, headers={"Idempotency-Key": "film-1"})
    assert (made.status, made.body["status"]) == (201, "completed")
    assert made.body["amount"] == {"amount": 500_000_000, "units": "octet"}
    again = api.post(RESERVE, body, headers={"Idempotency-Key": "film-1"})
    assert again.body == made.body
    held = api.get(f"{BUCKETS}/{bucket['id']}").body
    assert held["reservedValue"]["amount"] == 500_000_000
    assert held["remainingValue"]["amount"] == bucket["remainingValue"]["amount"] - 500_000_000
    assert [one for one in verify() if not one.holds] == []

    place = f"{RESERVE}/{made.body['id']}"
    assert api.get(f"{RESERVE}?bucket.id={bucket['id']}").body == [made.body]
    assert api.delete(place).status == 204
    assert api.get(place).body["status"] == "cancelled"
    assert api.delete(place).status == 409
    assert api.get(f"{BUCKETS}/{bucket['id']}").body == bucket
    drain()
    assert [one for one in verify() if not one.holds] == []


def test_what_is_forgotten_comes_back_by_itself(
    api: ApiClient,
    jane: CustomerRegistered,
    used: dict[str, Any],
    drain: Callable[[], int],
    advance: Callable[..., Any],
) -> None:
    bucket = bucket_of(api, used["id"])
    until = business_now() + timedelta(minutes=30)
    body = {
        "usageType": "data",
        "bucket": {"id": bucket["id"]},
        "partyAccount": {"id": str(jane.billing_account_id)},
        "amount": {"amount": 1, "units": "octet"},
        "validFor": {"endDateTime": until.isoformat()},
    }
    made = api.post(RESERVE, body)
    assert made.status == 201, made.body
    advance(until + timedelta(minutes=1))
    sweep()
    drain()
    assert api.get(f"{RESERVE}/{made.body['id']}").body["status"] == "cancelled"
    assert api.get(f"{BUCKETS}/{bucket['id']}").body["reservedValue"]["amount"] == 0
    assert [one for one in verify() if not one.holds] == []


def test_what_cannot_be_kept_aside_says_why(api: ApiClient, jane: CustomerRegistered, used: dict[str, Any]) -> None:
    bucket = bucket_of(api, used["id"])
    body: dict[str, Any] = {
        "usageType": "data",
        "bucket": {"id": bucket["id"]},
        "partyAccount": {"id": str(jane.billing_account_id)},
        "amount": {"amount": 1, "units": "MB"},
    }
    endless = balance.bucket("S-000001/calls/2026-11-01").id
    for change, status, field in (
        ({"usageType": "voice"}, 400, "/usageType"),
        ({"partyAccount": {"id": str(jane.customer_id)}}, 400, "/partyAccount/id"),
        ({"amount": {"amount": 1, "units": "s"}}, 400, "/amount/units"),
        ({"amount": {"amount": 1, "units": "EUR"}}, 400, "/amount/amount"),
        ({"amount": {"amount": 0, "units": "MB"}}, 400, "/amount"),
        ({"amount": {"amount": 10_000, "units": "GB"}}, 409, "/amount"),
        ({"bucket": {"id": "nobody"}}, 400, "/bucket/id"),
        (
            {"bucket": {"id": str(endless)}, "usageType": "voice", "amount": {"amount": 1, "units": "s"}},
            422,
            "/bucket/id",
        ),
        ({"validFor": {"endDateTime": "2020-01-01T00:00:00Z"}}, 400, "/validFor/endDateTime"),
    ):
        refused = api.post(RESERVE, body | change)
        assert (refused.status, refused.body.get("field")) == (status, field), refused.body
    assert api.get(RESERVE).body == []


def test_what_is_left_and_what_was_used(
    api: ApiClient,
    reader: ApiClient,
    jane: CustomerRegistered,
    used: dict[str, Any],
    drain: Callable[[], int],
    listener: Listener,
) -> None:
    assert api.post("usageConsumption/v4/hub", {"callback": listener.url}).status == 201
    asked = reader.post(QUERY, {"searchCriteria": {"product": [{"id": used["id"]}]}})
    assert asked.status == 201, asked.body
    (of_line,) = asked.body["usageConsumption"]
    bucket = bucket_of(api, used["id"])
    held = {one["id"]: one for one in of_line["bucketRefOrValue"]}
    assert held[bucket["id"]]["remainingValue"] == bucket["remainingValue"]
    calls = held[bucket_of(api, used["id"], "voice")["id"]]
    assert calls["bucketCounter"][0]["value"] == {"amount": 61_000, "units": "ms"}
    summary = {one["counterType"]: one["value"] for one in of_line["product"][0]["consumptionSummary"]}
    assert summary["voice out"] == {"amount": 122_000, "units": "ms"}
    assert summary["voice out charge"]["units"] == "EUR"
    assert summary["voice out charge"]["amount"] > 0

    by_number = api.post(QUERY, {"searchCriteria": {"logicalResource": [{"id": view_number(used)}]}}).body
    assert [one["product"][0]["id"] for one in by_number["usageConsumption"]] == [used["id"]]
    assert "logicalResource" not in by_number["searchCriteria"]
    by_customer = api.post(QUERY, {"relatedParty": [{"id": str(jane.customer_id), "@referredType": "Customer"}]}).body
    assert len(by_customer["usageConsumption"]) == 1
    assert api.post(QUERY, {}).status == 400
    nobody = {"searchCriteria": {"product": [{"id": str(jane.customer_id)}]}}
    assert api.post(QUERY, nobody).body["usageConsumption"] == []

    place = f"{QUERY}/{asked.body['id']}"
    assert api.get(place).body == asked.body
    assert len(api.get(QUERY).body) == 4
    assert api.delete(place).status == 204
    assert api.get(place).status == 404
    drain()
    told = [json.loads(body)["eventType"] for _, _, body in listener.requests]
    assert (told.count("QueryUsageConsumptionCreateEvent"), told.count("QueryUsageConsumptionDeleteEvent")) == (4, 1)


def test_money_comes_onto_a_line_and_is_changed_by_hand(
    api: ApiClient,
    host: HostNetwork,
    stocked: str,
    jane: CustomerRegistered,
    drain: Callable[[], int],
) -> None:
    plan = {"id": "1", "action": "add", "quantity": 1, "productOffering": {"id": "robin-prepaid-start"}}
    api.post(ORDERS, order(jane, productOrderItem=[plan]))
    drain()
    buckets = api.get(BUCKETS).body
    main = next(one for one in buckets if one["usageType"] == "monetary" and one["description"].endswith("/main"))
    before = main["remainingValue"]["amount"]
    body = {
        "usageType": "monetary",
        "bucket": {"id": main["id"]},
        "partyAccount": {"id": main["partyAccount"]["id"]},
        "amount": {"amount": 10, "units": "EUR"},
        "channel": {"id": "kiosk"},
    }
    made = api.post("prepayBalanceManagement/v4/topupBalance", body)
    assert (made.status, made.body["status"]) == (201, "completed"), made.body
    assert api.get(f"{BUCKETS}/{main['id']}").body["remainingValue"]["amount"] == before + 10
    assert api.get(f"prepayBalanceManagement/v4/topupBalance/{made.body['id']}").body == made.body
    refused = api.post("prepayBalanceManagement/v4/topupBalance", body | {"paymentMethod": {"id": "shells"}})
    assert (refused.status, refused.body["field"]) == (400, "/paymentMethod/id")
    moved = {row["reason"] for row in api.get(f"{HISTORY}?bucket.id={main['id']}").body}
    assert "top-up" in moved
    assert api.get("prepayBalanceManagement/v4/transferBalance").body == []
    wrong = {"usageType": "monetary", "bucket": {"id": main["id"]}, "amount": {"amount": -1, "units": "EUR"}}
    asked = wrong | {"reason": "no-such-reason", "description": "x"}
    assert api.post("prepayBalanceManagement/v4/adjustBalance", asked).status == 400
