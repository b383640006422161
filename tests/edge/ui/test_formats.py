"""Amounts are shown exactly; times in the zone of the brand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from linehouse.edge.ui import formats
from linehouse.edge.ui.cells import csv_text, money_markup, value_markup
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit


@pytest.mark.parametrize(
    ("amount", "at_least", "shown"),
    [
        (Money.of("18", "EUR"), None, "€\u00a018.00"),
        (Money.of("0.1525", "EUR"), None, "€\u00a00.1525"),
        (Money.of("0.15", "EUR"), 4, "€\u00a00.1500"),
        (Money.of("1234567.891234", "EUR"), None, "€\u00a01,234,567.891234"),
        (Money.of("-7.5", "EUR"), None, "−€\u00a07.50"),
        (Money.of("500", "JPY"), None, "JP¥\u00a0500"),
        (Money.of("18.4", "EUR"), 0, "€\u00a018.4"),
        (Money(9_007_199_254_740_993, "EUR"), None, "€\u00a09,007,199,254.740993"),
    ],
)
def test_an_amount_is_never_rounded(amount: Money, at_least: int | None, shown: str) -> None:
    assert formats.money_text(amount, at_least) == shown


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (12_499, "12.4 kB"), (3_000_000, "3.0 MB")]
)
def test_a_size_is_rounded_down(size: int, shown: str) -> None:
    assert formats.bytes_text(size) == shown


def test_an_instant_is_shown_in_its_zone() -> None:
    instant = datetime(2026, 11, 1, 8, 0, 5, tzinfo=UTC)
    assert formats.instant_text(instant, ZoneInfo("Europe/Amsterdam")) == "1 Nov 2026, 09:00"
    assert formats.instant_text(instant, ZoneInfo("UTC"), seconds=True) == "1 Nov 2026, 08:00:05"
    assert formats.date_text(date(2026, 9, 30)) == "30 Sept 2026"


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(milliseconds=340), "340 ms"),
        (timedelta(hours=2, minutes=5, seconds=7), "2 h 5 min"),
        (timedelta(seconds=-61), "−1 min 1 s"),
    ],
)
def test_a_span_shows_its_two_largest_units(span: timedelta, shown: str) -> None:
    assert formats.span_text(span) == shown


def test_markup_escapes_and_names_nothing() -> None:
    assert value_markup("text", "<b>") == "&lt;b&gt;"
    assert "none" in value_markup("text", None)
    assert 'class="currency">€</span>' in money_markup(Money.of("1", "EUR"))
    assert 'class="pill is-good">Active<' in value_markup("status", "active")
    assert '<time datetime="2026-11-01">1 Nov 2026</time>' in value_markup("date", date(2026, 11, 1))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Money.of("-0.1525", "EUR"), "-0.1525 EUR"),
        (Quantity(61_000, Unit.MILLISECOND), "61000 ms"),
        (datetime(2026, 11, 1, 8, tzinfo=UTC), "2026-11-01T08:00:00+00:00"),
        (True, "yes"),
        (None, ""),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+31612345678", "+31612345678"),
        ("-cmd", "'-cmd"),
        ("@sum", "'@sum"),
    ],
)
def test_csv_holds_exact_values_and_nothing_that_runs(value: object, text: str) -> None:
    assert csv_text("text", value) == text
