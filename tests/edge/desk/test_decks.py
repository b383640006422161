"""Rate decks at the desk: wrong rows are told, changes listed, and who may not publish only reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.edge.desk.conftest import Staff, text_of

DECK = (
    "Destination;Vorwahl;Preis;Takt;Gültig ab\n"
    "Germany Mobile;49151, 49152;0,12;60/60;01.12.2026\n"
    "Germany;49;0,01;1/1;01.12.2026\n"
    "Germany Mobile;49151;0,18;60/60;08.12.2026\n"
    "Germany;49, 49152;0,01;1/1;08.12.2026\n"
)


def upload(ada: Staff, text: str, key: str = "acme") -> str:
    """Hand a file in; the address of its deck."""
    answer = ada.post("catalog/decks/new", {"key": key, "file": SimpleUploadedFile("acme.csv", text.encode())})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"]).removeprefix("/b/robin/")


@pytest.mark.usefixtures("selling")
def test_a_deck_is_compared_and_drafted(log_in: Callable[..., Staff]) -> None:
    ada = log_in("admin")
    assert "No rate deck yet" in text_of(ada.get("catalog/decks"))
    address = upload(ada, DECK)
    page = text_of(ada.get(address))
    assert "2 new" in page
    assert "1 dearer, 1 unchanged" in page
    listed = ada.get(f"{address}?format=csv").content.decode()
    assert "Germany Mobile" in listed
    assert "49152" in listed
    moved = text_of(ada.get(f"{address}?what=moved"))
    assert "49152" in moved
    assert "Germany Mobile" in moved
    drafted = ada.post(f"{address}/draft", {})
    assert str(drafted["Location"]).endswith("/catalog/drafts/DRAFT-0001")
    draft = text_of(ada.get("catalog/drafts/DRAFT-0002"))
    assert "From rate deck DECK-0001" in draft
    assert "to be published after" in draft
    assert "DRAFT-0002" in text_of(ada.get(address))
    assert ada.get("catalog/tariffs/robin-standard/deck").content.decode().startswith("destination,prefix,rate,")


@pytest.mark.usefixtures("selling")
def test_wrong_rows_are_told_and_nothing_is_drafted(log_in: Callable[..., Staff]) -> None:
    ada = log_in("admin")
    address = upload(ada, DECK + "Cuba;053;zero;60/60;01.12.2026\n")
    page = text_of(ada.get(address))
    assert "Rows are wrong" in page
    assert "begins with a national 0" in page
    assert "Make drafts of it" not in page
    assert ada.post(f"{address}/draft", {}).status_code in (302, 400, 422)
    assert "DRAFT-0001" not in text_of(ada.get("catalog/drafts"))
    refused = ada.post("catalog/decks/new", {"key": "No Key", "file": SimpleUploadedFile("acme.csv", DECK.encode())})
    assert "This is no key of a tariff" in text_of(refused)


@pytest.mark.usefixtures("selling")
def test_a_large_deck_says_that_it_is_being_read(log_in: Callable[..., Staff], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linehouse.edge.desk.views.decks.AT_ONCE", 3)
    ada = log_in("admin")
    address = upload(ada, DECK + "Haiti;509;0,01;1/1;09.12.2026\n")
    assert "5 rows are being read and compared" in text_of(ada.get(address))
    answer = ada.get(address, **{"HX-Request": "true", "HX-Target": "deck-reading"})
    assert answer.headers["HX-Refresh"] == "true"
    assert "2 new" in text_of(ada.get(address))


@pytest.mark.usefixtures("selling")
def test_who_may_not_publish_only_reads(log_in: Callable[..., Staff]) -> None:
    address = upload(log_in("admin"), DECK)
    care = log_in("care")
    page = text_of(care.get(address))
    assert "2 new" in page
    assert "Read it so" not in page
    assert care.post(f"{address}/draft", {}).status_code == 403
    assert care.get("catalog/decks/new").status_code == 403
