"""Characteristics in a brand's database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from linehouse.customer.service import find_customers, register_customer
from linehouse.customer.values import RegisterCustomer
from linehouse.edge.desk.characterised import FINDERS
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import InvalidFields
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.audit.service import history
from linehouse.platform.characteristics import service
from linehouse.platform.characteristics.entities import entities
from linehouse.platform.characteristics.errors import CharacteristicTaken, CharacteristicUnknown, NotSearchable
from linehouse.platform.characteristics.models import CharacteristicValue
from linehouse.platform.characteristics.values import Declaration, ValueKind
from linehouse.platform.work import Actor

FENNA = NewIndividual(
    given_name="Fenna",
    family_name="de Vries",
    birth_date="1990-02-28",
    email="fenna@example.com",
    address=PostalAddress(street1="Prinsengracht 263", postcode="1016 GV", city="Amsterdam", country="NL"),
    language="nl",
)


def declaration(key: str, kind: ValueKind = ValueKind.TEXT, entity: str = "customer", **more: Any) -> Declaration:
    return Declaration(entity=entity, key=key, label={"": key.title()}, kind=kind, **more)


def test_every_entity_of_a_room_is_found_by_the_desk(brand: str) -> None:
    assert {entity.key for entity in entities()} == set(FINDERS)


def test_values_are_kept_as_what_they_are_and_history_says_who(brand: str, actor: Actor, events: Any) -> None:
    service.declare(declaration("size", ValueKind.DECIMAL, unit="cm"), actor=actor)
    service.declare(declaration("tier", ValueKind.CHOICE, choices={"gold": "Gold"}), actor=actor)
    one = new_id()
    events()
    held = service.set_values("customer", one, {"size": "41.50", "tier": "gold"}, actor=actor, reason="asked")
    assert [(value.spec.key, value.value, value.shown) for value in held] == [
        ("size", Decimal("41.5"), "41.5 cm"),
        ("tier", "gold", "Gold"),
    ]
    assert events() == ["characteristics.values.changed"]
    service.set_values("customer", one, {"size": "41.5"}, actor=actor)
    assert events() == []
    service.set_values("customer", one, {"size": ""}, actor=actor)
    assert [value.spec.key for value in service.values_of("customer", one)] == ["tier"]
    row = CharacteristicValue.objects.get(object_id=one)
    (change,) = history("characteristics.CharacteristicValue", row.id)
    assert (change.actor, change.reason) == (actor.name, "asked")


def test_objects_are_found_by_value_in_one_query(brand: str, actor: Actor) -> None:
    spec = service.declare(declaration("size", ValueKind.INTEGER), actor=actor)
    service.declare(declaration("secret", searchable=False), actor=actor)
    ids = [new_id() for _ in range(3)]
    for one, size in zip(ids, ("41", "42", "42"), strict=True):
        service.set_values("customer", one, {"size": size}, actor=actor)
    assert {row["object_id"] for row in service.objects_with("customer", "size", "42")} == set(ids[1:])
    found, total = service.holders(spec, search="41")
    assert ([one for one, _ in found], total) == ([ids[0]], 1)
    assert service.holders(spec, search="large") == ([], 0)
    assert set(service.values_of_many("customer", ids)) == set(ids)
    with pytest.raises(NotSearchable):
        service.objects_with("customer", "secret", "x")
    with pytest.raises(InvalidFields):
        service.objects_with("customer", "size", "large")
    with pytest.raises(CharacteristicUnknown):
        service.objects_with("customer", "hat", "1")


def test_customers_have_them_from_registration_and_are_found_by_them(brand: str, catalogue: Any, actor: Actor) -> None:
    service.declare(
        declaration("tier", ValueKind.CHOICE, choices={"gold": "Gold", "tin": "Tin"}, required=True), actor=actor
    )
    with pytest.raises(InvalidFields) as refusal:
        register_customer(RegisterCustomer(party=FENNA), actor=actor)
    assert [problem.field for problem in refusal.value.problems] == ["tier"]
    assert find_customers().total == 0
    made = register_customer(RegisterCustomer(party=FENNA, characteristics={"tier": "gold"}), actor=actor)
    assert [one.number for one in find_customers(filters={"characteristic.tier": "gold"}).rows] == [
        made.customer_number
    ]
    assert find_customers(filters={"characteristic.tier": "tin"}).total == 0


def test_a_retired_one_keeps_its_values_and_takes_no_new_ones(brand: str, actor: Actor) -> None:
    service.declare(declaration("tier"), actor=actor)
    with pytest.raises(CharacteristicTaken):
        service.declare(declaration("tier"), actor=actor)
    one = new_id()
    service.set_values("customer", one, {"tier": "gold"}, actor=actor)
    service.retire("customer", "tier", actor=actor, reason="nobody used it")
    with pytest.raises(InvalidFields):
        service.set_values("customer", one, {"tier": "tin"}, actor=actor)
    assert [held.value for held in service.values_of("customer", one)] == ["gold"]
    service.take_back("customer", "tier", actor=actor, reason="somebody did")
    service.set_values("customer", one, {"tier": "tin"}, actor=actor)
    assert [held.value for held in service.values_of("customer", one)] == ["tin"]


def test_a_file_brings_the_brand_to_what_it_says(brand: str, actor: Actor) -> None:
    first = (declaration("tier"), declaration("size", ValueKind.INTEGER, position=1))
    assert service.apply(first, actor=actor)["declared"] == ("customer.tier", "customer.size")
    assert not any(service.apply(first, actor=actor).values())
    wider = declaration("size", ValueKind.INTEGER, position=1, maximum=Decimal(60))
    assert service.apply((wider,), actor=actor) == {
        "declared": (), "changed": ("customer.size",), "taken back": (), "retired": ("customer.tier",),
    }  # fmt: skip
    assert service.apply(first, actor=actor)["taken back"] == ("customer.tier",)
    with pytest.raises(InvalidFields):
        service.apply((declaration("tier", ValueKind.DATE),), actor=actor)
    assert service.characteristic("customer", "tier").kind is ValueKind.TEXT


def test_what_is_personal_goes_with_the_person(brand: str, actor: Actor) -> None:
    service.declare(declaration("hobby", personal=True), actor=actor)
    service.declare(declaration("tier"), actor=actor)
    one = new_id()
    service.set_values("customer", one, {"hobby": "chess", "tier": "gold"}, actor=actor)
    assert service.erase_personal("customer", one, actor=actor, reason="erasure") == 1
    assert [held.spec.key for held in service.values_of("customer", one)] == ["tier"]
