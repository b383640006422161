"""Offerings and tariffs in words, a price on request, files published from an archive."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.conftest import ROBIN
from tests.edge.desk.conftest import Staff, text_of

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.edge.desk import catalog_files
from linehouse.edge.desk.catalog_files import files_of
from linehouse.kernel.error import Invalid
from linehouse.platform.work import Actor

QUESTION = {
    "tariff": "robin-standard",
    "msisdn": "",
    "usage_type": "voice",
    "direction": "out",
    "quantity": "61 s",
    "other_party": "0612345678",
    "plmn": "204-04",
    "day": "2026-11-02",
    "time": "12:00",
}


def ask(ada: Staff, **changes: str) -> str:
    return text_of(ada.client.get("/b/robin/price", QUESTION | changes))


def archive(files: dict[str, str]) -> SimpleUploadedFile:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return SimpleUploadedFile("robin.zip", packed.getvalue())


def test_an_offering_says_what_it_costs_and_includes(ada: Staff) -> None:
    assert "Robin SIM Only 20 GB" in text_of(ada.get("catalog"))
    page = text_of(ada.get("catalog/offerings/robin-sim-only-20"))
    assert "every month, in advance by days of the period € 18.00" in page
    assert "20 GB" in page
    assert "unlimited" in page
    assert "data, in: The Netherlands, Roam like at home" in page


def test_a_tariff_reads_as_sentences(ada: Staff) -> None:
    page = text_of(ada.get("catalog/tariffs/robin-standard"))
    assert "Calls to Dutch numbers" in page
    assert "€ 0.15 per min from 1 min on: € 0.15 per min, in blocks of 1 s" in page
    assert "at most € 25.00" in page
    assert "Barred" in page


def test_a_price_is_exact_and_explained(ada: Staff) -> None:
    page = ask(ada)
    assert "€ 0.1525" in page
    assert "rule nl-calls (Calls to Dutch numbers)" in page
    assert "Not allowed" in ask(ada, other_party="0906 1234", quantity="1 min")
    assert "Free" in ask(ada, other_party="112", quantity="1 min")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"quantity": "5 MB"}, "This is not measured so"),
        ({"quantity": "lots"}, "is no quantity"),
        ({"other_party": "abc"}, "is no telephone number"),
        ({"plmn": "nowhere"}, "PLMN"),
        ({"msisdn": "+31612345678"}, "Nobody has this number"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_at_its_field(
    ada: Staff, changes: dict[str, str], said: str
) -> None:
    assert said in ask(ada, **changes)


def test_an_exported_archive_comes_back_unchanged(ada: Staff) -> None:
    answer = ada.get("catalog/versions/1/files")
    again = SimpleUploadedFile("robin.zip", answer.content)
    files, base = files_of(again)
    assert base == 1
    assert files == catalog.exported_files(1)
    again.seek(0)
    page = text_of(ada.post("catalog/publish", {"archive": again, "move": "plan", "note": "", "base": ""}))
    assert "Nothing" in page


def test_a_change_is_shown_first_and_then_published(ada: Staff) -> None:
    files = catalog.exported_files(1)
    name = "catalog/robin-booster-5gb.yaml"
    changed = files | {name: files[name].replace("7.50", "8.50"), "base-version": "1\n"}
    plan = text_of(ada.post("catalog/publish", {"archive": archive(changed), "move": "plan", "note": "", "base": ""}))
    assert "Changed offering robin-booster-5gb" in plan
    assert catalog.published().version == 1
    ada.post("catalog/publish", {"archive": archive(changed), "move": "publish", "note": "dearer", "base": ""})
    assert catalog.published().version == 2
    page = text_of(ada.get("catalog/versions/2"))
    assert "dearer" in page
    assert "8.50" in page


def test_files_made_from_another_version_are_not_published(ada: Staff) -> None:
    files = catalog.exported_files(1)
    name = "catalog/robin-booster-5gb.yaml"
    changed = files | {name: files[name].replace("7.50", "8.50"), "base-version": "7\n"}
    answer = ada.post("catalog/publish", {"archive": archive(changed), "move": "publish", "note": "", "base": ""})
    assert "Something else was published since" in text_of(answer)
    assert catalog.published().version == 1


@pytest.mark.parametrize("name", ["../brand.yaml", "/etc/brand.yaml"])
def test_an_archive_stays_in_its_folder(name: str) -> None:
    with pytest.raises(Invalid):
        files_of(archive({name: "x"}))


def test_what_is_no_archive_is_refused(ada: Staff) -> None:
    answer = ada.post(
        "catalog/publish", {"archive": SimpleUploadedFile("a.zip", b"no"), "move": "plan", "note": "", "base": ""}
    )
    assert "This is no zip archive" in text_of(answer)


def damaged() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("brand.yaml", "name: Robin")
    return made.getvalue().replace(b"name: Robin", b"name: Raven")


def locked() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("brand.yaml", "name: Robin")
    data = bytearray(made.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag "encrypted" of both headers
        data[data.index(mark) + place] |= 1
    return bytes(data)


@pytest.mark.parametrize("data", [damaged(), locked()], ids=["damaged", "locked"])
def test_an_archive_that_cannot_be_unpacked_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="cannot be unpacked"):
        files_of(SimpleUploadedFile("a.zip", data))


def test_an_absurd_base_version_is_none() -> None:
    assert files_of(archive({"brand.yaml": "x", "base-version": "9" * 5_000}))[1] is None


def test_an_archive_does_not_unpack_to_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_files, "LARGEST_SUM", 10)
    with pytest.raises(Invalid, match="unpacks to too much"):
        files_of(archive({"brand.yaml": "x" * 6, "catalog/a.yaml": "y" * 6}))


def test_a_minimum_of_usage_is_told_from_a_fee(ada: Staff, actor: Actor) -> None:
    files = dict(read_folder(ROBIN))
    path = "catalog/robin-sim-only-20.yaml"
    minimum = """prices:
  - {price: minimum-use, text: {nl: Minimaal verbruik, en: Minimum use}, amount: 20.00, every: 1 month,
     due: in-arrears, minimum-of: usage, tax: standard, ledger: minimum}
"""
    files[path] = files[path].replace("prices:\n", minimum, 1).partition("examples:")[0]
    catalog.apply_texts(files, actor=actor, base_version=1)
    page = text_of(ada.get("catalog/offerings/robin-sim-only-20"))
    assert "in arrears a minimum of usage: only what is missing is charged by days of the period € 20.00" in page
    assert "€ 18.00" in text_of(ada.get("catalog"))
