"""What a decision means in money and in the journal: net and tax, and the transfers of one record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from linehouse.balance.values import BucketUse, BucketView, TaxedAt, back_to, use_transfers
from linehouse.catalog.values import BillingMode
from linehouse.charging.decision import Decided
from linehouse.charging.values import REVENUE, Rate
from linehouse.kernel.rounding import Rounding, round_to_int
from linehouse.ledger.values import Transfer
from linehouse.rating.values import TaxMode

FORGONE = "above-limit"
"""The detail of the account of usage that nobody is billed, since it lay above a limit."""
ABOVE_LIMIT = "writeoff/above-limit"
"""What such usage costs the operator, without tax."""


def cause_of(key: str, revision: int = 0) -> str:
    """The journal's cause of a record's entry: the record's once-key, and the how-many-th entry after the first."""
    return f"usage:{key}/again-{revision}" if revision else f"usage:{key}"


def reversal_cause(key: str, revision: int = 0) -> str:
    """The cause under which that entry is taken back."""
    return f"usage:{key}/reversed-{revision}"


@dataclass(frozen=True, slots=True)
class Split:
    """An amount without and with tax, micro-units; they differ by the tax."""

    net: int
    gross: int


def split(micros: int, mode: TaxMode, rate: Fraction) -> Split:
    """Gross prices: net = gross / (1 + rate); net prices: gross = net × (1 + rate); half-up to the micro-unit."""
    if mode is TaxMode.GROSS:
        return Split(round_to_int(Fraction(micros) / (1 + rate), Rounding.HALF_UP), micros)
    return Split(micros, round_to_int(micros * (1 + rate), Rounding.HALF_UP))


def charged(decided: Decided) -> int:
    """What was charged, in the tariff's tax mode: the price less what nobody paid."""
    return decided.consumption.priced.total.micros - decided.consumption.uncollected


def transfers_of(decided: Decided, rate: Rate) -> tuple[Transfer, ...]:
    """The transfers of one record.

    Units move from the allowance to what was used. Postpaid money is unbilled without tax; the invoice adds the tax.
    Bought credit is revenue and tax when it is used; credit whose tax was due at sale is only used up. What lay above a
    limit is the operator's loss.
    """
    moves: list[Transfer] = []
    for taken in decided.taken:
        bucket = taken.bucket
        if bucket.is_money and bucket.taxed_at is TaxedAt.USE:
            parts = split(taken.amount, TaxMode.GROSS, rate.fraction)
            source = back_to(bucket) if taken.amount > 0 else bucket.ledger_account
            moves += _move(source, f"revenue/{REVENUE}", parts.net, bucket.asset)
            moves += _move(source, f"tax/{rate.code}", parts.gross - parts.net, bucket.asset)
        else:
            moves += use_transfers(bucket, taken.amount)
    if decided.line.billing_mode is BillingMode.POSTPAID:
        net = split(charged(decided) - paid_from_buckets(decided), decided.in_force.tariff.tax_mode, rate.fraction).net
        moves += _move(f"unbilled/{decided.line.account}", f"revenue/{REVENUE}", net, decided.line.currency)
    moves += _move(ABOVE_LIMIT, f"forgone/{FORGONE}", lost(decided, rate), decided.line.currency)
    return tuple(moves)


def lost(decided: Decided, rate: Rate) -> int:
    """What of a record lay above a limit, without tax."""
    return split(decided.loss, decided.in_force.tariff.tax_mode, rate.fraction).net


def uses_of(decided: Decided, revision: int = 0) -> list[BucketUse]:
    """What the record's entry takes from buckets and gives back to them."""
    cause = cause_of(decided.record.key, revision)
    return [
        BucketUse(
            bucket=taken.bucket,
            amount=taken.amount,
            key=f"{cause}:{taken.bucket.ref}",
            cause=cause,
            record_id=decided.record.id,
            left=taken.left,
            by=taken.by.subscription,
            by_id=taken.by.subscription_id,
            first_used=taken.first_used,
        )
        for taken in decided.taken
    ]


def reversed_transfers(posted: Sequence[Transfer], buckets: Iterable[BucketView]) -> tuple[Transfer, ...]:
    """What was posted, the other way round. What comes back to a bucket whose time is over expires with it."""
    over = {bucket.ledger_account: back_to(bucket) for bucket in buckets if bucket.closed_at is not None}
    return tuple(
        Transfer(over.get(one.credit, one.credit), over.get(one.debit, one.debit), one.amount, one.asset)
        for one in posted
    )


def paid_from_buckets(decided: Decided) -> int:
    """Money that buckets gave, micro-units."""
    return sum(taken.amount for taken in decided.taken if taken.bucket.is_money)


def _move(debit: str, credit: str, amount: int, asset: str) -> list[Transfer]:
    """A transfer; a negative amount goes the other way, none for zero."""
    if not amount:
        return []
    return [Transfer(debit, credit, amount, asset) if amount > 0 else Transfer(credit, debit, -amount, asset)]
