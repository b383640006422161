"""A minimum of usage: what is missing is charged when the period has ended, and heals when usage changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.billing.charges import Entry, difference, due
from linehouse.billing.frozen_terms import from_plain, to_plain
from linehouse.billing.minimum import shortfall
from linehouse.billing.values import ChargeTerms, Cut, CutKind, SubscriptionCharge
from linehouse.catalog.values import MinimumOf, Prorate
from linehouse.kernel.money import Money, money_sum
from linehouse.kernel.period import DatePeriod
from linehouse.rating.values.period_charges import Reading
from tests.billing.billing_values import AMSTERDAM, account, day, eur, fee

NOVEMBER = DatePeriod(day("2026-11-01"), day("2026-12-01"))


def minimum(price: str = "20.00", prorate: Prorate = Prorate.DAY) -> ChargeTerms:
    return replace(fee(price, key="minimum", in_advance=False, prorate=prorate), minimum_of=MinimumOf.USAGE)


def used(*amounts: tuple[str, str]) -> list[Reading]:
    """Usage at noon (UTC) of a day."""
    return [Reading(datetime.fromisoformat(f"{at}T12:00:00+00:00"), eur(amount).micros) for at, amount in amounts]


def owed(
    charge: SubscriptionCharge, until: str, readings: list[Reading], billed: list[Entry], kind: CutKind = CutKind.CYCLE
) -> list[Entry]:
    return list(difference(due(charge, account(), Cut(day(until), kind), readings), billed).entries)


def bearing(start: str, end: str | None = None, prorate: Prorate = Prorate.DAY) -> SubscriptionCharge:
    return SubscriptionCharge("P-1", minimum(prorate=prorate), day(start), day(end) if end else None)


@pytest.mark.parametrize(
    ("spent", "missing"),
    [
        ("0", "20.00"),
        ("12.00", "8.00"),
        ("19.994", "0.01"),
        ("19.995", "0.01"),
        ("19.9951", "0"),
        ("20", "0"),
        ("25", "0"),
    ],
)
def test_what_is_missing_is_rounded_once(spent: str, missing: str) -> None:
    found = shortfall(minimum(), NOVEMBER, NOVEMBER, used(("2026-11-05", spent)), AMSTERDAM)
    assert found.amount == eur(missing)
    assert (found.least, found.used) == (eur("20.00"), eur(spent))


def test_what_is_missing_is_a_line_when_the_period_has_ended() -> None:
    readings = used(("2026-11-05", "7.00"), ("2026-11-20", "5.00"), ("2026-12-01", "9.00"))
    assert owed(bearing("2026-11-01"), "2026-11-30", readings, []) == []
    (entry,) = owed(bearing("2026-11-01"), "2026-12-01", readings, [])
    assert (entry.amount, entry.covered) == (eur("8.00"), NOVEMBER)
    assert entry.explanation == {
        "price": "20.00 EUR",
        "days": "30",
        "of_days": "30",
        "prorate": "day",
        "minimum": "20.00 EUR",
        "used": "12.00 EUR",
        "missing": "8.00 EUR",
    }
    assert owed(bearing("2026-11-01"), "2026-12-15", readings, [entry]) == []


def test_who_used_more_is_charged_nothing() -> None:
    assert owed(bearing("2026-11-01"), "2026-12-01", used(("2026-11-05", "25.00")), []) == []


def test_a_short_period_has_its_share_of_the_minimum() -> None:
    # 16 to 30 November: 15 of 30 days, at least 10.00; what was used before is nobody's.
    readings = used(("2026-11-15", "50.00"), ("2026-11-16", "4.00"))
    (entry,) = owed(bearing("2026-11-16"), "2026-12-01", readings, [])
    assert (entry.amount, entry.explanation["minimum"]) == (eur("6.00"), "10.00 EUR")
    (whole,) = owed(bearing("2026-11-16", prorate=Prorate.NONE), "2026-12-01", readings, [])
    assert (whole.amount, whole.explanation["minimum"]) == (eur("16.00"), "20.00 EUR")


def test_the_final_bill_asks_for_what_is_missing_until_the_end() -> None:
    # 1 to 15 December: 15 of 31 days, 20.00 × 15/31 = 9.677…; 3.00 were used.
    ended = bearing("2026-12-01", "2026-12-16")
    readings = used(("2026-12-03", "3.00"))
    assert owed(ended, "2026-12-15", readings, [], CutKind.OFF_CYCLE) == []
    (entry,) = owed(ended, "2026-12-16", readings, [], CutKind.OFF_CYCLE)
    assert (entry.amount, entry.explanation["days"], entry.explanation["minimum"]) == (eur("6.68"), "15", "9.68 EUR")


def test_usage_that_comes_late_makes_it_smaller() -> None:
    charge = bearing("2026-11-01")
    first = owed(charge, "2026-12-01", used(("2026-11-05", "12.00")), [])
    late = used(("2026-11-05", "12.00"), ("2026-11-06", "3.00"), ("2026-12-05", "20.00"))
    second = owed(charge, "2027-01-01", late, first)
    assert [(e.amount, e.reverses) for e in second] == [(eur("-8.00"), 0), (eur("5.00"), None)]
    assert [e.key.revision for e in second] == [1, 2]
    assert owed(charge, "2027-01-01", late, [*first, *second]) == []
    much = [*late, *used(("2026-11-07", "6.00"), ("2027-01-05", "20.00"))]
    third = owed(charge, "2027-02-01", much, [*first, *second])
    assert [(e.amount, e.reverses) for e in third] == [(eur("-5.00"), 2)]
    assert money_sum([e.amount for e in (*first, *second, *third)], "EUR") == eur("0")


def test_a_day_is_that_of_the_account() -> None:
    # 23:30 UTC on 30 November is 1 December in Amsterdam.
    readings = [Reading(datetime(2026, 11, 30, 23, 30, tzinfo=UTC), eur("5.00").micros)]
    (entry,) = owed(bearing("2026-11-01"), "2026-12-01", readings, [])
    assert entry.amount == eur("20.00")


def test_terms_are_frozen_with_it_and_older_ones_are_read() -> None:
    assert from_plain(to_plain(minimum())) == minimum()
    plain = to_plain(fee())
    del plain["minimum_of"]
    assert from_plain(plain) == fee()


_SPENT = st.lists(st.tuples(st.integers(1, 30), st.integers(-2_000_000, 9_000_000)), max_size=6)


@given(bills=st.lists(_SPENT, min_size=1, max_size=4))
def test_whatever_comes_after_the_bill_usage_and_minimum_come_to_the_larger(
    bills: list[list[tuple[int, int]]],
) -> None:
    charge = bearing("2026-11-01")
    readings: list[Reading] = []
    billed: list[Entry] = []
    for spent in bills:
        readings += [Reading(datetime(2026, 11, at, 12, tzinfo=UTC), micros) for at, micros in spent]
        billed += owed(charge, "2026-12-01", readings, billed)
        assert owed(charge, "2026-12-01", readings, billed) == []
        total = sum(reading.value for reading in readings)
        missing = money_sum([entry.amount for entry in billed], "EUR")
        assert abs(max(total, eur("20.00").micros) - total - missing.micros) <= 5_000
        assert missing >= Money.zero("EUR")
