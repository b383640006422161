"""A carrier sends its rates for two days: looked at, drafted, published, and what a call costs before and after."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from linehouse.catalog import service
from linehouse.catalog.folder import read_folder, write_folder
from linehouse.platform.work import Actor
from linehouse.rating.price import price
from linehouse.rating.values import Direction, UsageEvent, UsageType
from linehouse.run.commands.deck import decks as command

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"
BEFORE = datetime(2026, 12, 7, 22, 59, 59, tzinfo=UTC)
AFTER = datetime(2026, 12, 7, 23, 0, 0, tzinfo=UTC)
"""The last second of 7 December in Amsterdam, and the first of the 8th."""


def workbook() -> bytes:
    """Real numbers and days, as spreadsheets hold them."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("ACME Telecom B.V.",),
        ("Destination", "Dial codes", "Rate/min", "Billing increment", "Effective date", "Status"),
        ("Germany Mobile", "49151, 49160-49163", 0.12, "60/60", date(2026, 12, 1), "New"),
        ("Germany", 49, 0.012, "1/1", date(2026, 12, 1), "New"),
        ("Germany Mobile", "49151, 49160-49163", 0.18, "60/60", date(2026, 12, 8), "Increase"),
        ("Germany", 49, 0.006, "1/1", date(2026, 12, 8), "Decrease"),
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cost(at: datetime, number: str) -> int:
    """What 61 seconds cost by the catalogue in force, in micro-units."""
    tariff = service.published(at).tariffs["acme"]
    event = UsageEvent(
        usage_type=UsageType.VOICE, direction=Direction.OUT, started_at=at, quantity=61_000, other_party=number
    )
    return price(tariff, event).total.micros


@pytest.mark.usefixtures("brand")
def test_a_carriers_rates_hold_from_their_days(actor: Actor, tmp_path: Path) -> None:
    service.apply_files(ROBIN, actor=actor)
    view = service.receive_deck("acme", "acme.xlsx", workbook(), actor=actor)
    look = service.look_at_deck(view.number)
    assert (look.faults, look.notes) == ((), ())
    for day, draft in service.draft_deck(view.number, actor=actor).drafts:
        found = service.bring_up_to_date(draft, revision=service.draft(draft).revision, actor=actor)
        plan = service.planned(draft)
        assert plan is not None
        done = service.publish_draft(draft, revision=found.revision, actor=actor, valid_from=plan.begins)
        assert done.valid_from.date() < day  # midnight in Amsterdam is the evening before in UTC

    # 60/60: 61 s are two minutes, 0.12 × 2 and 0.18 × 2. 1/1: 61 s of 0.012 and of 0.006 a minute.
    assert (cost(BEFORE, "+4915112345678"), cost(AFTER, "+4915112345678")) == (240_000, 360_000)
    assert (cost(BEFORE, "+49301234567"), cost(AFTER, "+49301234567")) == (12_200, 6_100)
    assert service.look_at_deck(service.receive_deck("acme", "acme.xlsx", workbook(), actor=actor).number).empty

    # The same deck at the command line writes the same bytes.
    write_folder(tmp_path / "robin", read_folder(ROBIN))
    (tmp_path / "acme.xlsx").write_bytes(workbook())
    where = ["--catalog", str(tmp_path / "robin"), "--tariff", "acme"]
    for text in ("2026-12-01", "2026-12-08"):
        run = CliRunner().invoke(command, ["apply", str(tmp_path / "acme.xlsx"), *where, "--effective", text])
        assert run.exit_code == 0, run.output
    assert read_folder(tmp_path / "robin") == service.exported_files()
