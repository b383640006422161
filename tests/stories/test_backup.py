"""The machine is lost: what was backed up comes back elsewhere, to any instant, and opens with its key alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linehouse.kernel.clock import MachineClock
from linehouse.ledger.service import ledger_hash
from linehouse.platform.backup.errors import BackupDamaged, KeyMissing, RestoreRefused
from linehouse.platform.backup.shelf import Shelf
from linehouse.platform.control.models import Brand, BrandHost
from linehouse.platform.postgres.databases import create_brand
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.scope import brand_scope
from linehouse.run import restoring
from linehouse.run.keeping.backups import Wanted, keys_of, make_backup
from linehouse.run.keeping.drill import hold_drill
from tests.stories.keeping import Keeper, as_a_command, found_robin, homes, how_many, one_more, silent

Homes = Callable[[str], Keeper]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Homes]:
    with homes(tmp_path) as made:
        yield made


def hash_of(brand: str) -> str:
    with brand_scope(brand):
        return ledger_hash()


def test_a_lost_machine_comes_back_elsewhere_to_any_instant(home: Homes) -> None:
    first = home("first")
    with first.server(), first.open() as found:
        found_robin(found, first.settings.home)
        receiver = first.receiver(found)
        receiver.turn()
        made = make_backup(found, first.settings, Wanted(), silent)
        assert (made.kind, made.exact, [each.key for each in made.brands]) == ("physical", True, ["robin"])
        assert made.brands[0].rows["customer_customer"] == 2
        one_more("Bram")
        between = MachineClock().now()
        one_more("Lotte")
        books = hash_of("robin")
        receiver.stop()
        drill = hold_drill(found, first.settings, silent)
        assert (drill.well, drill.exact, drill.brands[0].ledger_hash) == (True, True, books)
        assert drill.lost_ms < 60_000
        assert drill.brands[0].differences == ()
    first.destroy()

    with as_a_command():
        second = home("second")
        report = restoring.everything(second.settings, "latest", None, silent, force=False)
        assert report.holds, report.lines
        assert any(books in line and "robin" in line for line in report.lines)
    with second.server(), second.open():
        assert (how_many(), hash_of("robin")) == (4, books)
        one_more("Daan")
        assert how_many() == 5, "it goes on working"

    with as_a_command():
        third = home("third")
        assert restoring.everything(third.settings, made.id, between, silent, force=False).holds
        with pytest.raises(RestoreRefused, match="has a database already"):
            restoring.everything(third.settings, made.id, None, silent, force=False)
    with third.open():
        assert how_many() == 3, "Bram had come, Lotte not yet"


def test_without_its_key_or_damaged_a_backup_is_refused(home: Homes) -> None:
    here = home("here")
    with here.server(), here.open() as found:
        create_brand(found, "robin", "Robin Mobile")
        made = make_backup(found, here.settings, Wanted(), silent)
    shelf, keys = Shelf(here.settings.backups), keys_of(here.settings)
    shelf.verify(made, keys, silent)
    file = shelf.folder(made.id) / made.parts[0].name
    assert b"PG_VERSION" not in file.read_bytes()

    kept = here.settings.backup_keys.read_bytes()
    here.settings.backup_keys.unlink()
    with as_a_command(), pytest.raises(KeyMissing):
        restoring.everything(home("without").settings, "latest", None, silent, force=False)
    here.settings.backup_keys.write_bytes(kept)

    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    elsewhere = home("elsewhere")
    with as_a_command(), pytest.raises(BackupDamaged):
        restoring.everything(elsewhere.settings, "latest", None, silent, force=False)
    assert not EmbeddedPostgres(elsewhere.settings.home).status().data.exists(), "nothing half-restored stays"


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(brand="robin")], ids=["whole", "one"])
def test_one_brand_comes_back_beside_the_others(home: Homes, wanted: Wanted) -> None:
    here = home("here")
    with here.server():
        with here.open() as found:
            found_robin(found, here.settings.home)
            create_brand(found, "wren", "Wren Telecom", ("wren.localhost",))
            books = hash_of("robin")
            made = make_backup(found, here.settings, wanted, silent)
            assert made.exact
            one_more("Bram")
        with as_a_command():
            with pytest.raises(RestoreRefused, match="is there"):
                restoring.one_brand(here.settings, made.id, "robin", "robin", None, silent, force=False)
            report = restoring.one_brand(here.settings, made.id, "robin", "then", None, silent, force=False)
            assert report.holds, report.lines
        with here.open():
            assert (how_many("robin"), how_many("then"), hash_of("then")) == (3, 2, books)
            assert set(Brand.objects.values_list("key", flat=True)) == {"robin", "wren", "then"}
        with as_a_command():
            report = restoring.one_brand(here.settings, made.id, "robin", "robin", None, silent, force=True)
            assert report.holds, report.lines
        with here.open() as found:
            assert (how_many("robin"), hash_of("robin")) == (2, books)
            assert BrandHost.objects.get(host="robin.localhost").brand_id == "robin"
            (aside,) = [line for line in report.lines if "is now called" in line]
            assert found.exists(aside.rpartition(" ")[2].rstrip("."))


def test_databases_one_by_one_fill_an_empty_server(home: Homes) -> None:
    first, second = home("first"), home("second")
    with first.server(), first.open() as found:
        found_robin(found, first.settings.home)
        make_backup(found, first.settings, Wanted(logical=True), silent)
        books = hash_of("robin")
        drill = hold_drill(found, first.settings, silent)
        assert (drill.well, drill.kind, drill.exact) == (True, "logical", True)
    with as_a_command():
        report = restoring.everything(second.settings, "latest", None, silent, force=False)
        assert report.holds, report.lines
    with second.open():
        assert (how_many(), hash_of("robin")) == (2, books)
