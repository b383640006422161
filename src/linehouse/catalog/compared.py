"""What offerings say otherwise than the version before them, where that is rarely meant."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from linehouse.catalog.values import Catalogue, ProductOffering
from linehouse.kernel.outcome import Problem
from linehouse.rating.lint import CHECKS, compared


def changed_much(published: Catalogue | None, wanted: Catalogue) -> Iterator[Problem]:
    """Prices, blocks, zones, rules, examples and allowances that changed by more than somebody may have meant."""
    if published is None:
        return
    jump = wanted.brand.price_jump
    for key, tariff in wanted.tariffs.items():
        before = published.tariffs.get(key)
        if before is None or before is tariff:
            continue
        source = f"{tariff.source.partition(':')[0]}: " if tariff.source else ""
        for finding in compared(before, tariff, jump):
            place = f"tariffs.{key}.{finding.rule}"
            yield Problem(
                f"catalog.{finding.code}", f"{source}{finding.message}", place, finding.rule, finding.check.mend
            )
    for key, offering in wanted.offerings.items():
        old = published.offerings.get(key)
        if old is not None:
            yield from _offering(old, offering, jump)


def _offering(before: ProductOffering, after: ProductOffering, jump: Fraction) -> Iterator[Problem]:
    prices = {price.key: price for price in before.prices}
    for price in after.prices:
        was = prices.get(price.key)
        if was is not None and _leapt(was.amount.micros, price.amount.micros, jump):
            yield _told("price-jump", after, price.key, f"{price.key} was {was.amount} and is {price.amount}")
    allowances = {allowance.key: allowance for allowance in before.allowances}
    for allowance in after.allowances:
        old = allowances.get(allowance.key)
        if old is None or old.amount == allowance.amount:
            continue
        if old.amount is None or allowance.amount is None or _leapt(old.amount.amount, allowance.amount.amount, jump):
            shown = [one.human() if one is not None else "unlimited" for one in (old.amount, allowance.amount)]
            yield _told("allowance-jump", after, allowance.key, f"{allowance.key} was {shown[0]} and is {shown[1]}")
    for key in allowances.keys() - {allowance.key for allowance in after.allowances}:
        yield _told("allowance-jump", after, key, f"the allowance {key} is gone")


def _leapt(old: int, new: int, jump: Fraction) -> bool:
    return old != new and (not old or not new or new >= old * jump or old >= new * jump)


def _told(code: str, offering: ProductOffering, item: str, message: str) -> Problem:
    return Problem(
        f"catalog.{code}", f"{offering.name}: {message}", f"offerings.{offering.key}.{item}", item, CHECKS[code].mend
    )
