"""The shell in a real browser: from right to left, in long words, by keyboard alone, many rows at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from linehouse.platform.work import Actor
from linehouse.resource.service import seed_stock
from linehouse.run.story.scenes import Play
from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser

MAIN = (
    "",
    "customers",
    "orders",
    "numbers",
    "invoices",
    "ledger",
    "activity",
    "dashboard/arrange",
    "undo",
    "help/find-things",
)


@pytest.fixture
def stocked(brand: str, actor: Actor) -> str:
    """The brand with numbers and cards in stock."""
    seed_stock(actor=actor)
    return brand


def speak(screen: Screen, code: str) -> None:
    """Choose a language in the account's menu."""
    screen.open()
    screen.page.locator("[popovertarget=me]").click()
    screen.page.locator(f"#me button[name=language][value={code}]").click()
    expect(screen.page.locator("html")).to_have_attribute("lang", code)


@pytest.mark.parametrize("code", ["ar", "de"])
def test_main_screens_are_accessible_and_fit_in_other_languages(played: Play, screen: Screen, code: str) -> None:
    speak(screen, code)
    faults: list[str] = []
    for path in MAIN:
        page = screen.open(path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            faults += [f"{scheme}: {fault}" for fault in screen.violations()]
        page.set_viewport_size({"width": 390, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults += [f"{path}: {wide} px too wide for a telephone"] if wide > 0 else []
        page.set_viewport_size({"width": 1360, "height": 900})
    assert faults == [], "\n".join(faults)
    assert len(played.said) > 0


def test_right_to_left_puts_the_rail_on_the_right(stocked: str, screen: Screen) -> None:
    speak(screen, "ar")
    page = screen.open("numbers")
    rail = page.locator("#rail").bounding_box()
    heading = page.locator("h1").bounding_box()
    assert rail
    assert heading
    assert rail["x"] > heading["x"]
    first = page.locator("tbody th").first
    assert first.evaluate("cell => getComputedStyle(cell).direction") == "ltr"  # a number keeps its order


def test_everything_is_found_by_keyboard_alone(stocked: str, screen: Screen) -> None:
    page = screen.open()
    page.keyboard.press("Control+k")
    page.keyboard.type("31610200005")
    expect(page.locator("#palette [role=option]").first).to_contain_text("+31610200005")
    page.keyboard.press("Enter")
    page.wait_for_url("**/numbers/31610200005")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    expect(page.locator("#help")).to_contain_text("Telephone numbers in stock")


def test_many_rows_are_chosen_confirmed_and_reported(stocked: str, screen: Screen) -> None:
    page = screen.open("numbers/31610200005")
    page.get_by_role("button", name="Set aside").click()
    expect(page.locator("#toasts")).to_contain_text("The number is set aside.")
    page = screen.open("numbers?q=6102000")
    expect(page.locator("[data-bulk] button")).to_be_disabled()
    page.locator("[data-bulk-row]").nth(4).click()
    page.locator("[data-bulk-row]").nth(6).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("Chosen: 3")
    page.locator("[data-bulk] button").click()
    page.get_by_label("Reason").fill("the shop has closed")
    assert screen.violations() == []
    page.get_by_role("button", name="Put back on sale").click()
    expect(page.locator("#bulk-report")).to_contain_text("1 done")
    expect(page.locator("#bulk-report")).to_contain_text("2 refused")
    assert screen.violations() == []


def test_an_act_is_taken_back_from_its_message(stocked: str, screen: Screen) -> None:
    page = screen.open("numbers/31610200005")
    page.get_by_role("button", name="Set aside").click()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Undone")
    expect(page.locator(".page-title")).to_contain_text("Available")
