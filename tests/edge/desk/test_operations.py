"""The clock, jobs, events, stock, the ledger and the bank, at the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.edge.desk.conftest import Staff, text_of

from linehouse.edge.desk.assets import amount_markup
from linehouse.edge.desk.clock_mover import mover_of
from linehouse.kernel.money import Money
from linehouse.payment import service as payments
from linehouse.platform.clock.service import clock_state
from linehouse.platform.jobs.service import search_jobs
from linehouse.simulators.bank.statement import BankTransfer, write

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def test_the_clock_moves_in_the_background_and_says_so(ada: Staff) -> None:
    assert ada.post("clock", {"step": "day"}).status_code == 302
    assert mover_of("robin").wait(60)
    assert clock_state().now == START + timedelta(days=1)
    page = text_of(ada.get("clock"))
    assert "2 Nov 2026, 09:00" in page
    assert "Ada Example" in page
    assert ada.get("clock/progress?was=moving")["HX-Refresh"] == "true"


def test_the_clock_does_not_move_back(ada: Staff) -> None:
    ada.post("clock", {"day": "2026-10-01", "time": "09:00"})
    assert "Business time moves forward only" in text_of(ada.get("clock"))
    assert clock_state().now == START
    assert "Enter a valid date" in text_of(ada.post("clock", {"day": "soon", "time": "09:00"}))


def test_events_and_jobs_can_be_looked_into(ada: Staff, drain: Callable[[], int]) -> None:
    ada.register()
    events = ada.get("events").content.decode()
    assert "customer.customer.created" in events
    link = events.split('href="/b/robin/events/')[1].split('"')[0]
    assert "Payload" in text_of(ada.get(f"events/{link}"))
    drain()
    jobs, _ = search_jobs(limit=1)
    assert jobs[0].key in text_of(ada.get(f"jobs/{jobs[0].id}"))
    refused = ada.post(f"jobs/{jobs[0].id}/move", {"move": "retry"})
    assert refused.status_code == 302


def test_settings_are_shown_without_their_secrets(ada: Staff) -> None:
    page = text_of(ada.get("about"))
    assert "LINEHOUSE_SECRET_KEY hidden" in page
    assert "LINEHOUSE_PORT" in page


def test_numbers_and_cards_come_into_stock(ada: Staff) -> None:
    ada.post("numbers/import", {"first": "+31611000000", "last": "+31611000004"})
    assert "5 numbers taken into stock" in text_of(ada.get("numbers?q=31611"))
    assert "Held by" in text_of(ada.get("numbers/31611000001"))
    wrong = ada.post("sims/import", {"file": SimpleUploadedFile("sims.csv", b"iccid,imsi,puk\n1,2,3\n")})
    assert "rows are wrong" in text_of(wrong)


def test_a_puk_is_shown_for_a_reason(ada: Staff) -> None:
    iccid = ada.get("sims").content.decode().split('href="/b/robin/sims/')[2].split('"')[0]
    assert "Say why" in text_of(ada.post(f"sims/{iccid}", {"reason": ""}))
    assert "Show the PUK" not in text_of(ada.post(f"sims/{iccid}", {"reason": "locked out"}))
    assert "puk" in text_of(ada.get("events?q=puk"))


def test_the_ledger_is_verified_at_the_desk(ada: Staff) -> None:
    page = text_of(ada.post("ledger/verify"))
    assert "Every law holds" in page
    assert "Ledger hash" in page
    assert ada.get("ledger/account?key=bank/x&asset=EUR").status_code == 404
    assert ada.get("ledger/entry?cause=nothing").status_code == 404


def test_a_bank_statement_is_taken_and_stray_money_assigned(ada: Staff) -> None:
    ada.register()
    transfer = BankTransfer("B1", Money.of("12.50", "EUR"), START.date(), payer="F. de Vries", text="for my phone")
    data = write("2026-00001", "NL69INGB0123456789", Money.zero("EUR"), [transfer], START)
    answer = ada.post("bank/upload", {"file": SimpleUploadedFile("camt.xml", data)})
    assert answer.status_code == 302
    entry = payments.entries(state="unmatched")[0][0]
    assert "for my phone" in text_of(ada.get("bank/entries?state=unmatched"))
    refused = ada.post(f"bank/entries/{entry.id}", {"assign-account": "BA-9", "assign-reason": "she called"})
    assert "No such billing account" in text_of(refused)
    ada.post(f"bank/entries/{entry.id}", {"assign-account": "ba-000001", "assign-reason": "she called"})
    assert payments.entry(entry.id).state == "matched"
    again = ada.post("bank/upload", {"file": SimpleUploadedFile("camt.xml", data)})
    assert "was taken before" in text_of(again)


def test_amounts_of_every_asset_are_readable() -> None:
    assert ">€</span>\u00a00.1525" in amount_markup(152_500, "EUR")
    assert ">1.5 GB<" in amount_markup(1_500_000_000, "octet")
    assert "1 min 1 s" in amount_markup(61_000, "ms")
