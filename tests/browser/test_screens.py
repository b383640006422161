"""Every screen, in light, dark and on a telephone: accessible, complete, and quiet on the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import get_resolver
from playwright.sync_api import Page

from linehouse.edge.desk import urls
from linehouse.run.story.scenes import Play
from tests.browser.conftest import Screen
from tests.browser.crawl import DOWNLOADS, crawl, kind_of

pytestmark = pytest.mark.browser

WIZARD = "customers/C-000001/order?offering=robin-sim-only-20"
PRICE = (
    "price?tariff=robin-standard&msisdn=&usage_type=voice&direction=out&quantity=61+s&other_party=0612345678"
    "&plmn=204-04&day=2026-12-01&time=12:00"
)
BY_FORM = (
    ("order_wizard?configure", WIZARD),
    ("order_wizard?price", f"{WIZARD}&configured=yes"),
    ("price_answer", PRICE),
)
"""Screens that a form leads to, not a link."""
BY_SOME = (
    ("credit", [f"customers/C-00000{n}?tab=credits" for n in range(1, 10)]),
    ("charged", [f"products/S-00000{n}/balance" for n in range(1, 10)]),
)
"""Screens to which only the page of some customer or line leads: that may not be the one of its kind that was seen."""
NOT_BY_LINK = {
    "palette": "the palette's answers",
    "clock_progress": "a part of the clock's page",
    "message_again": "a submit",
    "bill_post_held": "a submit",
    "ledger_verify": "a submit",
    "network_bring": "a submit",
    "second_factor": "a submit",
    "client_revoke": "a submit",
    "deck_draft": "a submit",
    "draft_stand": "a form that a warning of a draft leads to",
    "client_rotate": "a submit",
    "consent": "a submit",
    "contact_preference": "a submit",
    "follow_up_done": "a submit",
    "message_cancel": "a submit",
    "network_look": "a submit",
    "wording_preview": "a part of the page of a wording",
    "filter_save": "a submit",
    "filter_delete": "a submit",
    "undo": "a submit",
    "line_top_up": "from the page of a prepaid line",
    "line_redeem": "from the page of a prepaid line",
    "line_give": "from the page of a prepaid line",
    "line_adjust": "from the page of a prepaid line",
    "line_overdraft": "from the page of a prepaid line",
    "line_automatic": "from the page of a prepaid line",
    "top_up": "from the page of a prepaid line",
    "transfer": "from the page of a prepaid line",
    "adjustment": "from the page of a prepaid line",
}


def _names() -> set[str]:
    get_resolver("linehouse.run.urls")
    return {pattern.name for pattern in urls.brand_screens if pattern.name and not pattern.name.endswith("_move")}


class _Judge:
    """Looks at each screen in both schemes and on a narrow window."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.faults: list[str] = []

    def __call__(self, kind: str, page: Page) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.faults += [f"{kind}, {scheme}: {fault}" for fault in self.screen.violations()]
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size({"width": 390, "height": 844})
        wide: Any = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.faults.append(f"{kind}: {wide} px too wide for a telephone")
        page.set_viewport_size({"width": 1360, "height": 900})


def _reached(screen: Screen, kind: str, addresses: list[str]) -> Page:
    """The screen, by a link on the first of these pages that has one."""
    for address in addresses:
        page = screen.open(address)
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        for link in links:
            if kind_of(link, screen.desk.brand) == kind:
                page.goto(link)
                page.wait_for_load_state("networkidle")
                return page
    raise AssertionError(f"no page leads to {kind}")


def test_every_screen_is_accessible_and_fits(played: Play, screen: Screen) -> None:
    judge = _Judge(screen)
    seen = crawl(screen, judge)
    for kind, address in BY_FORM:
        judge(kind, screen.open(address))
    for kind, addresses in BY_SOME:
        judge(kind, _reached(screen, kind, addresses))
        seen.add(kind)
    reached = {kind.partition("?")[0] for kind in seen} | DOWNLOADS | NOT_BY_LINK.keys()
    assert judge.faults == [], "\n".join(judge.faults)
    assert _names() - reached == set()
    assert len(seen) > len(reached) - len(NOT_BY_LINK) - len(DOWNLOADS)
    assert len(played.said) > 0


def test_what_opens_over_a_screen_is_accessible(screen: Screen) -> None:
    page = screen.open("customers/register")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("alert").wait_for()
    judge = _Judge(screen)
    judge("refused form", page)
    screen.open()
    page.keyboard.press("Control+k")
    page.get_by_role("option").first.wait_for()
    judge("palette", page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Your account, Ada Example").click()
    judge("account menu", page)
    page.goto(f"{screen.desk.url}/nowhere")
    judge("not found", page)
    page.goto(f"{screen.desk.url}/?choose")
    judge("brands", page)
    assert judge.faults == [], "\n".join(judge.faults)


def test_the_log_in_pages_are_accessible(new_screen: Callable[..., Screen]) -> None:
    screen = new_screen()
    judge = _Judge(screen)
    page = screen.page
    page.goto(f"{screen.desk.url}/")
    judge("log-in", page)
    page.get_by_label("E-mail address").fill(screen.desk.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("alert").wait_for()
    judge("refused log-in", page)
    screen.log_in()
    page.goto(f"{screen.desk.url}/account/password/change/")
    judge("password", page)
    page.goto(f"{screen.desk.url}/account/logout/")
    judge("log-out", page)
    assert judge.faults == [], "\n".join(judge.faults)


def test_a_chosen_scheme_stays(screen: Screen) -> None:
    page = screen.open()
    page.get_by_role("button", name="Light or dark").first.click()
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
