"""What typical usage brings beside what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from linehouse.kernel.money import Money
from linehouse.rating.lint.findings import Finding
from linehouse.rating.lint.profiles import Profiles
from linehouse.rating.lint.reach import probe_of
from linehouse.rating.price import price
from linehouse.rating.values import RuleEffect, Tariff, TaxMode, Verdict


def margins(tariff: Tariff, cost: Tariff, tax_rate: Fraction, profiles: Profiles) -> Iterator[Finding]:
    """Rules by which usage of every typical length brings less, without VAT, than the wholesale tariff asks of us."""
    if tariff.currency != cost.currency:
        return
    factor = 1 / (1 + tax_rate) if tariff.tax_mode is TaxMode.GROSS else Fraction(1)
    for rule in tariff.rules:
        if rule.effect is not RuleEffect.PRICE:
            continue
        probe = probe_of(rule, tariff)
        profile = profiles.get(probe.usage_type) if probe is not None else None
        lengths = profile.lengths if profile is not None else ()
        if probe is None or not lengths:
            continue
        losses = []
        for length in lengths:
            event = replace(probe, quantity=length)
            ours, theirs = price(tariff, event), price(cost, event)
            if theirs.verdict is Verdict.UNRATED:
                message = f"{rule.name}: {cost.key} does not say what {event.usage_type} there costs us"
                yield Finding("cost-unknown", rule.key, message)
                break
            net, spent = ours.exact * factor, theirs.exact
            if net < spent:
                losses.append((net, spent))
        if len(losses) == len(lengths):
            net, spent = losses[len(losses) // 2]
            brings, costs = Money(int(net), tariff.currency), Money(int(spent), tariff.currency)
            message = f"{rule.name}: usual usage brings {brings} without VAT and costs {costs}"
            yield Finding("below-cost", rule.key, message)
