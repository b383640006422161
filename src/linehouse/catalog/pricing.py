"""What a new version does to the prices that customers pay, and its effect in money where it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from linehouse.catalog.values import Catalogue, OfferingPrice
from linehouse.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PriceChange:
    """One price of an offering that is sold, before and after; empty where there is none. ``products`` have it now."""

    offering: str
    price: str
    before: str
    after: str
    products: int


@dataclass(frozen=True, slots=True)
class PriceEffect:
    """All changes of prices; ``effect`` per period over the active products, None where it cannot be known."""

    changes: tuple[PriceChange, ...]
    effect: Money | None


def price_effect(
    published: Catalogue | None, wanted: Catalogue, tariffs: frozenset[str], active: Callable[[str], int]
) -> PriceEffect:
    """Compare the prices of offerings that active products have; ``active`` counts these by the offering's key.

    The effect is, for each recurring price, its difference times the active products. What one-time prices and the
    prices of usage will do depends on what customers buy and use: a changed tariff makes the effect unknown.
    """
    currency = wanted.brand.currency
    effect: Money | None = Money.zero(currency)
    changes: list[PriceChange] = []
    if published is None:
        return PriceEffect((), effect)
    for key, new in wanted.offerings.items():
        old = published.offerings.get(key)
        if old is None:
            continue
        before, after = ({price.key: price for price in one.prices} for one in (old, new))
        differing = [name for name in {**before, **after} if _amount(before.get(name)) != _amount(after.get(name))]
        tariff = new.tariff or ""
        retariffed = (old.tariff or "") != tariff or tariff in tariffs
        if not differing and not retariffed:
            continue
        products = active(key)
        for name in differing:
            was, will = before.get(name), after.get(name)
            changes.append(PriceChange(key, name, _said(was), _said(will), products))
            if effect is not None:
                effect += (_recurring(will, currency) - _recurring(was, currency)) * products
        if retariffed and products:
            changes.append(PriceChange(key, "tariff", old.tariff or "", tariff, products))
            effect = None
    return PriceEffect(tuple(changes), effect)


def _amount(price: OfferingPrice | None) -> tuple[Money, object] | None:
    return None if price is None else (price.amount, price.period)


def _recurring(price: OfferingPrice | None, currency: str) -> Money:
    return price.amount if price is not None and price.recurring else Money.zero(currency)


def _said(price: OfferingPrice | None) -> str:
    return "" if price is None else str(price.amount)
