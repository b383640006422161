"""What an invoice puts into the journal, and how revenue is earned by day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from linehouse.billing.journal import PostingLine, PostingTax, earned, invoice_transfers, recognition_transfers
from linehouse.billing.values import LineKind

micros = st.integers(-(10**9), 10**9)


def moves(*lines: PostingLine, tax: int = 0) -> list[tuple[str, str, int]]:
    found = invoice_transfers("BA-1", "EUR", lines, [PostingTax("NL-21", tax)])
    return [(t.debit, t.credit, t.amount) for t in found]


def test_each_kind_of_line_has_its_account() -> None:
    assert moves(
        PostingLine(LineKind.RECURRING, "recurring", 14_880_000, 0, deferred=True),
        PostingLine(LineKind.ONE_TIME, "activation", 8_220_000, 0, deferred=False),
        tax=4_850_000,
    ) == [
        ("receivable/BA-1", "deferred/recurring", 14_880_000),
        ("receivable/BA-1", "revenue/activation", 8_220_000),
        ("receivable/BA-1", "tax/NL-21", 4_850_000),
    ]


def test_usage_clears_its_accrual_and_names_the_rounding() -> None:
    assert moves(PostingLine(LineKind.USAGE, "usage", 120_000, 126_033, deferred=False)) == [
        ("rounding/usage", "receivable/BA-1", 6_033),
        ("receivable/BA-1", "unbilled/BA-1", 126_033),
    ]


def test_a_reversal_turns_debit_and_credit_round() -> None:
    line = PostingLine(LineKind.REVERSAL, "recurring", -10_070_000, 0, deferred=True)
    assert moves(line, tax=-2_120_000) == [
        ("deferred/recurring", "receivable/BA-1", 10_070_000),
        ("tax/NL-21", "receivable/BA-1", 2_120_000),
    ]


@given(st.lists(st.tuples(st.sampled_from(list(LineKind)), micros, micros, st.booleans()), max_size=8), micros)
def test_the_receivable_comes_to_the_gross(lines: list[tuple[LineKind, int, int, bool]], tax: int) -> None:
    posted = [PostingLine(kind, "x", net, accrued, deferred) for kind, net, accrued, deferred in lines]
    receivable = 0
    for transfer in invoice_transfers("BA-1", "EUR", posted, [PostingTax("NL-21", tax)]):
        assert transfer.amount > 0
        receivable += transfer.amount if transfer.debit == "receivable/BA-1" else -transfer.amount
    assert receivable == sum(line.net for line in posted) + tax


@given(micros, st.integers(1, 366), st.lists(st.integers(0, 400), max_size=6))
def test_closings_on_any_days_earn_the_whole_in_the_end(net: int, days: int, closings: list[int]) -> None:
    booked = 0
    for day in [*sorted(closings), days]:
        step = earned(net, day, days) - booked
        assert step * net >= 0
        booked += step
    assert booked == net


def test_recognition_is_summed_per_kind_and_nothing_is_posted_for_nothing() -> None:
    steps = [("recurring", 5), ("recurring", -2), ("insurance", -4), ("other", 3), ("other", -3)]
    found = recognition_transfers("EUR", steps)
    assert [(t.debit, t.credit, t.amount) for t in found] == [
        ("revenue/insurance", "deferred/insurance", 4),
        ("deferred/recurring", "revenue/recurring", 3),
    ]
