"""By keyboard alone, and without the script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from linehouse.customer.service import register_customer
from linehouse.customer.values import RegisterCustomer
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.run.story.stage import PLAYER
from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser


def make(given: str, family: str) -> None:
    address = PostalAddress(street1="Oudegracht 88", postcode="3511 AV", city="Utrecht", country="NL")
    person = NewIndividual(
        given_name=given,
        family_name=family,
        email=f"{given.lower()}@mail.example",
        address=address,
        birth_date="1984-09-30",
    )
    register_customer(RegisterCustomer(party=person), actor=PLAYER)


@pytest.fixture
def people(brand: str) -> None:
    """Two customers whose names begin alike."""
    make("Joris", "Bakker")
    make("Jorien", "Bos")


def chosen(page: Page) -> str:
    return page.locator('#palette [aria-selected="true"]').inner_text()


@pytest.mark.usefixtures("people")
def test_the_palette_goes_everywhere_by_keys(screen: Screen) -> None:
    page = screen.open()
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    page.keyboard.type("clock")
    expect(page.locator("#palette-list")).to_contain_text("Business clock")
    expect(page.locator("#palette-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/clock")

    page.keyboard.press("Control+k")
    page.keyboard.type("jori")
    expect(page.locator("#palette-list [role=option]")).to_have_count(2)
    first = chosen(page)
    assert box.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    second = chosen(page)
    assert second != first
    page.keyboard.press("ArrowDown")
    assert chosen(page) == first
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(second.splitlines()[0])
    page.wait_for_load_state()

    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


@pytest.mark.usefixtures("people")
def test_a_list_is_searched_by_keys(screen: Screen) -> None:
    page = screen.open("customers")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jorien")
    expect(page.locator("#table-customers tbody tr")).to_have_count(1)
    page.wait_for_url("**/customers?q=jorien")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.go_back()
    expect(page.locator("#table-customers tbody tr")).to_have_count(2)
    assert page.url.endswith("/customers")


def test_the_content_is_one_key_away(screen: Screen) -> None:
    page = screen.open("customers")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_refused_form_is_read_from_its_summary(screen: Screen) -> None:
    page = screen.open("customers/register")
    page.get_by_label("Given name").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link", name="Postcode").press("Enter")
    expect(page.get_by_label("Postcode")).to_be_focused()


def test_a_confirmation_can_be_declined_by_keys(screen: Screen) -> None:
    page = screen.open("bill-runs/start")
    page.get_by_role("button", name="Start").press("Enter")
    expect(page.locator(".page-title .pill")).to_have_text("Calculated", timeout=60_000)
    page.wait_for_load_state()
    page.locator(".page-actions").get_by_role("button", name="Give up").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Give this run up?")
    expect(dialog.get_by_role("button", name="Give up")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".page-title .pill")).to_have_text("Calculated")


@pytest.mark.usefixtures("people")
def test_everything_works_without_the_script(new_screen: Callable[..., Screen]) -> None:
    screen = new_screen(java_script_enabled=False)
    screen.log_in()
    page = screen.open("customers")
    page.get_by_role("searchbox").fill("joris")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#table-customers tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Name").click()
    assert "sort=" in page.url
    page.get_by_role("link", name="Joris Bakker").click()
    page.get_by_role("link", name="History").click()
    assert "tab=history" in page.url
    page.get_by_role("link", name="Search or go to").click()
    page.get_by_role("searchbox").fill("bakker")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("main").get_by_role("link", name="Joris Bakker")).to_be_visible()
    page.get_by_role("button", name="Light or dark").first.click()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_telephone_has_the_rail_in_a_drawer(new_screen: Callable[..., Screen]) -> None:
    screen = new_screen(width=390, height=844)
    screen.log_in()
    page = screen.page
    rail = page.get_by_role("navigation", name="Screens")
    expect(rail).to_be_hidden()
    page.get_by_role("button", name="Screens").click()
    rail.get_by_role("link", name="Invoices").click()
    expect(page.get_by_role("heading", name="Invoices")).to_be_visible()
