"""Prices from text: fees, steps in the event or in the period, packages, percentages, bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from linehouse.kernel.quantity import Unit
from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.values import AtMaximum, Counter, Counts, Due, Fee, Per, Percent, Price, Step

PRICE = FieldSet(
    "price",
    optional=(
        "steps", "percent", "connect", "finish", "free", "minimum", "maximum", "per", "volume", "counts", "counter",
    ),
    unbuilt=("aggregate", "invoice-at"),
    elsewhere=(("unit", "in `steps`"), ("block", "in `steps`"), ("price", "in `steps`"), ("package", "in `steps`")),
)  # fmt: skip
STEP = FieldSet(
    "step",
    required=("price",),
    optional=("unit", "package", "from", "block", "flat", "overhang"),
    elsewhere=(
        ("per", "at the price, beside `steps`"),
        ("volume", "at the price, beside `steps`"),
        ("counts", "at the price, beside `steps`"),
        ("increment", "`block`"),
        ("to", "only where the next step begins: `from`"),
    ),
)
FEE = FieldSet("fee", required=("amount",), optional=("due",))
MAXIMUM = FieldSet("maximum", required=("amount",), optional=("then",))
PERCENT = FieldSet("percentage", required=("rate",), optional=("free-events", "free-amount"))


def parse_price(node: MarkedNode, currency: str, unit: Unit, counters: Mapping[str, Counter]) -> Price:
    """What a rule asks for. Raises SourceTextInvalid."""
    given = node.mapping(PRICE)
    if ("steps" in given) == ("percent" in given):
        node.fail("a price has either `steps` or `percent`", "`steps:` for usage, `percent:` for an amount of money")
    minimum = given["minimum"].micros(currency) if "minimum" in given else None
    maximum, then = _maximum(given["maximum"], currency) if "maximum" in given else (None, AtMaximum.FREE)
    if minimum is not None and maximum is not None and maximum < minimum:
        given["maximum"].fail("the maximum is below the minimum")
    per = Per(given["per"].choice(Per)) if "per" in given else Per.EVENT
    return Price(
        steps=parse_steps(given["steps"], currency, unit) if "steps" in given else (),
        connect=_fee(given["connect"], currency) if "connect" in given else None,
        finish=_fee(given["finish"], currency) if "finish" in given else None,
        free=given["free"].quantity(unit).amount if "free" in given else 0,
        minimum=minimum,
        maximum=maximum,
        at_maximum=then,
        per=per,
        volume=_of_period(given, "volume", per) is not None and given["volume"].boolean(),
        counts=Counts(given["counts"].choice(Counts)) if "counts" in given else Counts.ALL,
        counter=_counter(_of_period(given, "counter", per), unit, counters),
        percent=_percent(given["percent"], currency) if "percent" in given else None,
    )


def parse_steps(node: MarkedNode, currency: str, unit: Unit) -> tuple[Step, ...]:
    """Steps in their order, the first from zero. Raises SourceTextInvalid."""
    items = node.items()
    steps = [_step(item, currency, unit) for item in items]
    if not steps:
        node.fail("a price needs at least one step")
    if steps[0].start != 0:
        items[0].fail("the first step begins at 0", "no `from`, or `from: 0`")
    for item, step, after in zip(items, steps, [*steps[1:], None], strict=True):
        if after is None:
            continue
        length = after.start - step.start
        if length <= 0:
            item.fail("steps begin one after the other", "`from` in ascending order")
        if length % step.block and not step.overhang:
            item.fail("the step's length is no multiple of its block", "another `block`, or `overhang: pay`")
    return tuple(steps)


def _of_period(given: Mapping[str, MarkedNode], word: str, per: Per) -> MarkedNode | None:
    if word in given and per is not Per.PERIOD:
        given[word].at_key.fail(f"`{word}` is for prices that count in a period", "`per: period` beside it")
    return given.get(word)


def _counter(node: MarkedNode | None, unit: Unit, counters: Mapping[str, Counter]) -> str:
    if node is None:
        return ""
    counter = counters[node.choice(counters)]
    counted = counter.what.usage_types[0].unit
    if counted is not unit:
        node.fail(
            f"counter {counter.key!r} is counted in {counted}, the price in {unit}", "a counter of the same usage"
        )
    return counter.key


def _percent(node: MarkedNode, currency: str) -> Percent:
    if not node.is_mapping:
        return Percent(rate=_rate(node))
    given = node.mapping(PERCENT)
    return Percent(
        rate=_rate(given["rate"]),
        free_events=given["free-events"].integer(0) if "free-events" in given else None,
        free_amount=given["free-amount"].micros(currency) if "free-amount" in given else None,
    )


def _rate(node: MarkedNode) -> Fraction:
    rate = Fraction(replace(node, value=node.text().removesuffix("%").strip()).decimal())
    if not 0 <= rate <= 100:
        node.fail(f"{node.text()!r} is no share of an amount", "0 to 100, as in `percent: 3` for 3 %")
    return rate / 100


def _fee(node: MarkedNode, currency: str) -> Fee:
    if not node.is_mapping:
        return Fee(node.micros(currency))
    given = node.mapping(FEE)
    due = Due(given["due"].choice(Due)) if "due" in given else Due.CHARGED
    return Fee(given["amount"].micros(currency), due)


def _maximum(node: MarkedNode, currency: str) -> tuple[int, AtMaximum]:
    if not node.is_mapping:
        return node.micros(currency), AtMaximum.FREE
    given = node.mapping(MAXIMUM)
    then = AtMaximum(given["then"].choice(AtMaximum)) if "then" in given else AtMaximum.FREE
    return given["amount"].micros(currency), then


def _step(node: MarkedNode, currency: str, unit: Unit) -> Step:
    given = node.mapping(STEP)
    start = 0
    if "from" in given and given["from"].text() != "0":
        start = given["from"].quantity(unit).amount
    priced, block = _package(given, unit) if "package" in given else _unit_and_block(node, given, unit)
    overhang = "overhang" in given and given["overhang"].choice(("pay",)) == "pay"
    return Step(
        start=start,
        price=given["price"].micros(currency),
        unit=priced,
        block=block,
        flat=given["flat"].micros(currency) if "flat" in given else 0,
        overhang=overhang,
    )


def _package(given: Mapping[str, MarkedNode], unit: Unit) -> tuple[int, int]:
    """A package is paid in full once it has begun, at its price."""
    for word in ("unit", "block"):
        if word in given:
            given[word].at_key.fail(f"a package has no `{word}`", "`package` alone: its size is unit and block")
    size = given["package"].quantity(unit).amount
    if size <= 0:
        given["package"].fail("a package is more than nothing")
    return size, size


def _unit_and_block(node: MarkedNode, given: Mapping[str, MarkedNode], unit: Unit) -> tuple[int, int]:
    if "unit" not in given:
        node.fail("a step needs `unit`: what its price is for", "`unit: 1 min`, or `package: 100 MB`")
    priced = given["unit"].quantity(unit)
    if priced.amount <= 0:
        given["unit"].fail("a unit is more than nothing")
    counted_one_by_one = unit in {Unit.MESSAGE, Unit.EVENT}
    if "block" not in given and not counted_one_by_one:
        node.fail("a step needs `block`: what is paid in full once it has begun", "`block: 1 s` or `block: 1 MB`")
    block = given["block"].quantity(unit).amount if "block" in given else 1
    if block <= 0:
        given["block"].fail("a block is more than nothing")
    return priced.amount, block
