"""A minimum of usage in a period: what is missing to it is a charge. docs/rules/period-charges.md has the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from linehouse.billing.proration import to_minor
from linehouse.billing.values import ChargeTerms
from linehouse.catalog.values import Prorate
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.quantity import Unit
from linehouse.kernel.rounding import Rounding
from linehouse.rating.service import charge_period
from linehouse.rating.values import RoundTo
from linehouse.rating.values.period_charges import PeriodPrice, PeriodStep, Reading

_MONEY = PeriodStep(start=0, price=1, unit=1)
"""The quantity is money: each micro-unit that was used is worth one."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What is missing to the minimum of some days: ``exact`` in micro-units, ``amount`` rounded once.

    ``least`` is the minimum of these days, ``used`` what the rated usage in them comes to, exact to the micro-unit.
    """

    exact: Fraction
    amount: Money
    least: Money
    used: Money

    @property
    def facts(self) -> Mapping[str, str]:
        """For the explanation of the line."""
        return {"minimum": str(self.least), "used": str(self.used), "missing": str(self.amount)}


def shortfall(
    terms: ChargeTerms, full: DatePeriod, covered: DatePeriod, used: Sequence[Reading], zone: ZoneInfo
) -> Shortfall:
    """What ``covered`` of ``full`` still owes. ``used``: rated usage in micro-units; what began in these days counts.

    Usage stands on lines of its own: it is what this charge has invoiced before.
    """
    currency = terms.price.currency
    span = covered.instants(zone)
    inside = [reading for reading in used if span.contains(reading.at)]
    total = sum(reading.value for reading in inside)
    price = PeriodPrice(
        key=terms.key,
        version=terms.clause,
        valid_from=covered.start,
        currency=currency,
        unit=Unit.EVENT,
        steps=(_MONEY,),
        minimum=terms.price.micros,
        round_to=RoundTo(Rounding.HALF_UP, Money.zero(currency).minor_digits),
    )
    whole = covered if terms.prorate is Prorate.NONE else full
    made = charge_period([price], inside, covered, zone, full=whole, billed=total)
    least = Fraction(terms.price.micros * covered.days, whole.days)
    return Shortfall(made.exact, made.total, to_minor(least, currency), Money(total, currency))
