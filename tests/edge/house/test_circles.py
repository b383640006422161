"""A line's own numbers and closed user groups over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.platform.access.service import create_client
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.work import Actor
from linehouse.resource.service import seed_stock
from tests.balance.house import ROBIN, activate, register

LISTS = "friend-lists:\n  family: {name: Family and friends, maximum: 1}\n\nlegal-entity:\n"


@pytest.fixture
def line(brand: str, actor: Actor) -> ProductView:
    files = dict(read_folder(ROBIN))
    files["brand.yaml"] = files["brand.yaml"].replace("legal-entity:\n", LISTS, 1)
    catalog.apply_texts(files, actor=actor)
    seed_stock(actor=actor)
    return activate(actor, register(actor), "robin-prepaid-start")


@pytest.fixture
def ask(brand: str) -> Any:
    def client(*permissions: str) -> Any:
        with realm_scope(CONTROL):
            token = create_client("Self-care", brand, frozenset(permissions))
        web = Client(headers={"host": f"{brand}.localhost", "authorization": f"Bearer {token}"})

        def call(method: str, path: str, body: object = None) -> tuple[int, Any]:
            text = "" if body is None else json.dumps(body)
            answer = web.generic(method, f"/house/v1/{path}", text, content_type="application/json")
            return answer.status_code, answer.json()

        return call

    return client


def test_a_number_comes_and_goes(line: ProductView, ask: Any) -> None:
    call = ask("customer.read", "customer.write")
    place = f"lines/{line.number}/friends"
    wish = {"list": "family", "number": "+31612345678", "reason": "asked in the app"}
    status, made = call("POST", place, wish)
    assert (status, made["lists"][0]["maximum"], made["line"]) == (201, 1, line.number)
    assert len(made["lists"][0]["numbers"]) == 1
    assert call("POST", place, wish)[0] == 409
    status, refused = call("POST", place, wish | {"number": "+31612345679"})
    assert (status, refused["code"]) == (422, "inventory.list_full")
    assert call("POST", place, wish | {"list": "work"})[1]["code"] == "inventory.list_unknown"
    assert call("POST", place, wish | {"number": "112"})[1]["code"] == "inventory.no_friend"
    assert call("POST", place, {"list": "family"})[1]["code"] == "house.bad_body"
    assert call("POST", f"{place}/remove", wish)[0] == 200
    assert call("GET", place)[1]["lists"][0]["numbers"] == []
    assert call("GET", "lines/S-9/friends")[0] == 404
    (past,) = inventory.friends_of(line.id, past=True)
    assert past.number == "+31612345678"


def test_a_group_is_made_joined_and_left(line: ProductView, ask: Any) -> None:
    call = ask("customer.read", "customer.write")
    wish = {"key": "acme-fleet", "name": "Fleet of ACME", "word": "fleet", "reason": "contract 7"}
    assert call("POST", "groups", wish)[0] == 201
    member = {"kind": "line", "number": line.number, "reason": "contract 7"}
    status, joined = call("POST", "groups/acme-fleet/members", member)
    assert (status, [one["number"] for one in joined["members"]]) == (201, [line.number])
    assert call("POST", "groups/acme-fleet/members", member)[0] == 409
    assert call("POST", "groups/acme-fleet/members", member | {"kind": "ship"})[1]["code"] == "house.bad_body"
    assert call("GET", "groups")[1] == [{"key": "acme-fleet", "name": "Fleet of ACME", "word": "fleet"}]
    status, left = call("POST", "groups/acme-fleet/members/remove", member)
    assert (status, left["members"]) == (200, [])
    assert call("GET", "groups/other")[0] == 404


def test_what_a_client_may_not_is_refused(line: ProductView, ask: Any) -> None:
    reader, stranger = ask("customer.read"), ask("clock.read")
    for place in (f"lines/{line.number}/friends", "groups"):
        assert reader("GET", place)[0] == 200
        assert reader("POST", place, {})[0] == 403
        assert stranger("GET", place)[0] == 403
        assert reader("PUT", place)[0] == 405
