"""Every screen of the desk says what it is for, and its guides exist."""

from __future__ import annotations

import re
from pathlib import Path

from django.urls import URLPattern
from tests.edge.desk.conftest import Staff, text_of

from linehouse.edge.desk import nav
from linehouse.edge.desk.guides import guide_file, guide_page
from linehouse.edge.desk.help import GENERAL, HELP
from linehouse.edge.desk.urls import brand_screens

WITHOUT_A_SECTION = {"search", "palette", "guide", "filter_save", "filter_delete", "undo"}
"""The search over everything, guides themselves, and addresses that are never shown."""
FILES = {"document", "usage_file_raw", "statement_file"}


def sections() -> dict[str, str]:
    """The section of each address of a brand."""
    found = {}
    for pattern in brand_screens:
        assert isinstance(pattern, URLPattern)
        found[str(pattern.name)] = str(getattr(pattern.callback, "section", ""))
    return found


def test_every_screen_of_the_desk_has_help() -> None:
    silent = {
        name: section
        for name, section in sections().items()
        if section not in HELP and name not in WITHOUT_A_SECTION | FILES
    }
    assert silent == {}
    assert [screen.section for screen in nav.SCREENS if screen.section not in HELP] == []


def test_help_is_of_screens_that_exist_and_names_guides_that_exist() -> None:
    assert HELP.keys() <= set(sections().values())
    named = {guide for one in (*HELP.values(), GENERAL) for guide in one.guides}
    assert {guide for guide in named if guide_file(guide) is None} == set()


def test_the_panel_stands_beside_the_screen(ada: Staff) -> None:
    page = text_of(ada.get("numbers"))
    assert "What this screen is for Telephone numbers in stock" in page
    assert "Find things, and act on many" in page
    assert "Act on many rows." in text_of(ada.get("help/find-things"))
    assert ada.get("help/no-such-guide").status_code == 404


def test_a_guide_brings_no_markup_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "guide.md"
    file.write_text(
        "# Guide\n<script>alert(1)</script> [find](find-things.md) [away](https://example.org) ![x](y.png)\n"
    )
    page = guide_page(file, "robin")
    assert "<script" not in page
    assert re.search(r'<a href="/b/robin/help/find-things">find</a> away', page)
    assert "<img" not in page
