"""A deck at the desk: handed in, mapped, compared, drafted, published day after day."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from linehouse.catalog import service
from linehouse.catalog.deck.values import Reading, Zero
from linehouse.catalog.errors import DeckFaulty, DeckRefused, DeckUnknown
from linehouse.kernel.error import DomainError
from linehouse.platform.imports.errors import FileUnreadable
from linehouse.platform.work import Actor

DECK = """ACME Telecom;;;;
Destination;Vorwahl;Preis;Takt;Gültig ab
Germany Mobile;49151, 49152;0,12;60/60;01.12.2026
Germany;49;0,01;1/1;01.12.2026
Germany Mobile;49151, 49152;0,18;60/60;08.12.2026
"""


@pytest.fixture(autouse=True)
def published(brand: str, robin_folder: Path, actor: Actor) -> None:
    service.apply_files(robin_folder, actor=actor)


def receive(actor: Actor, text: str = DECK, tariff: str = "acme") -> service.DeckView:
    return service.receive_deck(tariff, "deck.csv", text.encode(), actor=actor)


def test_a_deck_becomes_a_draft_for_each_day_and_then_versions(actor: Actor, events: Callable[[], list[str]]) -> None:
    view = receive(actor)
    assert (view.number, view.rows, view.reading.columns["rate"]) == ("DECK-0001", 3, "Preis")
    look = service.look_at_deck(view.number)
    assert look.faults == ()
    assert look.new_tariff
    assert [(step.day, step.difference.counts) for step in look.steps] == [
        (date(2026, 12, 1), {"new": 2}),
        (date(2026, 12, 8), {"dearer": 1, "unchanged": 1}),
    ]
    drafted = service.draft_deck(view.number, actor=actor)
    assert drafted.drafts == ((date(2026, 12, 1), "DRAFT-0001"), (date(2026, 12, 8), "DRAFT-0002"))
    assert service.draft_deck(view.number, actor=actor) == drafted
    assert {"catalog.deck.received", "catalog.deck.drafted"} <= set(events())
    for (_, number), day in zip(drafted.drafts, (1, 8), strict=True):
        plan = service.planned(number)
        assert plan is not None
        assert plan.begins == datetime(2026, 11 if day == 1 else 12, 30 if day == 1 else 7, 23, tzinfo=UTC)
        draft = service.draft(number)
        assert service.draft_conflicts(draft) == ()
        draft = service.bring_up_to_date(number, revision=draft.revision, actor=actor)
        assert service.check_draft(draft).publishable
        service.publish_draft(number, revision=draft.revision, actor=actor, valid_from=plan.begins)
    in_force = {
        day: service.published(datetime(2026, 12, day, 12, tzinfo=UTC)).tariffs["acme"].rules[1].price for day in (2, 9)
    }
    assert [price.steps[0].price for price in in_force.values() if price] == [120_000, 180_000]
    again = service.look_at_deck(view.number)
    assert again.empty
    assert service.draft_deck(view.number, actor=actor).drafts == drafted.drafts
    assert service.drafts()[1] == 2
    repeated = receive(actor)
    assert service.look_at_deck(repeated.number).empty


def test_what_is_planned_meanwhile_is_not_overtaken(actor: Actor) -> None:
    later = DECK.replace("01.12.2026", "08.12.2026").replace("Germany Mobile;49151, 49152;0,18", "X;1;1")
    first = receive(actor, later)
    number = service.draft_deck(first.number, actor=actor).drafts[0][1]
    plan = service.planned(number)
    assert plan is not None
    service.publish_draft(number, revision=service.draft(number).revision, actor=actor, valid_from=plan.begins)
    look = service.look_at_deck(receive(actor).number)
    assert [str(fault) for fault in look.faults] == [
        "effective: version 2 is planned from 2026-12-08 on (2026-12-01); withdraw it first"
    ]


def test_wrong_rows_are_told_and_nothing_is_drafted(actor: Actor) -> None:
    view = receive(actor, DECK + "Cuba;053;zero;60/60;01.12.2026\nHaiti;509;0;1/1;01.12.2026\n")
    with pytest.raises(DeckFaulty) as refused:
        service.draft_deck(view.number, actor=actor)
    assert [problem.message.partition(":")[0] for problem in refused.value.problems] == [
        "row 6, Vorwahl",
        "row 6, Preis",
        "row 7, Preis",
    ]
    assert service.drafts()[1] == 0


def test_a_mapping_is_kept_for_the_next_file(actor: Actor) -> None:
    view = receive(actor, "Wohin;Nummer;EUR\nGermany;49;0\n")
    assert service.look_at_deck(view.number).faults[0].column == "rate"
    reading = Reading(
        {"destination": "Wohin", "prefix": "Nummer", "rate": "EUR"},
        {"increments": "60/60", "effective": "2026-12-01"},
        zero=Zero.FREE,
    )
    service.set_deck_reading(view.number, reading, name="ACME", actor=actor)
    assert service.look_at_deck(view.number).faults == ()
    later = receive(actor, "Wohin;Nummer;EUR\nGermany;49;0,01\n")
    assert later.reading == Reading(reading.columns, {"increments": "60/60"}, zero=Zero.FREE)
    assert [one.number for one in service.decks()[0]] == ["DECK-0002", "DECK-0001"]


@pytest.mark.parametrize(
    ("tariff", "data", "error"),
    [("No Key", b"a;b\n1;2\n", DeckRefused), ("acme", b"", FileUnreadable), ("acme", b"PK\x03\x04no", FileUnreadable)],
)
def test_what_is_no_deck(actor: Actor, tariff: str, data: bytes, error: type[DomainError]) -> None:
    with pytest.raises(error):
        service.receive_deck(tariff, "deck.csv", data, actor=actor)


def test_an_export_is_a_deck_that_changes_nothing(actor: Actor) -> None:
    with pytest.raises(DeckUnknown):
        service.exported_deck("acme")
    view = receive(actor, DECK.replace("01.12.2026", "25.11.2026").replace("08.12.2026", "01.12.2026"))
    number = service.draft_deck(view.number, actor=actor).drafts[0][1]
    service.publish_draft(number, revision=service.draft(number).revision, actor=actor)
    text = service.exported_deck("acme")
    assert "Germany Mobile,49151,0.12,EUR,60/60,0,2026-11-" in text
    assert service.look_at_deck(receive(actor, text).number).empty


def test_an_unknown_deck() -> None:
    with pytest.raises(DeckUnknown):
        service.find_deck("DECK-9999")
