"""One customer from registration to a settled invoice, clicked by hand as README.md describes it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from linehouse.catalog import service as catalog
from linehouse.inventory import service as inventory
from linehouse.kernel.money import Money
from linehouse.platform.scope import brand_scope
from linehouse.resource.service import seed_stock
from linehouse.run.story.scenes import ZONE
from linehouse.run.story.stage import PLAYER, Stage
from linehouse.simulators.bank.statement import BankTransfer, write
from linehouse.simulators.cdr_feed.host_csv import host_csv
from linehouse.simulators.cdr_feed.usage import Habits, Subscriber, make_usage
from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser
SLOW = 60_000
"""Milliseconds for what the worker does meanwhile."""


def go(page: Page, screen: str) -> None:
    """Follow a link of the rail."""
    page.get_by_role("navigation", name="Screens").get_by_role("link", name=screen, exact=True).click()
    page.get_by_role("heading", level=1).wait_for()


def register(page: Page) -> None:
    go(page, "Customers")
    page.get_by_role("link", name="Register a customer").click()
    page.get_by_label("Given name").fill("Fenna")
    page.get_by_label("Family name").fill("de Vries")
    page.get_by_label("Birth date").fill("1991-04-12")
    page.get_by_role("combobox", name="Language").select_option("en")
    page.get_by_label("E-mail").fill("fenna@mail.example")
    page.get_by_label("Street and house number").fill("Lindengracht 7")
    page.get_by_label("Postcode").fill("1015KB")
    page.get_by_label("City").fill("Amsterdam")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Fenna de Vries")).to_be_visible()
    expect(page.get_by_text("is registered with billing account BA-000001")).to_be_visible()


def order(page: Page) -> None:
    page.get_by_role("link", name="New order").first.click()
    page.get_by_label("Robin SIM Only 20 GB").check()
    page.get_by_role("button", name="Configure").click()
    page.get_by_label("+31610200004").check()
    page.get_by_role("button", name="Show the price").click()
    expect(page.get_by_role("row", name="First bill, tax included")).to_contain_text("45.95")
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_role("heading", name="Order O-000001")).to_be_visible()
    expect(page.locator("#order-state .card-head .pill")).to_have_text("Completed", timeout=SLOW)


def move_clock(page: Page, step: str, shows: str) -> None:
    go(page, "Business clock")
    page.get_by_role("button", name=f"Move on: {step}").click()
    expect(page.locator("#clock-chip")).to_contain_text(shows, timeout=SLOW)
    expect(page.locator("#clock-state")).to_contain_text("Stands still until moved", timeout=SLOW)


def upload_usage(page: Page, folder: Path) -> None:
    with brand_scope("robin"):
        product = inventory.find_product(number="S-000001")
    assert product.imsi
    assert product.msisdn
    line = Subscriber(product.imsi.digits, product.msisdn.digits)
    uses = make_usage("by-hand", [line], date(2026, 11, 2), 3, ZONE, Habits(calls=5))
    made = host_csv(uses, date(2026, 11, 4), zone=ZONE, number=1)
    file = folder / made.name
    file.write_bytes(made.data)
    go(page, "Files")
    page.get_by_role("link", name="Upload a file").click()
    page.get_by_label("Usage file").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name=made.name)).to_be_visible()
    expect(page.locator("#file-state")).to_contain_text("Adds up", timeout=SLOW)
    assert page.locator("#table-usage tbody tr").count() == len(uses)


def see_why(page: Page) -> None:
    go(page, "Customers")
    page.get_by_role("link", name="Fenna de Vries").click()
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Usage").click()
    page.wait_for_url("**tab=usage**")
    page.wait_for_load_state("networkidle")
    page.get_by_role("combobox", name="Usage").select_option("data")
    page.wait_for_url("**usage_type=data**")
    page.locator("#table-usage tbody a").first.click()
    why = page.locator("#why")
    expect(why).to_contain_text("Why this price?")
    expect(why).to_contain_text("20 GB in the Netherlands and the EU")
    expect(page.get_by_role("region", name="Taken from allowances")).to_contain_text("20 GB")
    page.get_by_role("link", name="The rule in the tariff").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("rates")


def bill(page: Page) -> None:
    go(page, "Bill runs")
    page.get_by_role("link", name="Start a bill run").click()
    page.get_by_role("button", name="Start").click()
    state = page.locator(".page-title .pill")
    expect(state).to_have_text("Calculated", timeout=SLOW)
    page.locator("#table-invoices tbody a").first.click()
    expect(page.get_by_role("heading", name="Draft bill")).to_be_visible()
    page.go_back()
    for move, after in (("Approve", "Approved"), ("Post", "Posted")):
        page.locator(".page-actions").get_by_role("button", name=move).click()
        page.get_by_role("dialog").get_by_role("button", name=move).click()
        expect(state).to_have_text(after, timeout=SLOW)


def open_invoice(page: Page, world: Stage) -> tuple[Money, str]:
    """Look through the invoice; returns what is due and by which reference."""
    go(page, "Invoices")
    page.get_by_role("link", name="INV-000001").click()
    pdf = page.get_by_role("link", name="Open the PDF")
    for _ in range(60):
        if pdf.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    answer = page.request.get(f"{page.url.split('/b/')[0]}{pdf.get_attribute('href')}")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    xml = page.get_by_role("link", name="XML (EN 16931)").get_attribute("href")
    assert b"CrossIndustryInvoice" in page.request.get(f"{page.url.split('/b/')[0]}{xml}").body()
    page.get_by_role("link", name="Monthly fee SIM Only 20 GB").first.click()
    expect(page.get_by_text("robin-sim-only-20/monthly-fee, catalogue 1").first).to_be_visible()
    page.go_back()
    page.locator(".is-group").first.wait_for()
    usage_line = page.get_by_role("row").filter(has_text="record").get_by_role("link").first
    if usage_line.count():
        usage_line.click()
        page.get_by_role("region", name="Records").get_by_role("link").first.click()
        expect(page.locator("#why")).to_be_visible()
        page.go_back()
        page.go_back()
    amount = page.locator(".tile", has_text="Open").locator(".tile-value").inner_text()
    reference = page.locator("[data-copy]").first.get_attribute("data-copy") or ""
    assert world.world.mailbox.mails()
    return Money.of(amount.replace("\u00a0", "").replace("€", "").replace(",", ""), "EUR"), reference


def pay(page: Page, folder: Path, amount: Money, reference: str) -> None:
    with brand_scope("robin"):
        iban = catalog.published().brand.bank_account.iban
    transfer = BankTransfer("B-1", amount, date(2026, 12, 1), payer="F. de Vries", reference=reference)
    data = write("2026-00001", iban, Money.zero("EUR"), [transfer], datetime(2026, 12, 1, 5, tzinfo=UTC))
    file = folder / "camt.xml"
    file.write_bytes(data)
    go(page, "Bank statements")
    page.get_by_role("link", name="Upload a bank statement").click()
    page.get_by_label("Bank statement").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#table-bank-entries")).to_contain_text("Matched")
    go(page, "Invoices")
    page.get_by_role("link", name="INV-000001").click()
    expect(page.locator(".page-title .pill")).to_have_text("Settled")


def verify(page: Page) -> None:
    go(page, "Ledger")
    page.get_by_role("button", name="Verify now").click()
    expect(page.locator("#verification")).to_contain_text("Every law holds")
    expect(page.get_by_role("heading", name="Ledger hash")).to_be_visible()


def test_the_whole_journey_by_hand(screen: Screen, world: Stage, tmp_path: Path) -> None:
    seed_stock(actor=PLAYER)
    page = screen.page
    register(page)
    order(page)
    move_clock(page, "1 week", "8 Nov 2026, 09:00")
    upload_usage(page, tmp_path)
    see_why(page)
    move_clock(page, "To the 1st of next month", "1 Dec 2026, 00:00")
    bill(page)
    amount, reference = open_invoice(page, world)
    pay(page, tmp_path, amount, reference)
    verify(page)
    go(page, "Customers")
    page.get_by_role("link", name="Fenna de Vries").click()
    page.get_by_role("link", name="Timeline", exact=True).click()
    for told in ("Invoice paid", "Payment received"):
        expect(page.get_by_role("link", name=told).first).to_be_visible()
