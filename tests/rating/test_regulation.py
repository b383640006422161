"""Caps by the day, and what an open bundle must give abroad."""

from datetime import date
from decimal import Decimal

import pytest

from linehouse.rating.regulation import CAPS, caps, fair_use_volume
from linehouse.rating.values import UsageType

GB = 10**9


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        ("2022-12-31", "2.00"),
        ("2023-01-01", "1.80"),
        ("2026-12-31", "1.10"),
        ("2027-01-01", "1.00"),
        ("2032-06-30", "1.00"),
    ],
)
def test_the_wholesale_cap_of_data_falls_by_the_year(day: str, amount: str) -> None:
    held = {cap.usage: cap.amount for cap in caps("eu-roaming-wholesale", date.fromisoformat(day))}
    assert held[UsageType.DATA] == Decimal(amount)


def test_caps_of_one_kind_never_overlap() -> None:
    for cap in CAPS:
        beside = [
            other
            for other in CAPS
            if other is not cap
            and (other.key, other.usage) == (cap.key, cap.usage)
            and other.start < (cap.end or date.max)
            and cap.start < (other.end or date.max)
        ]
        assert beside == [], cap


@pytest.mark.parametrize(
    ("price", "day", "volume"),
    [
        ("20.00", "2026-12-31", 36_370_000_000),
        ("20.00", "2027-01-01", 40 * GB),
        ("18.00", "2024-06-01", 23_230_000_000),
        ("0", "2026-01-01", 0),
    ],
)
def test_the_volume_of_an_open_bundle(price: str, day: str, volume: int) -> None:
    assert fair_use_volume(Decimal(price), date.fromisoformat(day)) == volume


def test_without_a_cap_there_is_no_volume() -> None:
    assert fair_use_volume(Decimal(20), date(2032, 7, 1)) is None
    assert list(caps("intra-eu", date(2019, 5, 14))) == []
