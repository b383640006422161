"""A deck at the command line: looked at, compared, written once, exported."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linehouse.catalog.folder import read_folder, write_folder
from linehouse.run.commands.deck import decks as command

DECK = """ACME Telecom;;;;
Destination;Vorwahl;Preis;Takt;Gültig ab
Germany Mobile;49151, 49152;0,12;60/60;01.12.2026
Germany;49;0,01;1/1;01.12.2026
"""


@pytest.fixture
def folder(tmp_path: Path, robin_files: dict[str, str]) -> Path:
    """A copy of Robin's files with a deck beside them."""
    write_folder(tmp_path / "robin", robin_files)
    (tmp_path / "deck.csv").write_text(DECK, encoding="utf-8")
    return tmp_path


def run(folder: Path, what: str, *more: str, file: str = "deck.csv") -> Result:
    given = [what, str(folder / file)] if file else [what]
    return CliRunner().invoke(command, [*given, "--catalog", str(folder / "robin"), "--tariff", "acme", *more])


def test_look_compare_apply_and_apply_again(folder: Path) -> None:
    seen = run(folder, "preview")
    assert seen.exit_code == 0, seen.output
    assert "prefix: column 'Vorwahl'" in seen.output
    assert "2 rows: 2 destinations, 3 prefixes; 2026-12-01." in seen.output
    compared = run(folder, "diff", "--against", "host-wholesale", "--out", str(folder / "diff.csv"))
    assert "2026-12-01: 2 new" in compared.output
    assert (folder / "diff.csv").read_text(encoding="utf-8").startswith("change,destination,before,after")
    done = run(folder, "apply", "--name", "ACME wholesale")
    assert "Written: tariffs/acme.yaml, zones/acme-deck.csv." in done.output
    assert "--from 2026-12-01T00:00:00+01:00" in done.output
    files = read_folder(folder / "robin")
    assert "name: ACME wholesale\n" in files["tariffs/acme.yaml"]
    assert "Nothing to write" in run(folder, "apply").output
    assert read_folder(folder / "robin") == files
    exported = run(folder, "export", "--effective", "2026-12-01", file="")
    (folder / "again.csv").write_text(exported.output, encoding="utf-8")
    again = run(folder, "diff", file="again.csv")
    assert "2 unchanged" in again.output
    assert "Nothing to write" in run(folder, "apply", file="again.csv").output


def test_two_days_are_applied_one_after_the_other(folder: Path) -> None:
    (folder / "deck.csv").write_text(DECK + "Germany;49;0,02;1/1;08.12.2026\n", encoding="utf-8")
    refused = run(folder, "apply")
    assert refused.exit_code == 2
    assert "2 effective dates: 2026-12-01, 2026-12-08" in refused.output
    assert run(folder, "apply", "--effective", "2026-12-01").exit_code == 0
    later = run(folder, "apply", "--effective", "2026-12-08")
    assert "1 dearer, 1 unchanged" in later.output
    assert "Nothing to write" in run(folder, "apply", "--effective", "2026-12-08").output


def test_a_mapping_is_remembered(folder: Path) -> None:
    (folder / "deck.csv").write_text("Wohin;Nummer;EUR\nGermany;49;0,01\n", encoding="utf-8")
    told = run(folder, "preview")
    assert told.exit_code == 2
    assert "no column is the rate per minute" in told.output
    mapped = ("--map", "destination=Wohin", "--map", "prefix=Nummer", "--map", "rate=EUR", "--set", "increments=1/1")
    assert run(folder, "apply", *mapped, "--effective", "2026-12-01").exit_code == 0
    assert "Nothing to write" in run(folder, "apply", "--effective", "2026-12-01").output
    assert (folder / "robin" / "decks" / "acme.yaml").is_file()


def test_a_wrong_row_writes_nothing(folder: Path) -> None:
    before = read_folder(folder / "robin")
    (folder / "deck.csv").write_text(DECK + "Cuba;053;zero;60/60;01.12.2026\n", encoding="utf-8")
    refused = run(folder, "apply")
    assert refused.exit_code == 2
    assert "row 5, Vorwahl: '053' begins with a national 0 (053)" in refused.output
    assert "row 5, Preis: this is no amount (zero); 0.0123 or 0,0123" in refused.output
    assert "Nothing was written" in refused.output
    assert read_folder(folder / "robin") == before
