"""Caps by the day, and what an open bundle must give abroad."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.regulation import ChosenLaw, Without, fair_use_volume, law_of, shipped, wholesale_cap_of_data
from linehouse.rating.regulation.schema import regulation_schema
from linehouse.rating.regulation.text import parse_pack
from linehouse.rating.yaml_source import load_marked

GB = 10**9
FOLDER = Path(__file__).resolve().parents[2] / "src" / "linehouse" / "rating" / "regulation" / "packs"


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        ("2022-12-31", "2.00"),
        ("2023-01-01", "1.80"),
        ("2026-12-31", "1.10"),
        ("2027-01-01", "1.00"),
        ("2032-06-30", "1.00"),
    ],
)
def test_the_wholesale_cap_of_data_falls_by_the_year(day: str, amount: str) -> None:
    limit = wholesale_cap_of_data(date.fromisoformat(day))
    assert limit is not None
    assert limit.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("country", "packs"), [("NL", ["eu", "nl"]), ("DE", ["de", "eu"]), ("NO", ["eu"]), ("US", []), ("GB", [])]
)
def test_the_country_of_a_brand_chooses(country: str, packs: list[str]) -> None:
    assert sorted(pack.key for pack in law_of(ChosenLaw(), (), country, date(2026, 11, 25))) == packs


def test_a_brand_chooses_itself_and_leaves_clauses_out() -> None:
    chosen = ChosenLaw(packs=("eu",), without=(Without("customer-line", "we have none"),))
    (eu,) = law_of(chosen, (), "NL", date(2026, 11, 25))
    assert [clause.key for clause in eu.clauses if clause.key.startswith("customer")] == []
    assert len(eu.clauses) == len(shipped()["eu"].clauses) - 1


def test_every_clause_names_its_source_and_its_rows_follow_each_other() -> None:
    for pack in shipped().values():
        for clause in pack.clauses:
            assert clause.source
            for before, after in pairwise(clause.limits):
                assert before.end == after.start, clause.key


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_knows_what_the_packs_say(path: Path) -> None:
    jsonschema.Draft202012Validator(regulation_schema()).validate(load_marked(path).plain())


PACK = """
regulation: own
name: Our own
binds: {countries: [NL]}
currency: EUR
clauses:
  - clause: world
    name: Calls to the world
    source: our promise of 2026
    usage-type: voice
    to: {countries: [US]}
    caps:
      - {from: 2026-01-01, until: 2027-01-01, amount: 1.00, unit: 1 min}
      - {from: 2027-01-01, amount: 0.50, unit: 1 min}
"""


@pytest.mark.parametrize(
    ("was", "becomes", "line", "message"),
    [
        ("    usage-type: voice\n", "", 7, "a clause needs `usage-type`"),
        ("usage-type: voice", "usage-type: voise", 10, "did you mean `voice`?"),
        ("{countries: [US]}", "{countries: [ZZ]}", 11, "'ZZ' is no country"),
        ("{countries: [US]}", "{groups: [eae]}", 11, "did you mean `eea`?"),
        ("{countries: [US]}", '{prefixes: ["+1"]}', 11, "'+1' is no number"),
        ("{countries: [US]}", "{}", 11, "no numbers are named"),
        ("from: 2027-01-01", "from: 2026-12-01", 14, "it begins on 2026-12-01, before the one above ends"),
        ("until: 2027-01-01", "until: 2025-01-01", 13, "2025-01-01 is not after 2026-01-01"),
        ("amount: 0.50, unit: 1 min", "unit: 1 min", 14, "a cap needs an amount"),
        ("amount: 0.50, unit: 1 min", "amount: 0.50", 14, "`amount` and `unit` belong together"),
        ("amount: 0.50, unit: 1 min", "amount: 0.50, unit: 1 MB", 14, "not in ms"),
        ("    caps:", "    free: true\n    caps:", 7, "a clause asks one thing, and it says caps and free"),
        ("    source: our promise of 2026\n", "", 7, "a clause needs `source`"),
        ("    source:", "    souce:", 9, "did you mean `source`?"),
        ("currency: EUR", "currency: EUX", 5, "EUX"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(was: str, becomes: str, line: int, message: str) -> None:
    assert was in PACK
    with pytest.raises(SourceTextInvalid) as refusal:
        parse_pack(load_marked(PACK.replace(was, becomes, 1), "own.yaml"))
    told = f"{refusal.value.message} {refusal.value.expected}"
    assert f"own.yaml, line {line}" in told, told
    assert message in told, told


@pytest.mark.parametrize(
    ("price", "day", "volume"),
    [
        ("20.00", "2026-12-31", 36_370_000_000),
        ("20.00", "2027-01-01", 40 * GB),
        ("18.00", "2024-06-01", 23_230_000_000),
        ("0", "2026-01-01", 0),
    ],
)
def test_the_volume_of_an_open_bundle(price: str, day: str, volume: int) -> None:
    assert fair_use_volume(Decimal(price), date.fromisoformat(day)) == volume


def test_without_a_cap_there_is_no_volume() -> None:
    assert fair_use_volume(Decimal(20), date(2032, 7, 1)) is None
    assert wholesale_cap_of_data(date(2022, 6, 30)) is None
