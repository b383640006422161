"""What stands in a cell of a deck."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.catalog.deck.cells import (
    CellWrong,
    amount_of,
    covering,
    day_of,
    guessed_order,
    increments_of,
    mark_of,
    prefixes_of,
)
from linehouse.catalog.deck.values import DayOrder, Mark


@pytest.mark.parametrize(
    ("text", "country", "found"),
    [
        ("49151", "", ["49151"]),
        ("+49 151", "", ["49151"]),
        ("0049151", "", ["49151"]),
        ("49 151", "", ["49151"]),
        ("49151, 49152;49155", "", ["49151", "49152", "49155"]),
        ("151/152|155", "49", ["49151", "49152", "49155"]),
        ("49160-49163", "", ["49160", "49161", "49162", "49163"]),
        ("49160-3", "", ["49160", "49161", "49162", "49163"]),
        ("49150-49159", "", ["4915"]),
        ("160 - 163", "+49", ["49160", "49161", "49162", "49163"]),
    ],
)
def test_prefixes(text: str, country: str, found: list[str]) -> None:
    assert list(prefixes_of(text, country)) == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0151", "national 0"),
        ("4.9151E+4", "not a prefix"),
        ("49151 49152", "several prefixes or one"),
        ("49163-49160", "no range"),
        ("1234567890123456", "longer than a number"),
        ("Germany", "not a prefix"),
    ],
)
def test_what_is_no_prefix(text: str, says: str) -> None:
    with pytest.raises(CellWrong, match=says) as wrong:
        list(prefixes_of(text))
    assert wrong.value.expected


@given(st.integers(100, 99_999), st.integers(0, 3_000))
def test_a_range_is_covered_once_and_no_more(low: int, more: int) -> None:
    high = min(low + more, 10 ** len(str(low)) - 1)
    found = list(covering(str(low), str(high)))
    length = len(str(low))
    numbers = [n for p in found for n in range(int(p.ljust(length, "0")), int(p.ljust(length, "9")) + 1)]
    assert numbers == list(range(low, high + 1))


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("0.0123", "0.0123", ""),
        ("0,0123", "0.0123", ""),
        ("1.234,5", "1234.5", ""),
        ("1,234.50", "1234.50", ""),
        ("€ 0,05", "0.05", "EUR"),
        ("0.05 USD", "0.05", "USD"),
        ("12", "12", ""),
        ("0.000000125", "0.000000125", ""),
    ],
)
def test_amounts(text: str, amount: str, currency: str) -> None:
    assert amount_of(text) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "text", ["-0.01", "free", "1.2.3", "0.0.1", "1,2,3.4.5", "", "0.0000000001", "1000000", "1e-5"]
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(CellWrong):
        amount_of(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [("60/60", (60, 60)), ("1/1", (1, 1)), ("30/6", (30, 6)), ("60", (60, 60)), ("1+1", (1, 1)), ("0/1", (1, 1))],
)
def test_increments(text: str, found: tuple[int, int]) -> None:
    assert increments_of(text) == found


@pytest.mark.parametrize("text", ["60/0", "per minute", "2026-01-01", "1/1/2026", "9999/1"])
def test_what_are_no_increments(text: str) -> None:
    with pytest.raises(CellWrong):
        increments_of(text)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2026-12-01", DayOrder.GUESS),
        ("2026-12-01 00:00:00", DayOrder.GUESS),
        ("01.12.2026", DayOrder.GUESS),
        ("01/12/2026", DayOrder.DAY_FIRST),
        ("12/01/26", DayOrder.MONTH_FIRST),
        ("1-Dec-2026", DayOrder.GUESS),
        ("1 december 2026", DayOrder.GUESS),
        ("Dec 1, 2026", DayOrder.GUESS),
    ],
)
def test_days(text: str, order: DayOrder) -> None:
    assert day_of(text, order) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("01/12/2026", "day or month"),
        ("2026-12-01T12:00:00", "when a day begins"),
        ("31.02.2026", "no such day"),
        ("46357", "no day"),
        ("soon", "no day"),
    ],
)
def test_what_is_no_day(text: str, says: str) -> None:
    with pytest.raises(CellWrong, match=says):
        day_of(text, DayOrder.GUESS)


def test_a_day_beyond_twelve_gives_the_order_away() -> None:
    assert guessed_order(["01/12/2026", "15/12/2026"]) is DayOrder.DAY_FIRST
    assert guessed_order(["12/15/2026"]) is DayOrder.MONTH_FIRST
    assert guessed_order(["01/12/2026"]) is DayOrder.GUESS
    assert guessed_order(["15/12/2026", "12/15/2026"]) is DayOrder.GUESS


def test_marks() -> None:
    assert [mark_of(text) for text in ("New", "INCREASE", "No change", "decreased", "Blocked", "deleted")] == [
        Mark.NEW,
        Mark.DEARER,
        Mark.SAME,
        Mark.CHEAPER,
        Mark.BLOCKED,
        Mark.GONE,
    ]
    with pytest.raises(CellWrong, match="no such mark"):
        mark_of("perhaps")
