"""Erasing, restoring, sweeping, and a new master key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linehouse.customer import service as customers
from linehouse.customer.values import CustomerView, RegisterCustomer
from linehouse.party import service as party
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.checks import verify
from linehouse.platform.personal import erasures, keys, masters, names
from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.collect import collect
from linehouse.platform.personal.declare import OnErasure
from linehouse.platform.personal.erase import effects_of, erase
from linehouse.platform.personal.errors import KeysFolderRefused, MasterKeyMissing
from linehouse.platform.personal.models import SubjectKey
from linehouse.platform.personal.restore import apply_erasures, erasures_since
from linehouse.platform.personal.rotate import rotate
from linehouse.platform.personal.sweep import months_before
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor

NEW = NewIndividual(
    given_name="Wilhelmina",
    family_name="Zonderland",
    email="mina@example.org",
    birth_date="1971-05-04",
    phone="+31687654399",
    address=PostalAddress(street1="Bloemgracht 77", postcode="1016 KJ", city="Amsterdam", country="NL"),
)


def register(actor: Actor) -> CustomerView:
    made = customers.register_customer(RegisterCustomer(party=NEW, external_id="shop-4711"), actor=actor)
    return customers.customer_view(made.customer_id)


@pytest.mark.usefixtures("catalogue")
class TestErasure:
    def test_everything_known_is_told_by_the_declarations(self, actor: Actor) -> None:
        view = register(actor)
        told = {section.table.key: section.rows for section in collect(view.party_id)}
        assert told["party_individual"][0]["family_name"] == "Zonderland"
        assert told["customer_customer"][0]["name"] == "Wilhelmina Zonderland"
        assert {row["value"] for row in told["party_medium"]} >= {"mina@example.org", "+31687654399"}

    def test_it_can_be_told_before_what_an_erasure_does(self, actor: Actor) -> None:
        view = register(actor)
        told = {(one.table, one.erasure): one.rows for one in effects_of(view.party_id)}
        assert told["party_individual", OnErasure.KEY] == 1
        assert told["party_medium", OnErasure.BLANK] == 3
        assert told["customer_customer", OnErasure.BLANK] == 1

    def test_who_was_erased_is_not_found_read_or_registered_again(self, actor: Actor) -> None:
        view = register(actor)
        erase(view.party_id, actor=actor, reason="asked to be forgotten")
        gone = customers.customer_view(view.id)
        assert (gone.name, gone.state, gone.external_id) == ("[erased]", "closed", "")
        assert gone.party.email == gone.party.phone == ""
        for words in ("Zonderland", "mina@example.org", "+31687654399"):
            assert customers.find_customers(search=words).total == 0
        assert not names.beginning_with("wilh").exists()
        assert view.party_id in [one.subject for one in erasures.noted()]
        assert [result.name for result in verify() if not result.holds] == []

    def test_after_a_restore_they_stay_erased(self, actor: Actor) -> None:
        view = register(actor)
        taken_at = party.individual(view.party_id).created_at
        before = {row.purpose: bytes(row.wrapped or b"") for row in SubjectKey.objects.filter(subject=view.party_id)}
        erase(view.party_id, actor=actor, reason="asked to be forgotten")
        with brand_cursor() as cursor:
            cursor.execute(
                "UPDATE personal_subjectkey SET wrapped = %s, destroyed_at = NULL WHERE subject = %s",
                [before["personal"], view.party_id],
            )
        keys.forget()
        assert customers.customer_view(view.id).name == "Wilhelmina Zonderland"
        assert "personal.erased" in [result.name for result in verify() if not result.holds]
        assert apply_erasures(erasures_since(taken_at)) >= 1
        assert customers.customer_view(view.id).name == "[erased]"
        assert apply_erasures(erasures_since(taken_at)) >= 1
        assert "personal.erased" not in [result.name for result in verify() if not result.holds]

    def test_a_new_master_key_wraps_all_and_ends_the_old(
        self, actor: Actor, brand: str, master_keys: masters.MasterKeys
    ) -> None:
        view = register(actor)
        old = master_keys.current().id
        seen: list[tuple[str, int, int]] = []
        count = rotate([brand], lambda *told: seen.append(told))
        assert count == SubjectKey.objects.filter(wrapped__isnull=False).count()
        assert seen[-1] == (brand, count, count)
        assert master_keys.ids() == [master_keys.current().id] != [old]
        keys.forget()
        assert customers.customer_view(view.id).name == "Wilhelmina Zonderland"
        with pytest.raises(MasterKeyMissing):
            master_keys.key(old)


def test_a_master_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    ring = masters.MasterKeys(tmp_path / "keys")
    name = ring.current().id
    file = ring.folder / f"master-{name}.key"
    assert (ring.folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    file.chmod(0o644)
    with pytest.raises(KeysFolderRefused, match="others may read"):
        masters.MasterKeys(ring.folder).current()


def test_retention_counts_whole_months() -> None:
    day = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert months_before(day, 1) == datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert months_before(day, 27) == datetime(2023, 12, 31, 12, tzinfo=UTC)
    assert months_before(day, 12) == day - timedelta(days=365)


def test_only_the_brands_own_keys_outlive_everybody() -> None:
    assert [purpose.value for purpose in Purpose] == ["personal", "law", "house", "index"]
