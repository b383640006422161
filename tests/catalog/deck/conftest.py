"""Decks from texts, on top of Robin's files."""

from collections.abc import Callable
from datetime import date

import pytest

from linehouse.catalog.deck.columns import suggest, table_of
from linehouse.catalog.deck.lines import read_lines
from linehouse.catalog.deck.plan import Standing, Step, standing, steps
from linehouse.catalog.deck.states import days_of
from linehouse.catalog.deck.values import Covers, DayOrder, Deck, Reading, Zero
from linehouse.catalog.deck.written import Target
from linehouse.catalog.files import read_catalogue
from linehouse.platform.imports.reading import read_table

KEY = "world-deck"
HEAD = "Destination;Code;Rate;Increments;Effective date;Change\n"


def read(text: str | bytes, *, covers: Covers = Covers.EVERYTHING, zero: Zero = Zero.REFUSE, **constants: str) -> Deck:
    """The deck of a CSV text or of a file."""
    data = text.encode() if isinstance(text, str) else text
    table = table_of(read_table("deck.csv", data))
    reading = Reading(suggest(table.heading), constants, DayOrder.GUESS, zero, covers)
    return read_lines(table, reading, currency="EUR")


Put = Callable[..., tuple[Step, ...]]


def before(files: dict[str, str], key: str = KEY) -> Standing:
    """What the files hold of a deck."""
    return standing(files, read_catalogue(files).catalogue.tariffs, key)


def put(
    files: dict[str, str], deck: Deck, *, covers: Covers = Covers.EVERYTHING, key: str = KEY, day: date | None = None
) -> tuple[Step, ...]:
    """The steps of a deck on top of the files."""
    assert deck.faults == ()
    days = (day,) if day else days_of(deck.lines)
    return steps(before(files, key), deck.lines, days, Target(tariff=key), covers)


@pytest.fixture
def robin(robin_files: dict[str, str]) -> dict[str, str]:
    """Robin's files, to be changed."""
    return dict(robin_files)
