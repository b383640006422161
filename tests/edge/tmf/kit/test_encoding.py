"""A page that goes straight to JSON says the same as one that went through objects."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from linehouse.edge.tmf.account.billing_account import BILLING_ACCOUNT
from linehouse.edge.tmf.apis import APIS
from linehouse.edge.tmf.kit.body import to_json
from linehouse.edge.tmf.kit.declaration import Links, Narrow, finished
from linehouse.edge.tmf.kit.encoding import encoded, encodes
from linehouse.edge.tmf.party.individual import INDIVIDUAL
from linehouse.edge.tmf.resource_inventory.resource import RESOURCE
from tests.edge.tmf.conftest import ApiClient

LINKS = Links("https://api.robin.example")
ACCOUNTS = next(api for api in APIS if BILLING_ACCOUNT in api.resources)


def test_both_ways_say_the_same(api: ApiClient, jane: Any) -> None:
    shapes = [BILLING_ACCOUNT.represent(value, LINKS) for value in BILLING_ACCOUNT.search(Narrow({}, 0, 10)).values]
    assert len(shapes) == 1
    ours = json.loads(encoded(ACCOUNTS, BILLING_ACCOUNT, shapes * 2, LINKS), parse_float=Decimal)
    theirs = json.loads(
        to_json([finished(ACCOUNTS, BILLING_ACCOUNT, shape, LINKS) for shape in shapes * 2]), parse_float=Decimal
    )
    assert ours == theirs
    assert list(ours[0])[:2] == ["id", "href"]
    assert encoded(ACCOUNTS, BILLING_ACCOUNT, [], LINKS) == b"[]"
    listed = api.get("accountManagement/v4/billingAccount").body
    assert [one["id"] for one in listed] == [ours[0]["id"]]


def test_what_has_a_type_of_its_own_goes_the_long_way() -> None:
    assert encodes(BILLING_ACCOUNT)
    assert encodes(INDIVIDUAL)
    assert not encodes(RESOURCE)
