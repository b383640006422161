"""A product manager changes a price in the browser: red example, mended, difference, published."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from linehouse.catalog import service as catalog
from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser
STANDARD = "tariffs/robin-standard.yaml"


def test_a_price_is_changed_mended_and_published(screen: Screen) -> None:
    page = screen.open("catalog/tariffs/robin-standard")
    page.get_by_role("link", name="Change its prices").click()
    page.get_by_label("What it is for").fill("Dearer Dutch calls")
    page.get_by_role("button", name="Begin").click()

    row = page.get_by_role("row").filter(has_text="Calls to Dutch numbers").first
    row.get_by_role("textbox").fill("0.18")
    page.get_by_role("button", name="Keep in the draft").click()
    checks = page.locator("#checks")
    expect(checks).to_contain_text("Would be refused")
    expect(checks).to_contain_text("«61 s to nl-mobile at 18:00 on Monday costs 0.1525», but it costs 0.1825")
    expect(page.locator(".diff .is-added")).to_contain_text("0.18")
    assert screen.violations() == []

    meant = page.get_by_role("button", name="The new price is meant")
    for left in range(meant.count(), 0, -1):
        expect(meant).to_have_count(left)
        meant.first.click()
    expect(checks).to_contain_text("Can be published")
    expect(page.get_by_role("region", name="Changes", exact=True)).to_contain_text("rules.nl-calls.price.steps.1.price")
    page.get_by_label("Note").fill("dearer")
    page.locator("#publish").get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Catalogue version 2")).to_be_visible()
    assert "price: 0.18" in catalog.exported_files()[STANDARD]
    page = screen.open("catalog/drafts")
    expect(page.get_by_role("row").filter(has_text="Dearer Dutch calls")).to_contain_text("Published")
    assert screen.violations() == []


def test_a_leap_is_seen_beside_its_price_and_let_stand(screen: Screen) -> None:
    page = screen.open("catalog/tariffs/robin-standard")
    page.get_by_role("link", name="Change its prices").click()
    page.get_by_label("What it is for").fill("Dearer messages")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("row").filter(has_text="MMS").first.get_by_role("textbox").fill("0.60")
    page.get_by_role("button", name="Keep in the draft").click()

    leap = page.locator("#advice").get_by_role("row").filter(has_text="price-jump")
    expect(leap).to_contain_text("A price is several times what it was, or a part of it")
    expect(leap).to_contain_text("0.20 EUR becomes 0.60 EUR")
    leap.get_by_role("link", name="To its price").click()
    expect(page.get_by_role("row").filter(has_text="0.20 EUR becomes 0.60 EUR")).to_contain_text("MMS")
    assert screen.violations() == []
    page.go_back()
    leap.get_by_role("link", name="Let it stand").click()
    page.get_by_label("Why it stands").fill("the host asks more")
    page.get_by_label("Until").fill("2030-06-30")
    page.get_by_role("button", name="Let it stand").click()
    expect(page.locator("#advice")).not_to_contain_text("price-jump")
    page.locator("#standing summary").click()
    expect(page.locator("#standing")).to_contain_text("the host asks more")
    assert screen.violations() == []
