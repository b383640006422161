"""From which money a price is paid, and what that is in the journal. Amounts are micro-units of one currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Protocol

from linehouse.balance.values import BucketView, TaxedAt, use_transfers
from linehouse.kernel.money import Money
from linehouse.kernel.rounding import Rounding, round_to_int
from linehouse.ledger.values import Transfer
from linehouse.rating.service import burn_key
from linehouse.rating.values import BucketKind, TaxMode


class Rate(Protocol):
    """A rate of tax: a factor (21 % is 21/100) and the journal's name for it."""

    @property
    def fraction(self) -> Fraction:
        """The factor."""

    @property
    def code(self) -> str:
        """The account's detail."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one bucket pays."""

    bucket: BucketView
    amount: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A price as it is paid. ``net`` and ``tax`` are of credit that is taxed when it is used, ``sale`` of credit whose
    tax was due when it was sold."""

    parts: tuple[Part, ...]
    net: int
    tax: int
    sale: int

    @property
    def gross(self) -> int:
        """What leaves the balance."""
        return self.net + self.tax + self.sale


def with_tax(price: Money, mode: TaxMode, rate: Fraction) -> Money:
    """What a balance pays for a price: the price, or a net one with its tax, rounded half-up to the minor unit."""
    return price if mode is TaxMode.GROSS else price.times(1 + rate, Rounding.HALF_UP).rounded()


def purses(buckets: Iterable[BucketView], currency: str, at: datetime) -> list[BucketView]:
    """The money that may pay anything at the instant, in the order in which it is used: bought credit of this
    currency, its own, and for no usage in particular."""
    found = [
        bucket
        for bucket in buckets
        if bucket.kind is BucketKind.MAIN
        and bucket.asset == currency
        and bucket.shared is None
        and bucket.closed_at is None
        and bucket.valid.contains(at)
        and not bucket.scope.include
        and not bucket.scope.exclude
        and (bucket.left or 0) > 0
    ]
    return sorted(found, key=lambda bucket: burn_key(bucket.for_decision()))


def pay(price: int, purse: Sequence[BucketView], rate: Fraction) -> Payment | None:
    """Pay ``price`` from these in their order; None where they do not hold it: then nothing is paid.

    The tax is reckoned once on all that is taxed at its use: gross × rate / (1 + rate), rounded half-up.
    """
    parts: list[Part] = []
    missing = price
    for bucket in purse:
        amount = min(missing, bucket.left or 0)
        if amount > 0:
            parts.append(Part(bucket, amount))
            missing -= amount
    if missing > 0:
        return None
    taxed = sum(part.amount for part in parts if part.bucket.taxed_at is TaxedAt.USE)
    net = round_to_int(Fraction(taxed) / (1 + rate), Rounding.HALF_UP)
    return Payment(tuple(parts), net, taxed - net, price - taxed)


def transfers(payment: Payment, revenue: str, tax_code: str) -> tuple[Transfer, ...]:
    """The entry of a payment. ``revenue`` is the account for the net: earned at once, or deferred."""
    moves: list[Transfer] = []
    net = payment.net
    taxed = [part for part in payment.parts if part.bucket.taxed_at is TaxedAt.USE]
    for part in payment.parts:
        if part.bucket.taxed_at is TaxedAt.SALE:
            moves += use_transfers(part.bucket, part.amount)
    for part in taxed:
        of_net = min(net, part.amount)
        net -= of_net
        if of_net:
            moves.append(Transfer(part.bucket.ledger_account, revenue, of_net, part.bucket.asset))
        if part.amount - of_net:
            moves.append(
                Transfer(part.bucket.ledger_account, f"tax/{tax_code}", part.amount - of_net, part.bucket.asset)
            )
    return tuple(moves)


def earned(net: int, days_passed: int, days: int) -> int:
    """Of a net amount earned by day, what is earned after some days: cumulative, so the last day earns the rest."""
    if days_passed <= 0:
        return 0
    if days_passed >= days:
        return net
    return round_to_int(Fraction(net * days_passed, days), Rounding.HALF_UP)
