"""Tax of one document: per rate, by net or gross prices, every cent given a place.

Net prices: sum the lines, tax the sum, round half-up. Gross prices: sum the lines, tax = gross × r / (1 + r) rounded
half-up, net = gross - tax, and the lines' nets by the largest remainder. docs/rules/tax.md has the worked tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from linehouse.billing.errors import MixedTaxModes
from linehouse.billing.proration import to_minor
from linehouse.billing.tax_rates import TaxRate
from linehouse.catalog.values import TaxMode
from linehouse.kernel.money import Money, money_sum


class TaxRounding(StrEnum):
    """Where tax is rounded: once per rate on the document (default), or on each line."""

    RATE = "rate"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Taxable:
    """One line's amount, rounded to the minor unit, in its price mode."""

    amount: Money
    mode: TaxMode
    rate: TaxRate


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What one rate comes to on the document: gross = net + tax."""

    rate: TaxRate
    mode: TaxMode
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """Net and tax together."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Taxed:
    """Line nets in the order of the lines, and the totals per rate, the highest rate first."""

    line_nets: tuple[Money, ...]
    totals: tuple[RateTotal, ...]


def tax_of(lines: Sequence[Taxable], currency: str, rounding: TaxRounding = TaxRounding.RATE) -> Taxed:
    """Tax the lines of one document. Raises MixedTaxModes when one rate has both modes."""
    nets: list[Money] = [Money.zero(currency)] * len(lines)
    totals: list[RateTotal] = []
    groups: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        groups.setdefault(line.rate.code, []).append(place)
    for code, places in groups.items():
        rate, mode = lines[places[0]].rate, lines[places[0]].mode
        if any(lines[p].mode is not mode for p in places):
            raise MixedTaxModes(
                f"net and gross prices meet at {code}", field="mode", value=code, expected="one mode per rate"
            )
        amounts = [lines[p].amount for p in places]
        group_nets, tax = _tax_group(amounts, mode, rate, currency, rounding)
        for place, net in zip(places, group_nets, strict=True):
            nets[place] = net
        totals.append(RateTotal(rate, mode, money_sum(group_nets, currency), tax))
    totals.sort(key=lambda total: (-total.rate.percent, total.rate.code))
    return Taxed(tuple(nets), tuple(totals))


def _tax_group(
    amounts: Sequence[Money], mode: TaxMode, rate: TaxRate, currency: str, rounding: TaxRounding
) -> tuple[Sequence[Money], Money]:
    if rounding is TaxRounding.LINE:
        taxes = [tax_in(amount, rate) if mode is TaxMode.GROSS else tax_on(amount, rate) for amount in amounts]
        nets = [a - t for a, t in zip(amounts, taxes, strict=True)] if mode is TaxMode.GROSS else list(amounts)
        return nets, money_sum(taxes, currency)
    total = money_sum(amounts, currency)
    if mode is TaxMode.NET:
        return amounts, tax_on(total, rate)
    tax = tax_in(total, rate)
    return net_shares(amounts, total - tax, rate), tax


def tax_on(net: Money, rate: TaxRate) -> Money:
    """The tax on a net amount, rounded half-up to the minor unit."""
    return to_minor(net.micros * rate.fraction, net.currency)


def tax_in(gross: Money, rate: TaxRate) -> Money:
    """The tax contained in a gross amount, rounded half-up to the minor unit."""
    return to_minor(gross.micros * rate.fraction / (1 + rate.fraction), gross.currency)


def net_shares(amounts: Sequence[Money], net_total: Money, rate: TaxRate) -> tuple[Money, ...]:
    """Each gross line's net, so that they sum to ``net_total`` to the cent.

    A line's exact net is gross / (1 + r). Whole minor units below it are given first; those left over go to the largest
    remainders, ties to the earlier line. A reversal (negative) is treated the same, so lines of both signs may mix.
    """
    step = 10 ** (6 - net_total.minor_digits)
    floors: list[int] = []
    rests: list[Fraction] = []
    for amount in amounts:
        exact = Fraction(amount.micros) / (1 + rate.fraction) / step
        whole = exact.numerator // exact.denominator
        floors.append(whole)
        rests.append(exact - whole)
    left = net_total.micros // step - sum(floors)
    for place in sorted(range(len(amounts)), key=lambda p: (-rests[p], p))[:left]:
        floors[place] += 1
    return tuple(Money(units * step, net_total.currency) for units in floors)
