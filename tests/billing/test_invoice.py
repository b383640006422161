"""Drafts: sums, order, roundings with a name, and children that sum exactly to their line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from linehouse.billing.invoice import DocumentKind, draft
from linehouse.billing.values import LineKind, SubscriptionCharge
from linehouse.catalog.values import TaxMode
from linehouse.kernel.money import money_sum
from linehouse.kernel.period import DatePeriod
from tests.billing.billing_values import account, bill, day, eur, fee, once, usage


def first_month() -> list[SubscriptionCharge]:
    return [
        SubscriptionCharge("P-1", once(), day("2026-11-10")),
        SubscriptionCharge("P-1", fee(), day("2026-11-10")),
    ]


def test_a_first_bill_reads_from_top_to_bottom() -> None:
    made = draft(
        account(), bill(first_month(), "2026-12-01", [], account()), [usage("0.1525"), usage("1.20", number=2)]
    )
    assert [(line.number, line.kind, line.amount.text) for line in made.lines] == [
        (1, LineKind.ONE_TIME, "9.95"),
        (2, LineKind.RECURRING, "12.60"),
        (3, LineKind.RECURRING, "18.00"),
        (4, LineKind.USAGE, "1.35"),
    ]
    assert made.gross == eur("41.90")
    assert made.net + made.tax == made.gross
    assert made.kind is DocumentKind.INVOICE


def test_sub_cent_usage_is_summed_before_it_is_rounded() -> None:
    made = draft(account(), [], [usage("0.004", number=n) for n in range(1, 6)])
    (line,) = made.lines
    assert line.amount == eur("0.02")
    assert line.rounding == 0


def test_the_rounding_of_a_line_is_shown_with_its_children() -> None:
    made = draft(account(), [], [usage("0.1525")])
    (line,) = made.lines
    assert sum((child.exact for child in line.basis), Fraction(0)) == line.exact == 152_500
    assert line.amount == eur("0.15")
    assert line.rounding == -2_500


def test_usage_is_grouped_by_rule_group_and_dated_by_its_first_and_last_day() -> None:
    items = [
        usage("0.10", number=1, at=datetime(2026, 11, 4, 23, 30, tzinfo=UTC)),
        usage("0.20", number=2, at=datetime(2026, 11, 20, 9, tzinfo=UTC)),
        usage("0.30", number=3, group="sms-world"),
    ]
    made = draft(account(), [], items)
    assert [(line.key, line.amount.text) for line in made.lines] == [("sms-world", "0.30"), ("voice-world", "0.30")]
    # 23:30 UTC is half past midnight of the next day in Amsterdam.
    assert made.lines[1].covered == DatePeriod(day("2026-11-05"), day("2026-11-21"))


def test_a_reversal_keeps_the_rate_of_its_origin() -> None:
    first = bill([SubscriptionCharge("P-1", fee(), day("2026-11-01"))], "2026-12-01", [], account())
    made = draft(account(), first)
    coded = [replace(entry, tax_code=line.rate.code) for entry, line in zip(first, made.lines, strict=True)]
    ended = [SubscriptionCharge("P-1", fee(), day("2026-11-01"), day("2026-12-11"))]
    back = draft(account(), bill(ended, "2027-01-01", coded, account()))
    assert [(line.kind, line.rate.code) for line in back.lines] == [(LineKind.REVERSAL, "NL-21")]
    assert back.kind is DocumentKind.CREDIT_NOTE
    assert back.gross == eur("-12.19")


@given(
    st.lists(st.integers(0, 3_000_000), max_size=12),
    st.integers(1, 28),
    st.sampled_from(list(TaxMode)),
)
def test_sums_of_every_draft(micros: list[int], start: int, mode: TaxMode) -> None:
    charges = [
        SubscriptionCharge("P-1", fee(mode=mode), day(f"2026-11-{start:02d}")),
        SubscriptionCharge("P-2", once(mode=mode), day(f"2026-11-{start:02d}")),
    ]
    items = [
        usage(f"{m // 10**6}.{m % 10**6:06d}", number=n, group=f"g{n % 3}", mode=mode) for n, m in enumerate(micros)
    ]
    made = draft(account(), bill(charges, "2026-12-01", [], account()), items)
    assert money_sum([line.net for line in made.lines], "EUR") == made.net
    if mode is TaxMode.GROSS:
        assert money_sum([line.amount for line in made.lines], "EUR") == made.gross
    assert made.gross == money_sum([total.gross for total in made.totals], "EUR")
    for line in made.lines:
        assert sum((child.exact for child in line.basis), Fraction(0)) + line.rounding == line.amount.micros
        assert line.amount.micros >= 0
        assert line.net.micros >= 0
