"""What is due less what was billed: once per period, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linehouse.billing.charges import Entry, difference, due
from linehouse.billing.errors import CurrencyOfAccount, TooManyLines
from linehouse.billing.proration import prorated
from linehouse.billing.values import MONTHLY, Cut, CutKind, SubscriptionCharge
from linehouse.catalog.values import EndDay, Parts, PeriodLength, PeriodUnit, Prorate
from linehouse.kernel.money import money_sum
from linehouse.kernel.period import DatePeriod
from tests.billing.billing_values import account, bill, day, eur, fee, once


def plan(start: str, end: str | None = None, **terms: object) -> SubscriptionCharge:
    return SubscriptionCharge("P-1", fee(**terms), day(start), day(end) if end else None)  # type: ignore[arg-type]  # keywords pass through


def amounts(entries: list[Entry]) -> list[tuple[str, str, str]]:
    return [(e.covered.start.isoformat(), e.covered.end.isoformat(), e.amount.text) for e in entries]


def test_the_first_cycle_bill_has_the_stub_and_the_next_period_in_advance() -> None:
    entries = bill([plan("2026-11-10")], "2026-12-01", [], account())
    assert amounts(entries) == [("2026-11-10", "2026-12-01", "12.60"), ("2026-12-01", "2027-01-01", "18.00")]
    assert entries[0].explanation == {"price": "18.00 EUR", "days": "21", "of_days": "30", "prorate": "day"}


def test_billing_again_adds_nothing() -> None:
    first = bill([plan("2026-11-10")], "2026-12-01", [], account())
    assert bill([plan("2026-11-10")], "2026-12-01", first, account()) == []


def test_a_missed_run_is_made_up_by_the_next() -> None:
    entries = bill([plan("2026-11-01")], "2027-02-01", [], account())
    assert [e.covered.start.month for e in entries] == [11, 12, 1, 2]


def test_arrears_wait_for_the_end_of_the_period() -> None:
    charge = plan("2026-11-10", in_advance=False)
    assert amounts(bill([charge], "2026-12-01", [], account())) == [("2026-11-10", "2026-12-01", "12.60")]
    assert bill([charge], "2026-11-30", [], account()) == []


def test_a_bill_off_cycle_leaves_the_next_period_alone() -> None:
    entries = bill([plan("2026-11-30")], "2026-12-01", [], account(), CutKind.OFF_CYCLE)
    assert amounts(entries) == [("2026-11-30", "2026-12-01", "0.60")]


def test_what_begins_on_the_cut_is_not_on_the_bill() -> None:
    assert (
        bill([plan("2026-12-01"), SubscriptionCharge("P-2", once(), day("2026-12-01"))], "2026-12-01", [], account())
        == []
    )


def test_a_one_time_charge_is_billed_once() -> None:
    charge = SubscriptionCharge("P-1", once(), day("2026-11-10"))
    first = bill([charge], "2026-12-01", [], account())
    assert amounts(first) == [("2026-11-10", "2026-11-11", "9.95")]
    assert bill([charge], "2027-01-01", first, account()) == []


def test_a_termination_takes_the_rest_of_a_period_billed_in_advance_back() -> None:
    first = bill([plan("2026-11-01")], "2026-12-01", [], account())
    back = bill([plan("2026-11-01", "2026-12-11")], "2027-01-01", first, account())
    assert amounts(back) == [("2026-12-11", "2027-01-01", "-12.19")]
    assert back[0].reverses == 0
    assert back[0].explanation["charged"] == "18.00 EUR"
    assert bill([plan("2026-11-01", "2026-12-11")], "2027-01-01", [*first, *back], account()) == []


def test_a_termination_that_is_taken_back_charges_the_days_again() -> None:
    first = bill([plan("2026-11-01")], "2026-12-01", [], account())
    back = bill([plan("2026-11-01", "2026-12-11")], "2027-01-01", first, account())
    again = bill([plan("2026-11-01")], "2027-01-01", [*first, *back], account())
    assert amounts(again) == [("2026-12-11", "2027-01-01", "12.19"), ("2027-01-01", "2027-02-01", "18.00")]
    assert [e.key.revision for e in again] == [2, 0]


def test_a_charge_that_never_was_is_taken_back_whole() -> None:
    first = bill([plan("2026-11-10")], "2026-12-01", [], account())
    back = bill([plan("2026-11-10", "2026-11-10")], "2026-12-15", first, account(), CutKind.OFF_CYCLE)
    assert money_sum([e.amount for e in (*first, *back)], "EUR") == eur("0")


def test_the_end_day_counts_where_the_price_says_so() -> None:
    terms = replace(fee(), end_day=EndDay.INCLUDED)
    charge = SubscriptionCharge("P-1", terms, day("2026-11-01"), day("2026-11-10"))
    assert amounts(bill([charge], "2026-12-01", [], account())) == [("2026-11-01", "2026-11-11", "6.00")]


def test_without_proration_a_begun_period_is_due_in_full_and_kept() -> None:
    first = bill([plan("2026-11-10", prorate=Prorate.NONE)], "2026-12-01", [], account())
    assert [e.amount for e in first] == [eur("18.00"), eur("18.00")]
    assert bill([plan("2026-11-10", "2026-12-11", prorate=Prorate.NONE)], "2027-01-01", first, account()) == []


def test_cumulative_parts_come_to_the_price_of_the_period() -> None:
    charge = plan("2026-12-01", price="10.00", parts=Parts.CUMULATIVE)
    first = bill([replace(charge, end=day("2026-12-11"))], "2027-01-01", [], account())
    second = bill([charge], "2027-01-01", first, account())
    in_december = [e for e in (*first, *second) if e.covered.start.month == 12]
    assert len(in_december) == 2
    assert money_sum([e.amount for e in in_december], "EUR") == eur("10.00")


def test_another_currency_than_the_account_is_refused() -> None:
    with pytest.raises(CurrencyOfAccount):
        list(due(plan("2026-11-01", currency="USD"), account(), Cut(day("2026-12-01"))))


def test_too_many_entries_stop_for_a_person() -> None:
    daily = plan("2026-01-01", length=PeriodLength(1, PeriodUnit.DAY))
    with pytest.raises(TooManyLines):
        bill([daily], "2026-12-01", [], account())


def test_corrections_beyond_the_look_back_are_listed_and_not_billed() -> None:
    owed = list(due(plan("2026-01-10"), account(), Cut(day("2026-12-01"))))
    found = difference(owed, (), look_back=day("2026-10-01"))
    assert [e.covered.start.month for e in found.entries] == [10, 11, 12]
    assert len(found.beyond) == 9


ends = st.one_of(st.none(), st.integers(0, 200))


@settings(max_examples=150)
@given(
    start=st.integers(0, 60),
    cycle_day=st.integers(1, 31),
    steps=st.lists(st.tuples(st.integers(1, 40), ends), min_size=1, max_size=5),
    price=st.integers(0, 9_999),
    method=st.sampled_from([Prorate.DAY, Prorate.DAYS30]),
    in_advance=st.booleans(),
)
def test_whatever_was_billed_on_the_way_the_sum_is_what_is_owed(
    start: int, cycle_day: int, steps: list[tuple[int, int | None]], price: int, method: Prorate, in_advance: bool
) -> None:
    """Bills at any cuts, with an end that is set, moved and taken back in between: days are charged once each."""
    first_day = date(2026, 1, 1) + timedelta(days=start)
    terms = fee(f"{price}.37", prorate=method, in_advance=in_advance)
    billed: list[Entry] = []
    cut = first_day
    facts = account(cycle_day)
    charge = SubscriptionCharge("P-1", terms, first_day)
    for ahead, end in steps:
        cut += timedelta(days=ahead)
        charge = replace(charge, end=None if end is None else first_day + timedelta(days=end))
        new = bill([charge], cut.isoformat(), billed, facts)
        assert len({e.key for e in (*billed, *new)}) == len(billed) + len(new)
        billed += new
        assert bill([charge], cut.isoformat(), billed, facts) == []
    owed = {item.full: item.covered for item in due(charge, facts, Cut(cut))}
    for full in {e.key.period for e in billed}:
        entries = [e for e in billed if e.key.period == full]
        total = money_sum([e.amount for e in entries], "EUR")
        covered = owed.get(full)
        target = prorated(terms.price, covered, full, method, MONTHLY) if covered else eur("0")
        assert abs((total - target).micros) <= 5_000 * (2 * len(entries))
        for entry in entries:
            taken = sum(e.amount.micros for e in entries if e.reverses == entry.key.revision)
            assert entry.is_reversal or entry.amount.micros + taken >= 0


def test_covered_days_are_the_days_of_the_period() -> None:
    (item,) = due(plan("2026-11-10", "2026-11-20"), account(), Cut(day("2026-12-01")))
    assert (item.full, item.covered) == (
        DatePeriod(day("2026-11-01"), day("2026-12-01")),
        DatePeriod(day("2026-11-10"), day("2026-11-20")),
    )
