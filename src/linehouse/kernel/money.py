"""Money: whole micro-units of a currency. Unit prices: exact rationals. Never a float."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from functools import lru_cache, total_ordering

from babel.core import get_global

from linehouse.kernel.error import DomainError, Invalid, Kind
from linehouse.kernel.quantity import Quantity
from linehouse.kernel.rounding import Rounding, round_to_int, round_to_step

MICROS = 1_000_000
"""Micro-units of one major unit: € 1 = 1 000 000."""
BIGINT_MAX = 2**63 - 1
_LARGEST_EXPONENT = 11
"""Amounts below 10^12 major units fit the database's bigint of micro-units, with room to add some million of them."""

_FRACTIONS: Mapping[str, tuple[int, int, int, int]] = get_global("currency_fractions")
_CURRENCIES: Mapping[str, object] = get_global("all_currencies")

ExactAmount = Fraction
"""An exact count of micro-units inside one calculation, before the named rounding."""


class CurrencyMismatch(DomainError, code="kernel.currency_mismatch", kind=Kind.INVALID):
    """Two currencies were added or compared; only a dated exchange table may bring them together."""


def minor_digits(currency: str) -> int:
    """Decimal digits of the currency's minor unit (ISO 4217): JPY 0, EUR 2, KWD 3."""
    return _FRACTIONS.get(currency, _FRACTIONS["DEFAULT"])[0]


def require_currency(code: str) -> str:
    """Return the ISO 4217 code, or raise Invalid."""
    if code not in _CURRENCIES:
        raise Invalid(f"{code!r} is no currency", field="currency", value=code, expected="an ISO 4217 code such as EUR")
    return code


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: ``micros`` (10^-6 of the major unit) of an ISO 4217 ``currency``."""

    micros: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.micros) is not int:
            raise TypeError(f"micros must be int, not {type(self.micros).__name__}")
        require_currency(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def of(cls, text: str | int | Decimal, currency: str) -> Money:
        """From a decimal text such as ``"12.34"``; raises Invalid beyond six decimals or when it is no number."""
        if isinstance(text, float):
            raise TypeError("money is never a float")
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise Invalid(
                f"{text!r} is no amount", field="amount", value=text, expected='a decimal such as "12.34"'
            ) from None
        if not amount.is_finite():
            raise Invalid(f"{text!r} is no amount", field="amount", value=text, expected='a decimal such as "12.34"')
        # Looked at before the fraction is made: a text of ten characters can mean a number of a billion digits.
        if amount.adjusted() > _LARGEST_EXPONENT:
            raise Invalid(
                f"{text} is too large", field="amount", value=text, expected=f"at most 10^{_LARGEST_EXPONENT} or so"
            )
        exact = Fraction(amount) * MICROS
        if exact.denominator != 1:
            raise Invalid(
                f"{text} has more than six decimals", field="amount", value=text, expected="at most six decimals"
            )
        return cls(exact.numerator, currency)

    @classmethod
    def from_fraction(cls, micros: Fraction, currency: str, mode: Rounding) -> Money:
        """Round an exact count of micro-units to a whole one by the named mode."""
        return cls(round_to_int(micros, mode), currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(
                f"{self.currency} and {other.currency} do not add",
                field="currency",
                value=other.currency,
                expected=self.currency,
            )

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.micros + other.micros, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.micros - other.micros, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.micros, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.micros), self.currency)

    def __mul__(self, times: int) -> Money:
        if type(times) is not int:
            raise TypeError("money times a whole number only; use times(fraction, rounding)")
        return Money(self.micros * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.micros < other.micros

    def __bool__(self) -> bool:
        return self.micros != 0

    def times(self, factor: Fraction | int, mode: Rounding) -> Money:
        """Multiply by an exact fraction and round to the micro-unit by the named mode."""
        return Money(round_to_int(self.micros * Fraction(factor), mode), self.currency)

    def rounded(self, mode: Rounding = Rounding.HALF_UP) -> Money:
        """Round to the currency's minor unit; invoices use half-up (away from zero)."""
        return Money(round_to_step(self.micros, 10 ** (6 - self.minor_digits), mode), self.currency)

    @property
    def minor_digits(self) -> int:
        """Decimal digits of the minor unit."""
        return minor_digits(self.currency)

    @property
    def decimal(self) -> Decimal:
        """The exact amount in major units."""
        return _major(self.micros)

    @property
    def text(self) -> str:
        """The amount as decimal text: at least the minor digits, more only where they carry value."""
        whole, part = divmod(abs(self.micros), MICROS)
        digits = f"{part:06d}".rstrip("0").ljust(self.minor_digits, "0")
        sign = "-" if self.micros < 0 else ""
        return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"

    def __str__(self) -> str:
        return f"{self.text} {self.currency}"


@lru_cache(maxsize=4096)
def _major(micros: int) -> Decimal:
    with localcontext(prec=60):
        return Decimal(micros).scaleb(-6)


def money_sum(amounts: Iterable[Money], currency: str) -> Money:
    """Add amounts of one currency; the sum of none is zero. Raises CurrencyMismatch."""
    total = Money.zero(currency)
    for amount in amounts:
        total += amount
    return total


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """The exact price of one base unit (1 ms, 1 octet, 1 message): ``micros`` is a rational count of micro-units."""

    micros: Fraction
    currency: str

    @classmethod
    def per(cls, amount: str | Decimal | int, currency: str, unit: Quantity) -> UnitPrice:
        """``UnitPrice.per("0.15", "EUR", Quantity.parse("1 min"))``: the amount is charged for that quantity."""
        if isinstance(amount, float):
            raise TypeError("money is never a float")
        if unit.amount <= 0:
            raise Invalid(
                "a price needs a positive unit", field="per", value=unit.human(), expected="a quantity above zero"
            )
        return cls(Fraction(Decimal(amount)) * MICROS / unit.amount, require_currency(currency))

    def of(self, amount: int) -> Fraction:
        """The exact price of ``amount`` base units, in micro-units, not rounded."""
        return self.micros * amount
