"""A quote is the first bill before it happens."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from linehouse.billing.invoice import draft
from linehouse.billing.quoting import QuoteItem, first_cut, quote
from linehouse.billing.values import SubscriptionCharge
from linehouse.catalog.values import FirstBill
from tests.billing.billing_values import account, bill, day, eur, fee, once

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


def test_a_plan_billed_at_its_start_asks_for_the_fee_and_the_running_period() -> None:
    terms = (once(first_bill=FirstBill.AT_START), fee(first_bill=FirstBill.AT_START))
    made = quote([QuoteItem("1", terms)], account(), AT)
    assert [line.amount for line in made.lines] == [eur("9.95"), eur("18.00")]
    assert (made.net, made.tax, made.gross) == (eur("23.10"), eur("4.85"), eur("27.95"))
    assert made.first_bill_on == day("2026-11-01")


def test_a_plan_billed_with_the_next_bill_asks_for_the_stub_and_the_period_after() -> None:
    made = quote([QuoteItem("1", (fee(),))], account(15), AT)
    assert [line.covered.start for line in made.lines if line.covered] == [day("2026-11-01"), day("2026-11-15")]
    assert made.first_bill_on == day("2026-11-15")


def test_two_of_a_kind_are_two_lines() -> None:
    made = quote([QuoteItem("1", (once(first_bill=FirstBill.AT_START),), quantity=2)], account(), AT)
    assert [line.subscription for line in made.lines] == ["1.1", "1.2"]
    assert made.gross == eur("19.90")


@given(st.integers(1, 31), st.integers(1, 28), st.sampled_from(list(FirstBill)), st.integers(1, 3))
def test_quote_and_first_bill_are_identical(cycle_day: int, start: int, first_bill: FirstBill, plans: int) -> None:
    facts = account(cycle_day)
    at = datetime(2026, 11, start, 8, tzinfo=UTC)
    terms = (once(first_bill=first_bill), fee(first_bill=first_bill))
    made = quote([QuoteItem("P", terms, plans)], facts, at)
    names = ["P"] if plans == 1 else [f"P.{n}" for n in range(1, plans + 1)]
    charges = [SubscriptionCharge(name, t, at.date()) for name in names for t in terms]
    cut = first_cut(first_bill, at.date(), cycle_day)
    first = draft(facts, bill(charges, cut.until.isoformat(), [], facts, cut.kind))
    assert [(line.amount, line.net) for line in first.lines] == [(line.amount, line.net) for line in made.lines]
    assert first.totals == made.totals
