"""Examples in offering files: one sentence about the first bill; executed before a catalogue is published.

``activated on 2026-11-10: monthly-fee is 12.60 + 18.00, activation-fee is 9.95, the first bill is 40.55`` — on an
account with the brand's cycle day, or ``activated on 2026-11-10 with cycle day 15: …``. Amounts contain tax; a price
that has several lines on the bill names them in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from linehouse.catalog.values import BrandProfile, ProductOffering
from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.rating.yaml_source import MarkedNode

GRAMMAR = "activated on YYYY-MM-DD [with cycle day N]: [<price> is <amount>[ + <amount>], …] the first bill is <amount>"
_SENTENCE = re.compile(r"^activated on (?P<day>\d{4}-\d\d-\d\d)(?: with cycle day (?P<cycle>\d{1,2}))?: (?P<parts>.+)$")
_PART = re.compile(r"^(?P<what>the first bill|[a-z0-9-]+) is (?P<amounts>\d+(?:\.\d+)?(?: \+ \d+(?:\.\d+)?)*)$")
_BILL = "the first bill"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingExample:
    """One sentence: what each named price and the whole first bill come to, tax included."""

    sentence: str
    source: str
    line: int
    offering: str
    activated_on: date
    cycle_day: int | None
    lines: Mapping[str, tuple[Money, ...]]
    total: Money | None


@dataclass(frozen=True, slots=True)
class FirstBillAmounts:
    """The first bill of an offering: the lines of each price on it, and its total, tax included."""

    lines: Mapping[str, tuple[Money, ...]]
    total: Money


FirstBillOf = Callable[[ProductOffering, BrandProfile, date, int], FirstBillAmounts]
"""(offering, brand, activated on, cycle day) → the first bill. Billing knows; this room asks."""


def parse_example(node: MarkedNode, offering: ProductOffering, currency: str) -> OfferingExample:
    """Read one sentence. Raises SourceTextInvalid."""
    sentence = " ".join(node.text().split())
    found = _SENTENCE.match(sentence)
    if found is None:
        node.fail("an example is one sentence of a fixed form", GRAMMAR)
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:
        node.fail(f"{found['day']!r} is no day of the calendar", "YYYY-MM-DD")
    cycle_day = int(found["cycle"]) if found["cycle"] else None
    if cycle_day is not None and not 1 <= cycle_day <= 31:
        node.fail(f"there is no day {cycle_day}", "1 to 31")
    lines = dict(_part(node, text.strip(), offering, currency) for text in found["parts"].split(","))
    total = lines.pop(_BILL, ())
    if len(total) > 1:
        node.fail("a bill has one total", GRAMMAR)
    return OfferingExample(
        sentence=sentence,
        source=node.source,
        line=node.line,
        offering=offering.key,
        activated_on=day,
        cycle_day=cycle_day,
        lines=lines,
        total=next(iter(total), None),
    )


def failed_examples(
    examples: tuple[OfferingExample, ...], offering: ProductOffering, brand: BrandProfile, first_bill: FirstBillOf
) -> list[str]:
    """Execute the examples; one sentence for each that does not come out as it says."""
    failed = []
    for example in examples:
        try:
            bill = first_bill(
                offering, brand, example.activated_on, example.cycle_day or brand.account_defaults.cycle_day
            )
        except DomainError as problem:
            failed.append(f"{example.source}, line {example.line}: «{example.sentence}», but {problem.message}")
            continue
        wrong = [
            f"{key} is {' + '.join(amount.text for amount in got) or 'not on it'}"
            for key, amounts in example.lines.items()
            if (got := bill.lines.get(key, ())) != amounts
        ]
        if example.total is not None and bill.total != example.total:
            wrong.append(f"{_BILL} is {bill.total.text}")
        if wrong:
            failed.append(f"{example.source}, line {example.line}: «{example.sentence}», but {', '.join(wrong)}")
    return failed


def _part(node: MarkedNode, text: str, offering: ProductOffering, currency: str) -> tuple[str, tuple[Money, ...]]:
    found = _PART.match(text)
    if found is None:
        node.fail(f"{text!r} is no part of an example", GRAMMAR)
    if found["what"] != _BILL and found["what"] not in {price.key for price in offering.prices}:
        node.fail(f"{offering.key} has no price {found['what']!r}", ", ".join(price.key for price in offering.prices))
    try:
        return found["what"], tuple(Money.of(text, currency) for text in found["amounts"].split(" + "))
    except DomainError as problem:
        node.fail(problem.message, problem.expected)
