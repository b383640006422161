"""What a brand says of the law: packs that it chooses, clauses that it is without, packs of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from linehouse.catalog.errors import FilesInvalid
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder, write_folder
from linehouse.catalog.plan import difference
from linehouse.insight.publication import advisable, lawful

TODAY = date(2026, 11, 25)
OWN = """
regulation: own
name: What we promised
binds: {countries: [NL]}
currency: EUR
clauses:
  - clause: america
    name: Calls to the United States
    source: our advertisement of March 2026
    usage-type: voice
    to: {countries: [US]}
    caps: [{from: 2026-03-01, amount: 0.40, unit: 1 min}]
    prices: with-tax
"""


def with_brand(files: dict[str, str], more: str) -> dict[str, str]:
    return files | {"brand.yaml": f"{files['brand.yaml']}\n{more}\n"}


def found(files: dict[str, str]) -> list[str]:
    catalogue = read_catalogue(files).catalogue
    return [one.code for one in (*lawful(catalogue, TODAY), *advisable(catalogue, TODAY)) if "cap" in one.code]


def test_a_pack_of_its_own_binds(robin_files: dict[str, str], tmp_path: Path) -> None:
    files = robin_files | {"regulation/own.yaml": OWN}
    assert "catalog.over-cap" in found(files)
    assert "catalog.over-cap" not in found(robin_files)
    changes = difference(read_catalogue(robin_files).catalogue, read_catalogue(files).catalogue)
    assert [str(change) for change in changes] == ["added regulation own"]
    write_folder(tmp_path, files)
    assert read_folder(tmp_path) == files
    write_folder(tmp_path, robin_files)
    assert not (tmp_path / "regulation" / "own.yaml").exists()


def test_a_brand_chooses_and_leaves_out(robin_files: dict[str, str]) -> None:
    assert found(robin_files) == ["catalog.cap-ahead", "catalog.over-cap-unless"]
    assert found(with_brand(robin_files, "regulation: [eu]")) == ["catalog.cap-ahead"]
    without = "regulation: {without: [{clause: roaming-wholesale-data, reason: our host bears it}]}"
    assert found(with_brand(robin_files, without)) == ["catalog.over-cap-unless"]
    said = read_catalogue(with_brand(robin_files, without)).catalogue
    (change,) = difference(read_catalogue(robin_files).catalogue, said)
    assert (change.kind, change.what) == ("brand", "changed")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("regulation: [eu, be]", "cannot be 'be'"),
        ("regulation: {without: [{clause: roaming-dta, reason: r}]}", "did you mean `roaming-data`?"),
        ("regulation: {without: [{clause: roaming-data}]}", "needs `reason`"),
        ("lint: {price-jump: 1}", "would tell of every price"),
        ("lint: {price-jmp: 3}", "did you mean `price-jump`?"),
    ],
)
def test_what_is_wrong_is_told(robin_files: dict[str, str], said: str, message: str) -> None:
    with pytest.raises(FilesInvalid) as refusal:
        read_catalogue(with_brand(robin_files, said))
    (problem,) = refusal.value.problems
    assert message in f"{problem.message} {problem.expected}"
    assert "brand.yaml, line " in problem.message


def test_a_pack_that_comes_with_the_product_is_not_written_anew(robin_files: dict[str, str]) -> None:
    with pytest.raises(FilesInvalid) as refusal:
        read_catalogue(robin_files | {"regulation/eu.yaml": OWN.replace("regulation: own", "regulation: eu")})
    assert "regulation/eu.yaml, line 2" in refusal.value.problems[0].message
    assert "comes with the product" in refusal.value.problems[0].message


def test_the_factor_is_the_brands(robin_files: dict[str, str]) -> None:
    assert str(read_catalogue(with_brand(robin_files, "lint: {price-jump: 2.5}")).catalogue.brand.price_jump) == "5/2"
