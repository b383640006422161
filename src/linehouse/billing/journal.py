"""What an invoice and the passing of time put into the journal. docs/rules/invoice.md has the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from linehouse.billing.values import LineKind
from linehouse.kernel.rounding import Rounding, round_to_int
from linehouse.ledger.values import Transfer


@dataclass(frozen=True, slots=True)
class PostingLine:
    """What posting needs of a line: ``net`` and ``accrued`` in micro-units; ``deferred`` lines are earned by day."""

    kind: LineKind
    gl: str
    net: int
    accrued: int
    deferred: bool


@dataclass(frozen=True, slots=True)
class PostingTax:
    """The tax of one rate, in micro-units."""

    code: str
    tax: int


def invoice_transfers(
    account: str, currency: str, lines: Sequence[PostingLine], taxes: Sequence[PostingTax]
) -> tuple[Transfer, ...]:
    """The transfers of an invoice: the receivable comes to its gross. One per account and direction, in order."""
    sums: dict[tuple[str, bool], int] = {}

    def owe(counter: str, amount: int) -> None:
        if amount:
            place = (counter, amount > 0)
            sums[place] = sums.get(place, 0) + amount

    for line in lines:
        if line.kind is LineKind.USAGE:
            # The accrual is cleared to zero; what rounding added or took has an account of its own.
            owe(f"unbilled/{account}", line.accrued)
            owe("rounding/usage", line.net - line.accrued)
        else:
            owe(f"{'deferred' if line.deferred else 'revenue'}/{line.gl}", line.net)
    for tax in taxes:
        owe(f"tax/{tax.code}", tax.tax)
    receivable = f"receivable/{account}"
    return tuple(
        Transfer(receivable, counter, amount, currency)
        if amount > 0
        else Transfer(counter, receivable, -amount, currency)
        for (counter, _), amount in sorted(sums.items())
    )


def earned(net: int, days_passed: int, days: int) -> int:
    """Of a net amount earned by day, what is earned after some days: cumulative, so the last day earns the rest."""
    if days_passed <= 0:
        return 0
    if days_passed >= days:
        return net
    return round_to_int(Fraction(net * days_passed, days), Rounding.HALF_UP)


def recognition_transfers(currency: str, steps: Sequence[tuple[str, int]]) -> tuple[Transfer, ...]:
    """From deferred to revenue per (gl, micro-units earned now); reversals go the other way."""
    sums: dict[str, int] = {}
    for gl, amount in steps:
        sums[gl] = sums.get(gl, 0) + amount
    return tuple(
        Transfer(f"deferred/{gl}", f"revenue/{gl}", amount, currency)
        if amount > 0
        else Transfer(f"revenue/{gl}", f"deferred/{gl}", -amount, currency)
        for gl, amount in sorted(sums.items())
        if amount
    )
