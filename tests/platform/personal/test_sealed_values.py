"""Values of people: closed in the table and in its history, opened by their row alone, gone with their key."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from linehouse.kernel.ids import new_id
from linehouse.party.models import Individual, Medium
from linehouse.party.service import create_individual, find_individuals, individual, patch_individual
from linehouse.party.values import NewIndividual
from linehouse.platform.clock.service import business_now
from linehouse.platform.personal import keys
from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.errors import SealBroken, SubjectErased
from linehouse.platform.personal.models import SubjectKey
from linehouse.platform.personal.seal import seal, unseal
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, unit_of_work

pytestmark = pytest.mark.usefixtures("brand")


def record(actor: Actor, given: str = "Anna", family: str = "Zonneveld") -> Individual:
    new = NewIndividual(given_name=given, family_name=family, email=f"{given}@example.com", birth_date="1990-02-28")
    return Individual.objects.get(id=create_individual(new, actor=actor).party_id)


def column(table: str, name: str) -> list[str]:
    with brand_cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {table}")
        return [row[0] for row in cursor.fetchall()]


def test_neither_the_table_nor_its_history_can_be_read_without_the_key(actor: Actor) -> None:
    row = record(actor)
    patch_individual(row.id, {"family_name": "Maanveld"}, actor=actor, reason="marriage")
    stored = column("party_individual", "family_name") + column("party_individualevent", "family_name")
    assert len(stored) == 3
    assert all(text.startswith("p1.") and "veld" not in text for text in stored)
    assert all(text.startswith("p1.") for text in column("party_individualevent", "birth_date"))
    assert (individual(row.id).family_name, individual(row.id).birth_date) == ("Maanveld", date(1990, 2, 28))


def test_a_value_that_was_not_changed_is_stored_as_it_was(actor: Actor) -> None:
    row = record(actor)
    before = column("party_individual", "given_name")
    row.save()
    assert row.given_name == "Anna"
    row.save()
    assert column("party_individual", "given_name") == before


def test_a_value_does_not_open_in_another_row_or_column(actor: Actor) -> None:
    anna, ben = record(actor), record(actor, "Ben")
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE party_individual SET title = family_name, family_name = (SELECT family_name FROM party_individual"
            " WHERE id = %s) WHERE id = %s",
            [ben.id, anna.id],
        )
    moved = Individual.objects.get(id=anna.id)
    with pytest.raises(SealBroken, match="somebody else"):
        _ = moved.family_name
    with pytest.raises(SealBroken, match="does not open"):
        _ = moved.title


def test_a_list_costs_one_query_for_all_keys(actor: Actor, brand: str) -> None:
    for number in range(20):
        record(actor, f"Anna{number}")
    keys.forget()
    with CaptureQueriesContext(connections[brand]) as queries:
        assert len(find_individuals(limit=20).rows) == 20
    # What begins a transaction is captured without a text.
    texts = [query["sql"] or "" for query in queries]
    assert len([text for text in texts if "personal_subjectkey" in text]) == 1


def test_a_key_that_was_rolled_back_is_not_used_again(actor: Actor, brand: str) -> None:
    subject = new_id()
    with unit_of_work(actor, "test"):
        try:
            with transaction.atomic(using=brand):
                seal("first", "here.it", subject)
                raise RuntimeError
        except RuntimeError:
            pass
        kept = seal("second", "here.it", subject)
    keys.forget()
    assert unseal(kept, "here.it") == "second"
    lost = new_id()

    def fail() -> None:
        with unit_of_work(actor, "test"):
            seal("third", "here.it", lost)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not SubjectKey.objects.filter(subject=lost).exists()
    again = seal("fourth", "here.it", lost)
    keys.forget()
    assert unseal(again, "here.it") == "fourth"


def test_with_the_key_the_values_are_gone_everywhere_and_for_good(actor: Actor) -> None:
    row = record(actor)
    with unit_of_work(actor, "erasure"):
        assert keys.destroy(row.id, [Purpose.PERSONAL], business_now()) == 1
    found = individual(row.id)
    assert (found.given_name, found.family_name, found.birth_date, found.email) == ("", "[erased]", None, "")
    with pytest.raises(SubjectErased), unit_of_work(actor, "again"):
        patch_individual(row.id, {"given_name": "Anna"}, actor=actor, reason="again")


def test_the_database_is_not_asked_for_what_it_cannot_know() -> None:
    with pytest.raises(TypeError, match="blind index"):
        Individual.objects.filter(given_name="Anna").exists()
    with pytest.raises(TypeError, match="blind index"):
        Medium.objects.update(value="somebody@example.com")


def test_what_lay_there_plainly_is_sealed_with_its_history(actor: Actor, brand: str) -> None:
    row = record(actor)
    with brand_cursor() as cursor:
        for table in ("party_individual", "party_individualevent"):
            cursor.execute(
                f"UPDATE {table} SET given_name = 'Plain', middle_name = '', family_name = 'Person',"
                " birth_date = '1980-01-02'"
            )
        cursor.execute("UPDATE party_medium SET value = 'plain@example.com', value_index = ''")
    conversion = import_module("linehouse.party.migrations.0004_encrypt_values")
    conversion.encrypt(None, SimpleNamespace(connection=connections[brand]))
    assert (individual(row.id).name, individual(row.id).birth_date) == ("Plain Person", date(1980, 1, 2))
    assert find_individuals(email="Plain@example.com").total == 1
    assert find_individuals(family_name="person").total == 1
    stored = column("party_individualevent", "family_name") + column("party_mediumevent", "value")
    assert all(text.startswith("p1.") for text in stored if text)
