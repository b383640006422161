"""A carrier's file in the browser: handed in, wrong rows told, read another way, compared, drafted."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from linehouse.catalog import service as catalog
from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser


def workbook() -> bytes:
    """A carrier's workbook: words above its heading, real numbers and days, one rate of zero."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("ACME Telecom B.V., rates in euro",),
        ("Destination", "Dial codes", "Rate/min", "Billing increment", "Effective date", "Status"),
        ("Germany Mobile", "49151, 49160-49163", 0.12, "60/60", date(2027, 1, 1), "New"),
        ("Germany", 49, 0.01, "1/1", date(2027, 1, 1), "New"),
        ("Germany Mobile", "49151, 49160-49163", 0.18, "60/60", date(2027, 2, 1), "Increase"),
        ("Ascension", 247, 0, "60/60", date(2027, 1, 1), "New"),
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_deck_is_handed_in_mended_compared_and_drafted(screen: Screen, tmp_path: Path) -> None:
    (tmp_path / "acme.xlsx").write_bytes(workbook())
    page = screen.open("catalog/decks")
    page.get_by_role("link", name="Hand in a rate deck").click()
    page.get_by_role("button", name="Go on").wait_for()
    assert screen.violations() == []
    page.get_by_label("Or the key of a new tariff").fill("acme-wholesale")
    page.get_by_label("File", exact=True).set_input_files(tmp_path / "acme.xlsx")
    page.get_by_role("button", name="Go on").click()
    faults = page.locator("#faults")
    expect(faults).to_contain_text("a call would cost nothing")
    expect(faults.get_by_role("row").nth(1)).to_contain_text("Rate/min")
    assert screen.violations() == []

    page.get_by_label("A rate of zero").select_option(label="Blocked calls")
    page.get_by_label("Name of the new tariff").fill("ACME wholesale")
    page.get_by_role("button", name="Read it so").click()
    days = page.locator("#days")
    expect(days).to_contain_text("3 new")
    expect(days).to_contain_text("1 dearer, 2 unchanged")
    table = page.get_by_role("region", name="What would change").last
    expect(table).to_contain_text("0.12 60/60")
    expect(table).to_contain_text("+50.0 %")
    assert screen.violations() == []

    page.get_by_role("button", name="Make drafts of it").click()
    expect(page.get_by_text("2 drafts are there")).to_be_visible()
    expect(page.locator("#checks")).to_contain_text("Can be published")
    expect(page.get_by_label("In force from")).to_have_value("2027-01-01T00:00")
    assert screen.violations() == []
    page.locator("#publish").get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Catalogue version 2")).to_be_visible()
    assert "name: ACME wholesale" in catalog.exported_files()["tariffs/acme-wholesale.yaml"]

    page = screen.open("catalog/decks")
    assert screen.violations() == []
    page.get_by_role("link", name="acme.xlsx").first.click()
    expect(page.locator("#days")).to_contain_text("In force already")


def test_a_large_deck_opens_by_itself(screen: Screen, tmp_path: Path) -> None:
    lines = [f"Zone {n % 900};{20_000_000 + n};0,{n % 900 + 1:04d};60/60;2027-01-01" for n in range(20_500)]
    (tmp_path / "large.csv").write_text("\n".join(("Destination;Code;Rate;Increments;Effective date", *lines)))
    page = screen.open("catalog/decks/new")
    page.get_by_label("Or the key of a new tariff").fill("large")
    page.get_by_label("File", exact=True).set_input_files(tmp_path / "large.csv")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("rows are being read and compared")).to_be_visible()
    expect(page.locator("#days")).to_contain_text("900 new", timeout=30_000)
    assert screen.violations() == []
