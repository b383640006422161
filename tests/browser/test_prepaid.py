"""A pack is bought from the balance and a threshold is set, on the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from linehouse.run.story.scenes import Play
from tests.browser.conftest import Screen
from tests.online import a_line_with_money

pytestmark = pytest.mark.browser


def test_a_pack_is_bought_and_a_threshold_set(played: Play, screen: Screen) -> None:
    product, _ = a_line_with_money()
    page = screen.open(f"products/{product}")
    page.get_by_role("link", name="Packs and thresholds").click()
    expect(page.get_by_text("No pack yet")).to_be_visible()
    assert screen.violations() == []
    page.get_by_label("Pack").select_option("robin-prepaid-booster-2gb")
    page.get_by_role("button", name="Buy it").click()
    expect(page.get_by_role("region", name="Packs")).to_contain_text("Robin Prepaid Booster 2 GB")
    page.get_by_label("Told at").fill("1.00")
    page.get_by_label("Of").select_option("EUR|")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_role("region", name="Thresholds")).to_contain_text("1.00")
    assert screen.violations() == []
