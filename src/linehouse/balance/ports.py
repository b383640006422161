"""What balance asks of rooms above it: the rate of tax on what it sells. Whoever opens the house plugs it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from linehouse.balance.errors import NoTaxRates
from linehouse.balance.paying import Rate

RateOn = Callable[[str, str, date], Rate]
"""The rate for a country, a category and a local day; raises what its owner raises when none is on file."""


def _nobody(country: str, category: str, day: date) -> Rate:
    raise NoTaxRates(
        "no tax rates are plugged in", field="tax", value=f"{country} {category}", expected="use_tax_rates"
    )


_source: list[RateOn] = [_nobody]


def use_tax_rates(source: RateOn) -> RateOn:
    """Say where tax rates come from; the last one counts. Returns the one that was used before."""
    before = _source[0]
    _source[0] = source
    return before


def tax_rate(country: str, category: str, day: date) -> Rate:
    """The rate in force."""
    return _source[0](country, category, day)
