"""What charging asks of others: the tax rate of usage, and what stands on bills that are being prepared. Whoever opens
the house plugs it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Protocol
from uuid import UUID

from linehouse.charging.errors import NoTaxRates
from linehouse.charging.values import Rate

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


class Bills(Protocol):
    """Whoever makes bills of rated usage."""

    def hold(self, account_ids: Iterable[UUID]) -> None:
        """Hold the billing of the accounts until the surrounding transaction ends, in one order for everybody."""
        ...

    def claimed(self, record_ids: Sequence[UUID]) -> AbstractSet[UUID]:
        """Those of the records that stand on a bill, prepared or issued."""
        ...


class NoBills:
    """A house without billing."""

    def hold(self, account_ids: Iterable[UUID]) -> None:
        """Nobody bills."""

    def claimed(self, record_ids: Sequence[UUID]) -> AbstractSet[UUID]:
        """Nothing."""
        return frozenset()


_bills: list[Bills] = [NoBills()]


def use_bills(source: Bills) -> Bills:
    """Say who makes the bills; the last one counts. Returns the one that was used before."""
    before = _bills[0]
    _bills[0] = source
    return before


def bills() -> Bills:
    """Who makes the bills."""
    return _bills[0]
