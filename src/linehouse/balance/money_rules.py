"""What a brand says of money that customers put on their lines: amounts, bonuses, transfers, reasons, locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from linehouse.kernel.money import Money
from linehouse.kernel.rounding import Rounding


class Method(StrEnum):
    """How money comes onto a line."""

    VOUCHER = "voucher"
    CARD = "card"
    BANK = "bank"
    AGENT = "agent"
    """Cash, taken by the brand's own staff."""
    DEALER = "dealer"
    GIFT = "gift"
    """Bought by another customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus:
    """More than was paid: ``percent`` of the amount (at most ``at_most``) or a fixed ``amount``, as promotional money.

    It is given in ``[begins, ends)`` by the brand's local day, for amounts from ``amount_from``, for the named methods
    (none named: all), and can be used for ``valid_days`` from then.
    """

    key: str
    texts: Mapping[str, str]
    begins: date
    ends: date | None
    amount_from: Money
    percent: Fraction | None
    amount: Money | None
    at_most: Money | None
    valid_days: int
    methods: frozenset[Method] = frozenset()

    def of(self, paid: Money, method: Method, day: date) -> Money:
        """What it gives for an amount; nothing where it does not hold. A percentage is rounded half-up to the
        currency's minor unit."""
        nothing = Money.zero(paid.currency)
        if paid.currency != self.amount_from.currency or paid < self.amount_from:
            return nothing
        if day < self.begins or (self.ends is not None and day >= self.ends):
            return nothing
        if self.methods and method not in self.methods:
            return nothing
        if self.amount is not None:
            return self.amount
        given = paid.times((self.percent or Fraction(0)) / 100, Rounding.HALF_UP).rounded()
        return min(given, self.at_most) if self.at_most is not None else given


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRules:
    """From one line to another: each between ``minimum`` and ``maximum``, ``per_day`` and ``times_a_day`` by the
    brand's local day. ``fee`` (tax included) is paid by whoever gives."""

    minimum: Money
    maximum: Money
    per_day: Money
    times_a_day: int
    fee: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a balance may be adjusted by hand, in which directions, and on which revenue account (``revenue/<gl>``)."""

    code: str
    texts: Mapping[str, str]
    up: bool
    down: bool
    gl: str


def _reasons(rows: Iterable[Reason]) -> Mapping[str, Reason]:
    return {row.code: row for row in rows}


USUAL_REASONS = _reasons(
    (
        Reason(
            code="goodwill",
            texts={"en": "A gesture of goodwill", "nl": "Uit coulance"},
            up=True,
            down=False,
            gl="balance-goodwill",
        ),
        Reason(
            code="correction",
            texts={"en": "Correction of a mistake", "nl": "Herstel van een fout"},
            up=True,
            down=True,
            gl="balance-correction",
        ),
    )
)
"""Where a brand names none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRules:
    """Guessing: after ``wrong`` unknown PINs within ``within`` a line is locked for ``locked``, and a channel (a
    shop, a program) after ``wrong_of_channel``."""

    wrong: int = 5
    wrong_of_channel: int = 100
    within: timedelta = timedelta(hours=24)
    locked: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticRules:
    """A charge that fails is tried again after ``again_after``; after ``attempts`` failures in a row it stops."""

    attempts: int = 3
    again_after: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRules:
    """Everything, in one currency. Without a file: top-ups of any amount, no bonus, no transfers, two reasons."""

    currency: str
    minimum: Money | None = None
    maximum: Money | None = None
    credit_days: int | None = None
    bonuses: tuple[Bonus, ...] = ()
    transfer: TransferRules | None = None
    reasons: Mapping[str, Reason] = field(default_factory=lambda: USUAL_REASONS)
    pins: PinRules = field(default_factory=PinRules)
    automatic: AutomaticRules = field(default_factory=AutomaticRules)

    def best_bonus(self, paid: Money, method: Method, day: date) -> tuple[Bonus, Money] | None:
        """The bonus that gives most, the first named among equals; bonuses do not add up."""
        best: tuple[Bonus, Money] | None = None
        for bonus in self.bonuses:
            given = bonus.of(paid, method, day)
            if given and (best is None or best[1] < given):
                best = bonus, given
        return best
