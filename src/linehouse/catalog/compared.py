"""What offerings say otherwise than the version before them, where that is rarely meant."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from linehouse.catalog.content import Content, as_text, content_of
from linehouse.catalog.values import Allowance, Catalogue, ProductOffering
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
        if was is not None and was.gl_code != price.gl_code:
            message = f"{price.key} was booked under {was.gl_code} and is booked under {price.gl_code}"
            yield _told("account-change", after, price.key, message)
    allowances = {allowance.key: allowance for allowance in before.allowances}
    for allowance in after.allowances:
        old = allowances.get(allowance.key)
        if old is None:
            continue
        for what, was_so, is_so in _otherwise(old, allowance):
            yield _told("allowance-jump", after, allowance.key, f"{allowance.key}: {what} was {was_so} and is {is_so}")
        if old.amount == allowance.amount:
            continue
        if old.amount is None or allowance.amount is None or _leapt(old.amount.amount, allowance.amount.amount, jump):
            shown = [one.human() if one is not None else "unlimited" for one in (old.amount, allowance.amount)]
            yield _told("allowance-jump", after, allowance.key, f"{allowance.key} was {shown[0]} and is {shown[1]}")
    for key in allowances.keys() - {allowance.key for allowance in after.allowances}:
        yield _told("allowance-jump", after, key, f"the allowance {key} is gone")


def _otherwise(before: Allowance, after: Allowance) -> Iterator[tuple[str, str, str]]:
    """What it covers and how it gives, where that is not what it was; its texts and its amount aside."""
    old, new = content_of(before), content_of(after)
    if isinstance(old, dict) and isinstance(new, dict):
        for part in sorted((old.keys() | new.keys()) - {"texts", "amount"}):
            if old.get(part) != new.get(part):
                yield part.replace("_", " "), _short(old.get(part)), _short(new.get(part))


def _short(value: Content) -> str:
    text = as_text(value).replace('"', "") if value not in (None, [], {}) else "nothing"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


_SHOWN = 120


def _leapt(old: int, new: int, jump: Fraction) -> bool:
    return old != new and (not old or not new or new >= old * jump or old >= new * jump)


def _told(code: str, offering: ProductOffering, item: str, message: str) -> Problem:
    return Problem(
        f"catalog.{code}", f"{offering.name}: {message}", f"offerings.{offering.key}.{item}", item, CHECKS[code].mend
    )
