"""Whose money is it, and what does it settle."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.kernel.money import Money, money_sum
from linehouse.payment.allocation import allocate
from linehouse.payment.matching import Match, NoMatch, match, plain
from linehouse.payment.values import OpenInvoice, StatementEntry

ONE = UUID(int=1)
TWO = UUID(int=2)


def invoice(
    number: str, account: UUID = ONE, due: date = date(2026, 12, 15), micros: int = 18_000_000, currency: str = "EUR"
) -> OpenInvoice:
    return OpenInvoice(
        UUID(int=hash(number) % 2**64), number, f"RF18{plain(number)}", account, due, Money(micros, currency)
    )


def entry(reference: str = "", text: str = "", micros: int = 18_000_000) -> StatementEntry:
    return StatementEntry(
        "B1", Money(micros, "EUR"), date(2026, 12, 10), date(2026, 12, 10), reference=reference, text=text
    )


INVOICES = [
    invoice("R-2026-000001"),
    invoice("R-2026-000002"),
    invoice("R-2026-000003", TWO),
    invoice("R-2026-000004", TWO, currency="CHF"),
]


def search(references: tuple[str, ...]) -> list[OpenInvoice]:
    return [i for i in INVOICES if plain(i.reference) in references or plain(i.number) in references]


@pytest.mark.parametrize(
    ("reference", "text", "expected", "by"),
    [
        ("RF18R2026000001", "", "R-2026-000001", "structured reference"),
        ("RF18 R202 6000 001", "", "R-2026-000001", "structured reference"),
        ("", "Invoice R-2026-000002, thank you", "R-2026-000002", "text"),
        ("", "rf18 r202 6000 002", "R-2026-000002", "text"),
        ("", "R-2026-000003 phone", "R-2026-000003", "text"),
        ("RF18R2026000002", "R-2026-000001", "R-2026-000002", "structured reference"),
    ],
)
def test_a_reference_finds_its_invoice(reference: str, text: str, expected: str, by: str) -> None:
    found = match(entry(reference, text), search)
    assert isinstance(found, Match)
    assert (found.invoice.number, found.by) == (expected, by)


@pytest.mark.parametrize(
    ("reference", "text", "reason"),
    [
        ("", "", "carries no reference"),
        ("", "thanks!", "no invoice"),
        ("RF18R2026999999", "", "no invoice"),
        ("", "R-2026-000001 and R-2026-000003", "different accounts"),
        ("RF18R2026000004", "", "in CHF"),
    ],
)
def test_money_is_never_given_on_a_guess(reference: str, text: str, reason: str) -> None:
    found = match(entry(reference, text), search)
    assert isinstance(found, NoMatch)
    assert reason in found.reason


def test_the_oldest_due_is_settled_first_unless_the_payer_said_otherwise() -> None:
    old, new = invoice("A-1", due=date(2026, 11, 15), micros=10), invoice("A-2", due=date(2026, 12, 15), micros=10)
    assert [(s.invoice.number, s.amount.micros) for s in allocate(Money(15, "EUR"), [new, old])] == [
        ("A-1", 10),
        ("A-2", 5),
    ]
    assert [(s.invoice.number, s.amount.micros) for s in allocate(Money(15, "EUR"), [new, old], new.id)] == [
        ("A-2", 10),
        ("A-1", 5),
    ]
    assert [s.amount.micros for s in allocate(Money(99, "EUR"), [new, old])] == [10, 10]
    assert allocate(Money(5, "CHF"), [new, old]) == ()


@given(st.integers(1, 10**9), st.lists(st.integers(0, 10**8), max_size=8))
def test_shares_never_exceed_the_payment_nor_what_is_open(amount: int, opens: list[int]) -> None:
    invoices = [invoice(f"A-{n}", micros=micros) for n, micros in enumerate(opens)]
    shares = allocate(Money(amount, "EUR"), invoices)
    assert all(0 < share.amount.micros <= share.invoice.open.micros for share in shares)
    assert money_sum((s.amount for s in shares), "EUR").micros == min(amount, sum(opens))
