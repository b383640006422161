"""A line's own numbers, and closed user groups: kept with time, limited, and answered as of the usage."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.inventory.errors import (
    GroupExists,
    GroupKeyInvalid,
    GroupUnknown,
    ListedAlready,
    ListFull,
    ListUnknown,
    MemberAlready,
    NoFriend,
    NoMember,
    NotListed,
)
from linehouse.inventory.values import Circled, MemberKind
from linehouse.kernel.ids import new_id
from linehouse.platform.audit.service import history
from linehouse.platform.outbox import service as outbox
from linehouse.platform.sql import brand_cursor
from tests.balance.house import ROBIN, activate, register
from tests.conftest import START

MUM, DAD, AUNT = "+31612345678", "+31612345679", "+4915112345678"
LISTS = "friend-lists:\n  family: {name: Family and friends, maximum: 2}\n\nlegal-entity:\n"


@pytest.fixture(autouse=True)
def _only_our_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "consumers_of", lambda _name: [])


@pytest.fixture
def shop(brand, actor):
    files = dict(read_folder(ROBIN))
    files["brand.yaml"] = files["brand.yaml"].replace("legal-entity:\n", LISTS, 1)
    catalog.apply_texts(files, actor=actor)
    from linehouse.resource import service as resources

    resources.seed_stock(actor=actor)
    return brand


@pytest.fixture
def line(shop, actor):
    return activate(actor, register(actor), "robin-prepaid-start")


def asked(line, number, at=START):
    question = Circled(new_id(), line.id, number, at)
    return inventory.lists_with([question]).get(question.ref, frozenset())


def test_a_number_counts_from_when_it_was_put_on_until_it_was_taken_off(line, actor, advance) -> None:
    inventory.put_friend(line.id, "family", "+31 6 1234 5678", actor=actor, reason="asked by telephone")
    advance(START + timedelta(days=2))
    assert asked(line, MUM, START + timedelta(days=1)) == {"family"}
    assert asked(line, MUM, START - timedelta(seconds=1)) == frozenset()
    assert asked(line, DAD) == frozenset()
    inventory.drop_friend(line.id, "family", MUM, actor=actor, reason="asked by telephone")
    assert asked(line, MUM, START + timedelta(days=1)) == {"family"}
    assert asked(line, MUM, START + timedelta(days=2)) == frozenset()
    assert inventory.friends_of(line.id) == ()
    (past,) = inventory.friends_of(line.id, past=True)
    assert (past.number, past.valid_to) == (MUM, START + timedelta(days=2))
    last, first = history("inventory.ListedNumber", past.id)
    assert (first.reason, last.what) == ("asked by telephone", "update")


def test_a_list_holds_so_many_numbers_and_each_once(line, actor) -> None:
    def put(number: str, key: str = "family") -> None:
        inventory.put_friend(line.id, key, number, actor=actor, reason="asked")

    put(MUM)
    with pytest.raises(ListedAlready):
        put("0031612345678".replace("00", "+", 1))
    with pytest.raises(NoFriend, match="no telephone number"):
        put("112")
    with pytest.raises(ListUnknown) as unknown:
        put(DAD, "work")
    assert unknown.value.expected == "family"
    put(DAD)
    with pytest.raises(ListFull, match="holds 2 numbers"):
        put(AUNT)
    inventory.drop_friend(line.id, "family", DAD, actor=actor, reason="asked")
    put(AUNT)
    with pytest.raises(NotListed):
        inventory.drop_friend(line.id, "family", DAD, actor=actor, reason="asked")


def test_no_number_of_a_list_lies_open(line, actor) -> None:
    inventory.put_friend(line.id, "family", MUM, actor=actor, reason="asked")
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM inventory_listednumber t UNION ALL SELECT t::text FROM inventory_listednumberevent t"
        )
        rows = [row[0] for row in cursor.fetchall()]
    assert len(rows) == 2
    assert not any("612345678" in row for row in rows)


def test_a_call_stays_within_a_group_when_both_sides_belong_to_it(shop, actor, advance) -> None:
    one, two = register(actor, "Anna"), register(actor, "Bert")
    here, there = activate(actor, one, "robin-prepaid-start"), activate(actor, two, "robin-prepaid-start")
    assert there.msisdn is not None
    inventory.open_group("acme-fleet", "Fleet of ACME", word="fleet", actor=actor, reason="contract 7")

    def within(at: datetime = START + timedelta(hours=1)) -> frozenset[str]:
        assert there.msisdn is not None
        question = Circled(new_id(), here.id, there.msisdn.e164, at)
        return inventory.groups_within([question]).get(question.ref, frozenset())

    inventory.join_group("acme-fleet", MemberKind.LINE, here.id, actor=actor, reason="contract 7")
    assert within() == frozenset()
    inventory.join_group("acme-fleet", MemberKind.CUSTOMER, two.customer_id, actor=actor, reason="contract 7")
    assert within() == {"fleet", "acme-fleet"}
    assert within(START - timedelta(hours=1)) == frozenset()
    advance(START + timedelta(days=1))
    inventory.leave_group("acme-fleet", MemberKind.CUSTOMER, two.customer_id, actor=actor, reason="left")
    assert within(START + timedelta(days=2)) == frozenset()
    assert within() == {"fleet", "acme-fleet"}
    party = customers.customers([two.customer_id])[two.customer_id].party_id
    inventory.join_group("acme-fleet", MemberKind.ORGANIZATION, party, actor=actor, reason="back")
    assert within(START + timedelta(days=2)) == {"fleet", "acme-fleet"}
    assert [group.key for group in inventory.groups_of(there.id)] == ["acme-fleet"]
    shown = {member.kind: member.shown for member in inventory.closed_group("acme-fleet").members}
    assert shown == {MemberKind.LINE: here.number, MemberKind.ORGANIZATION: two.customer_number}


def test_groups_refuse_what_they_cannot_hold(line, actor) -> None:
    with pytest.raises(GroupKeyInvalid):
        inventory.open_group("Fleet 7", "Fleet", actor=actor, reason="x")
    inventory.open_group("fleet", "Fleet", actor=actor, reason="x")
    with pytest.raises(GroupExists):
        inventory.open_group("fleet", "Fleet", actor=actor, reason="x")
    with pytest.raises(GroupUnknown):
        inventory.closed_group("other")
    inventory.join_group("fleet", MemberKind.LINE, line.id, actor=actor, reason="x")
    with pytest.raises(MemberAlready):
        inventory.join_group("fleet", MemberKind.LINE, line.id, actor=actor, reason="x")
    with pytest.raises(NoMember):
        inventory.leave_group("fleet", MemberKind.CUSTOMER, line.customer_id, actor=actor, reason="x")
