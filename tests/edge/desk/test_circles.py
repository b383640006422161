"""A line's own numbers and closed user groups at the desk."""

from __future__ import annotations

import pytest
from tests.balance.house import activate, register
from tests.conftest import ROBIN
from tests.edge.desk.conftest import text_of

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.inventory import service as inventory
from linehouse.resource.service import seed_stock

LISTS = "friend-lists:\n  family: {name: Family and friends, maximum: 1}\n\nlegal-entity:\n"


@pytest.fixture
def line(brand, actor):
    files = dict(read_folder(ROBIN))
    files["brand.yaml"] = files["brand.yaml"].replace("legal-entity:\n", LISTS, 1)
    catalog.apply_texts(files, actor=actor)
    seed_stock(actor=actor)
    return activate(actor, register(actor), "robin-prepaid-start")


def test_a_number_is_put_on_and_taken_off(line, log_in) -> None:
    care = log_in("admin")
    assert f"products/{line.number}/friends" in care.get(f"products/{line.number}").content.decode()
    page = f"products/{line.number}/friends"
    assert "0 of 1 numbers" in text_of(care.get(page))
    wrong = care.post(page, {"act": "add", "list": "family", "number": "112", "reason": "asked"})
    assert "'112' is no telephone number; expected: such as +31612345678" in text_of(wrong).replace("&#x27;", "'")
    answer = care.post(page, {"act": "add", "list": "family", "number": "+31 6 12345678", "reason": "asked"})
    assert answer.status_code == 302
    assert "+31612345678" in text_of(care.get(page))
    full = care.post(page, {"act": "add", "list": "family", "number": "+31612345679", "reason": "asked"})
    assert "holds 1 numbers" in text_of(full)
    (held,) = inventory.friends_of(line.id)
    assert care.post(page, {"act": "remove", "listed": "nothing"}).status_code == 404
    assert care.post(page, {"act": "remove", "listed": str(held.id)}).status_code == 302
    assert inventory.friends_of(line.id) == ()


def test_who_only_looks_cannot_change_and_may_see_a_mask(line, log_in, actor) -> None:
    inventory.put_friend(line.id, "family", "+31612345678", actor=actor, reason="asked")
    reader = log_in("auditor")
    shown = text_of(reader.get(f"products/{line.number}/friends"))
    assert "Put a number on a list" not in shown
    assert "78" in shown
    assert "612345678" not in shown
    assert reader.post(f"products/{line.number}/friends", {"act": "add"}).status_code == 403


def test_a_group_takes_members_in_and_lets_them_go(line, log_in) -> None:
    admin = log_in("admin")
    assert "No closed user group yet" in text_of(admin.get("groups"))
    twice = {"key": "acme", "name": "ACME", "word": "fleet", "reason": "contract 7"}
    assert admin.post("groups/new", twice).status_code == 302
    assert "there is a group of that key" in text_of(admin.post("groups/new", twice)).lower()
    refused = admin.post("groups/acme", {"act": "join", "kind": "line", "member": "S-9", "reason": "contract 7"})
    assert "There is no such line" in text_of(refused)
    for kind, member in (("line", line.number), ("customer", "C-000001"), ("organization", "C-000001")):
        answer = admin.post("groups/acme", {"act": "join", "kind": kind, "member": member, "reason": "contract 7"})
        assert answer.status_code == 302, kind
    page = text_of(admin.get("groups/acme"))
    assert "Tariffs call it fleet" in page
    assert page.count("C-000001") >= 2
    assert "ACME" in text_of(admin.get(f"products/{line.number}/friends"))
    assert admin.post("groups/acme", {"act": "leave", "kind": "line", "member": str(line.id)}).status_code == 302
    assert [one.kind.value for one in inventory.closed_group("acme").members] == ["customer", "organization"]
    assert admin.get("groups/other").status_code == 404
