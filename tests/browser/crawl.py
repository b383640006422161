"""Walking through every screen that links lead to: one page of each kind, and each of its tabs."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.browser.conftest import Screen

DOWNLOADS = {
    "catalog_export",
    "document",
    "export_file",
    "import_result",
    "interaction_file",
    "privacy_export",
    "refund_export",
    "statement_file",
    "tariff_deck",
    "usage_file_raw",
    "voucher_batch_file",
}
"""Addresses that answer with a file, not with a screen."""


def kind_of(address: str, brand: str) -> str:
    """The kind of screen an address leads to: the route's name with its tab; empty for anything else."""
    parts = urlsplit(address)
    if not parts.path.startswith(f"/b/{brand}/"):
        return ""
    try:
        name = resolve(parts.path, urlconf="linehouse.run.urls").url_name or ""
    except Resolver404:
        return ""
    query = parse_qs(parts.query)
    if name in DOWNLOADS or "format" in query or name.endswith("_move"):
        return ""
    tab = query.get("tab", [""])[0]
    return f"{name}?{tab}" if tab else name


def crawl(screen: Screen, visit: Callable[[str, Page], None]) -> set[str]:
    """Open the dashboard and follow links until every kind of screen has been seen; returns the kinds."""
    page, brand = screen.page, screen.desk.brand
    waiting = {"dashboard": screen.desk.path()}
    seen: set[str] = set()
    while waiting:
        kind = next(iter(waiting))
        page.goto(waiting.pop(kind))
        page.wait_for_load_state("networkidle")
        seen.add(kind)
        visit(kind, page)
        for address in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            found = kind_of(address, brand)
            if found and found not in seen:
                waiting.setdefault(found, address)
    return seen
