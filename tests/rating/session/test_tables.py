"""Every session table, here and in the rule book, is played line by line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rating.session.grammar import Scenario, read
from tests.rating.session.player import Player

HERE = Path(__file__).parent
RULES = Path(__file__).parents[3] / "docs" / "rules" / "charging-sessions.md"


def tables() -> list[Scenario]:
    found = [one for file in sorted(HERE.glob("*.table")) for one in read(file.read_text("utf-8"), file.name)]
    return found + rule_book()


def rule_book() -> list[Scenario]:
    if not RULES.exists():
        return []
    text = RULES.read_text("utf-8")
    found: list[Scenario] = []
    for block in re.finditer(r"```session\n(.*?)```", text, re.DOTALL):
        first = text.count("\n", 0, block.start(1)) + 1
        found += read(block.group(1), RULES.name, first)
    return found


@pytest.mark.parametrize("scenario", tables(), ids=str)
def test_the_table_holds(scenario):
    Player().play(scenario)


def test_there_are_tables_for_what_the_rule_book_says():
    assert len(tables()) >= 60
    assert len(rule_book()) >= 5
