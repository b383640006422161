"""Charges of a whole period: each table is a worked one of docs/rules/period-charges.md."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.quantity import Unit
from linehouse.rating.period_charges import charge_period, due_early, quantity_of
from linehouse.rating.values.period_charges import (
    Aggregate,
    LineKind,
    PeriodDiscount,
    PeriodPrice,
    PeriodStep,
    Reading,
)
from tests.rating.builders_rating import AMSTERDAM

EUR = 1_000_000
NOVEMBER = DatePeriod(date(2026, 11, 1), date(2026, 12, 1))
GRADUATED = (
    PeriodStep(start=0, price=0, unit=1, flat=5 * EUR),
    PeriodStep(start=10, price=EUR // 2, unit=1),
    PeriodStep(start=100, price=EUR // 4, unit=1, flat=2 * EUR),
)


def price(steps: tuple[PeriodStep, ...] = GRADUATED, **more: object) -> PeriodPrice:
    fields: dict[str, object] = {"version": "1", "valid_from": date(2026, 1, 1), **more}
    return PeriodPrice(key="devices", currency="EUR", unit=Unit.EVENT, steps=steps, **fields)  # type: ignore[arg-type]  # one dictionary of fields


def used(*values: int) -> list[Reading]:
    """Quantities, one a day from 1 November on."""
    return [Reading(at(day), value) for day, value in enumerate(values, 1) if value]


def at(day: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=AMSTERDAM).astimezone(UTC)


def cost(*versions: PeriodPrice, readings: list[Reading], period: DatePeriod = NOVEMBER, **more: object) -> int:
    return charge_period(versions, readings, period, AMSTERDAM, **more).total.micros  # type: ignore[arg-type]  # one dictionary of fields


@pytest.mark.parametrize(
    ("quantity", "graduated", "volume"),
    [
        (0, 5_000_000, 5_000_000),
        (10, 5_000_000, 5_000_000),
        (11, 5_500_000, 5_500_000),
        (100, 50_000_000, 50_000_000),
        (101, 52_250_000, 27_250_000),
    ],
)
def test_steps_graduated_and_by_volume(quantity, graduated, volume):
    readings = used(quantity)
    assert cost(price(), readings=readings) == graduated
    assert cost(price(volume=True), readings=readings) == volume


def test_the_first_flat_amount_waits_for_use_where_it_says_so():
    assert cost(price(flat_on_use=True), readings=[]) == 0
    assert cost(price(flat_on_use=True), readings=used(1)) == 5_000_000


class TestAggregates:
    LEVELS = (Reading(at(20, month=10), 4), Reading(at(11, 0), 10), Reading(at(21, 0), 1))

    @pytest.mark.parametrize(
        ("aggregate", "expected"),
        [
            (Aggregate.SUM, Fraction(11)),
            (Aggregate.MAXIMUM, Fraction(10)),
            # Ten days each of 4, 10 and 1.
            (Aggregate.MEAN, Fraction(5)),
        ],
    )
    def test_sum_maximum_and_mean(self, aggregate, expected):
        assert quantity_of(aggregate, self.LEVELS, NOVEMBER, AMSTERDAM) == expected

    def test_the_mean_counts_the_hour_that_october_has_twice(self):
        october = DatePeriod(date(2026, 10, 1), date(2026, 11, 1))
        start = Reading(datetime(2026, 9, 1, tzinfo=UTC), 0)
        whole_day = [start, Reading(at(25, 0, 10), 745), Reading(at(26, 0, 10), 0)]
        assert quantity_of(Aggregate.MEAN, whole_day, october, AMSTERDAM) == Fraction(25 * 745, 31 * 24 + 1)

    def test_a_part_of_a_unit_is_paid_in_full_only_where_there_are_blocks(self):
        half = [Reading(at(1, 0), 1), Reading(at(16, 0), 0)]
        steps = (PeriodStep(start=0, price=3 * EUR, unit=1),)
        whole = (PeriodStep(start=0, price=3 * EUR, unit=1, block=1),)
        assert cost(price(steps, aggregate=Aggregate.MEAN), readings=half) == 1_500_000
        assert cost(price(whole, aggregate=Aggregate.MEAN), readings=half) == 3_000_000


class TestBounds:
    FLAT = (PeriodStep(start=0, price=EUR, unit=1),)
    SHORT = DatePeriod(date(2026, 11, 16), date(2026, 12, 1))

    def test_the_minimum_is_a_line_of_its_own_and_shorter_in_a_short_period(self):
        known = price(self.FLAT, minimum=20 * EUR)
        charge = charge_period([known], used(5), NOVEMBER, AMSTERDAM)
        lines = [(line.kind, int(line.amount)) for line in charge.lines]
        assert lines == [(LineKind.USAGE, 5 * EUR), (LineKind.MINIMUM, 15 * EUR)]
        assert cost(known, readings=[], period=self.SHORT, full=NOVEMBER) == 10 * EUR

    def test_discounts_come_before_the_maximum(self):
        known = price(self.FLAT, maximum=30 * EUR)
        discount = PeriodDiscount(Fraction(1, 10), 5 * EUR)
        # 50 − 5 − 5 = 40, cut at 30.
        assert cost(known, readings=used(50), discount=discount) == 30 * EUR
        assert cost(known, readings=used(20), discount=discount) == 13 * EUR
        # A discount makes no line negative.
        assert cost(known, readings=used(3), discount=discount) == 0

    def test_a_commitment_is_paid_whether_it_is_used_or_not(self):
        known = price(self.FLAT, committed=100)
        assert [cost(known, readings=used(quantity)) for quantity in (0, 99, 101)] == [100 * EUR, 100 * EUR, 101 * EUR]
        assert cost(known, readings=[], period=self.SHORT, full=NOVEMBER) == 50 * EUR


class TestVersions:
    OLD = price(minimum=30 * EUR, maximum=60 * EUR)
    NEW = price(GRADUATED, version="2", valid_from=date(2026, 11, 16), minimum=30 * EUR, maximum=90 * EUR)

    def test_a_version_inside_the_period_splits_it_and_begins_again_at_the_first_step(self):
        readings = [Reading(at(3), 20), Reading(at(20), 20)]
        charge = charge_period([self.NEW, self.OLD], readings, NOVEMBER, AMSTERDAM)
        # Each part: half of the flat 5.00, and 10 of its 20 free.
        assert [(line.version, line.kind, int(line.amount)) for line in charge.lines] == [
            ("1", LineKind.FLAT, 2_500_000),
            ("1", LineKind.USAGE, 0),
            ("1", LineKind.USAGE, 5 * EUR),
            ("2", LineKind.FLAT, 2_500_000),
            ("2", LineKind.USAGE, 0),
            ("2", LineKind.USAGE, 5 * EUR),
            ("2", LineKind.MINIMUM, 15 * EUR),
        ]
        assert charge.total.micros == 30 * EUR

    def test_the_maximum_is_that_of_the_days_of_each_version(self):
        # Half of 60 and half of 90.
        assert cost(self.OLD, self.NEW, readings=[Reading(at(3), 300), Reading(at(20), 300)]) == 75 * EUR

    def test_a_day_without_a_version_is_an_error(self):
        with pytest.raises(ValueError, match="2026-11-01"):
            charge_period([self.NEW], [], NOVEMBER, AMSTERDAM)


class TestEarlyInvoices:
    KNOWN = price((PeriodStep(start=0, price=EUR, unit=1),), invoice_at=50 * EUR, minimum=120 * EUR)

    def test_a_threshold_bills_early_and_is_subtracted_at_the_end(self):
        readings = used(30, 0, 25, 0, 10, 60)
        billed, told = 0, []
        for day in range(2, 30):
            due = due_early([self.KNOWN], readings, NOVEMBER, AMSTERDAM, date(2026, 11, day), billed=billed)
            if due is not None:
                billed += due.micros
                told.append((day, due.micros))
        assert told == [(4, 55 * EUR), (7, 70 * EUR)]
        assert cost(self.KNOWN, readings=readings, billed=billed) == 0
        assert cost(self.KNOWN, readings=[], billed=0) == 120 * EUR

    def test_a_volume_price_that_fell_gives_back(self):
        known = price(
            (PeriodStep(start=0, price=EUR, unit=1), PeriodStep(start=100, price=EUR // 2, unit=1)),
            volume=True,
            invoice_at=90 * EUR,
        )
        due = due_early([known], used(95), NOVEMBER, AMSTERDAM, date(2026, 11, 2))
        assert due == Money(95 * EUR, "EUR")
        assert cost(known, readings=used(95, 15), billed=95 * EUR) == -40 * EUR


@given(
    readings=st.lists(st.tuples(st.integers(1, 30), st.integers(0, 200)), max_size=12),
    cuts=st.lists(st.integers(2, 30), max_size=3, unique=True),
    maximum=st.none() | st.integers(0, 100 * EUR),
)
def test_billing_early_any_number_of_times_never_changes_the_sum(readings, cuts, maximum):
    known = price(maximum=maximum, minimum=0, invoice_at=1)
    given = [Reading(at(day), value) for day, value in readings]
    billed = 0
    for day in sorted(cuts):
        due = due_early([known], given, NOVEMBER, AMSTERDAM, date(2026, 11, day), billed=billed)
        billed += due.micros if due is not None else 0
    assert billed + cost(known, readings=given, billed=billed) == cost(known, readings=given)


@given(readings=st.lists(st.tuples(st.integers(1, 30), st.integers(0, 200)), max_size=12), day=st.integers(2, 30))
def test_the_same_price_again_splits_what_is_linear_without_changing_it(readings, day):
    steps = (PeriodStep(start=0, price=EUR // 3, unit=7, flat=EUR),)
    given = [Reading(at(one), value) for one, value in readings]
    again = price(steps, version="2", valid_from=date(2026, 11, day), maximum=20 * EUR, minimum=5 * EUR)
    one = price(steps, maximum=20 * EUR, minimum=5 * EUR)
    assert cost(one, again, readings=given) == cost(one, readings=given)


def test_the_work_does_not_grow_with_the_quantity():
    assert cost(price(), readings=used(10**15)) == 5_000_000 + 45_000_000 + 2_000_000 + (10**15 - 100) * 250_000
    assert all(a.at < b.at for a, b in pairwise(used(1, 2, 3)))
    assert used(1)[0].at - at(1) == timedelta(0)
