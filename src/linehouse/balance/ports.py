"""What balance asks of others: the rate of tax on what it sells, and a provider that charges cards. Whoever opens the
house plugs them in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from linehouse.balance.errors import NoCardProvider, NoTaxRates
from linehouse.balance.paying import Rate
from linehouse.kernel.money import Money

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


@dataclass(frozen=True, slots=True)
class Charged:
    """What a card provider says: ``authorization`` when it has the money, else ``declined`` with why."""

    authorization: str = ""
    declined: str = ""


class Cards(Protocol):
    """A provider that charges a card it keeps, named by a token. The same key again is the same charge."""

    def charge(self, token: str, amount: Money, key: str) -> Charged:
        """Charge the card without its holder being there. Raises RetryLater when nobody knows what came of it."""
        ...


class NoCards:
    """A house without a provider."""

    def charge(self, token: str, amount: Money, key: str) -> Charged:
        """Nobody charges."""
        raise NoCardProvider("no card provider is plugged in", field="card", expected="use_cards")


_cards: list[Cards] = [NoCards()]


def use_cards(provider: Cards) -> Cards:
    """Say who charges cards; the last one counts. Returns the one that was used before."""
    before = _cards[0]
    _cards[0] = provider
    return before


def cards() -> Cards:
    """Who charges cards."""
    return _cards[0]
