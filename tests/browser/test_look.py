"""A brand's colours measured by the browser: its log-in page in both schemes, without a violation of WCAG 2.1 AA."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from linehouse.run.story.stage import Stage
from tests.browser.conftest import WCAG, serving


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_log_in_of_a_brand_can_be_read(chromium: Browser, world: Stage, scheme: Literal["light", "dark"]) -> None:
    with serving() as address:
        context = chromium.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{address.replace('localhost', 'robin.localhost')}/account/login/")
        assert page.locator("img.logo").evaluate("image => image.naturalWidth") > 0
        assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--rail-mark')")
        found = Axe().run(page, options=WCAG).response["violations"]
        context.close()
    assert found == []
