"""A subscriber's live page and the network engineer's page follow by themselves, and lead to why."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from linehouse.run.story.scenes import Play
from tests.browser.conftest import Screen
from tests.online import a_line_with_money, ask

pytestmark = pytest.mark.browser


def test_a_subscriber_is_charged_before_the_reader_s_eyes(played: Play, screen: Screen) -> None:
    product, msisdn = a_line_with_money()
    page = screen.open(f"products/{product}")
    page.get_by_role("link", name="Live", exact=True).click()
    sessions = page.get_by_role("region", name="Open sessions")
    expect(sessions).to_contain_text("call-2")
    expect(page.get_by_role("region", name="Last sessions")).to_contain_text("1 min 1 s")

    ask(msisdn, ("start", "call-3", "1", {"want": "30 s"}))
    expect(sessions).to_contain_text("call-3", timeout=15_000)
    row = sessions.get_by_role("row").filter(has_text="call-3")
    expect(row).to_contain_text("30 s")
    ask(msisdn, ("finish", "call-3", "2", {"total": "30 s"}))
    expect(sessions).not_to_contain_text("call-3", timeout=15_000)
    assert screen.violations() == []

    page.get_by_role("link", name="Balance history").click()
    history = page.get_by_role("table")
    expect(history).to_contain_text("Call of 30 s")
    page.get_by_role("row").filter(has_text="Call of 30 s").get_by_role("link").first.click()
    expect(page.locator("#why")).to_contain_text("Why this price?")
    expect(page.locator("#why")).to_contain_text("0.50")
    assert screen.violations() == []


def test_the_network_s_engineer_sees_the_doors_and_a_session_s_messages(played: Play, screen: Screen) -> None:
    _, msisdn = a_line_with_money()
    page = screen.open("charging")
    answers = page.get_by_role("region", name="Who asks")
    expect(answers.get_by_role("row").filter(has_text="gateway")).to_contain_text("4")
    expect(page.get_by_role("region", name="Connections")).to_contain_text("pgw1.epc.example")
    ask(msisdn, ("start", "call-4", "1", {"want": "30 s"}))
    expect(page.get_by_role("region", name="Charging processes")).to_contain_text("Alive")
    expect(answers.get_by_role("row").filter(has_text="gateway")).to_contain_text("5", timeout=15_000)
    assert screen.violations() == []

    page.get_by_role("link", name="No such session is open").click()
    page.get_by_role("row").filter(has_text="No such session is open").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Session call-9")).to_be_visible()
    wire = page.locator("pre").first
    expect(wire).to_contain_text("••••")
    expect(page.locator(".toast")).to_have_count(0)
    assert msisdn not in page.content()
    assert screen.violations() == []

    page = screen.open("charging/sessions")
    page.get_by_role("searchbox").fill("call-4")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Session call-4")).to_be_visible()
