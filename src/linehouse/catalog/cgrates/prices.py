"""A rate with its destination's rounding and bounds, as the price of a rule.

CGRateS works out what one increment costs, rounds that to its ``rounding_decimals``, and takes it as often as
increments have begun. So a price is written for the increment where that rounding moves it, and as the rate says it
elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from linehouse.catalog.cgrates.values import Finding, Kind, Place, Rated, Slot, refuse
from linehouse.catalog.cgrates.yaml_text import block, decimals_of, money, quantity
from linehouse.kernel.quantity import Unit
from linehouse.kernel.rounding import Rounding, round_to_int
from linehouse.rating.values import UsageType

MODES = {"*up": Rounding.UP, "*down": Rounding.DOWN, "*middle": Rounding.HALF_UP}
_SECOND = 10**9
_NANOSECONDS = {Unit.MILLISECOND: 10**6, Unit.OCTET: 1, Unit.MESSAGE: 1, Unit.EVENT: 1}
_MOST_MESSAGES = 10**6
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class StepText:
    """A step: ``price`` for ``unit`` base units, in blocks of ``block``."""

    start: int
    price: Fraction
    unit: int
    block: int


@dataclass(frozen=True, slots=True)
class PriceText:
    """What a rule asks for, before it is written. ``round_to`` None: CGRateS does not round the sum."""

    usage: UsageType
    steps: tuple[StepText, ...]
    connect: Fraction
    maximum: Fraction | None
    disconnect: bool
    round_to: tuple[Rounding, int] | None
    fineness: int | None
    """How many decimals every sum of it can be told in; None: sums may never end."""

    @property
    def free(self) -> bool:
        """Whether it never costs anything."""
        return not self.connect and not any(step.price for step in self.steps)

    def lines(self) -> Iterator[str]:
        """The lines of the rule's price."""
        if self.free:
            yield "price: free"
            return
        yield "price:"
        if self.connect:
            yield f"  connect: {money(self.connect)}"
        if self.maximum is not None:
            then = f"{{amount: {money(self.maximum)}, then: disconnect}}" if self.disconnect else money(self.maximum)
            yield f"  maximum: {then}"
        yield "  steps:"
        yield from (f"    - {{{_step(step, self.usage.unit)}}}" for step in self.steps)


def _step(step: StepText, unit: Unit) -> str:
    begins = f"from: {block(step.start, unit)}, " if step.start else ""
    return f"{begins}price: {money(step.price)}, unit: {quantity(step.unit, unit)}, block: {block(step.block, unit)}"


def price_of(
    rated: Rated, slots: Sequence[Slot], usage: UsageType, rounding: int | None
) -> tuple[PriceText, list[Finding]]:
    """The price, and what a reader should know of it. Raises Untranslatable."""
    findings: list[Finding] = []
    connect = slots[0].connect
    if decimals_of(connect) is None or (decimals_of(connect) or 0) > _MOST_DECIMALS:
        raise refuse(slots[0].place, "ConnectFee", str(connect), "an amount has at most six decimals")
    for slot in slots[1:]:
        if slot.connect:
            why = "CGRateS takes the connect fee of a rate's first row only"
            findings.append(Finding(Kind.LEFT_OUT, slot.place, "ConnectFee", money(slot.connect), why))
    ordered = sorted(slots, key=lambda slot: slot.start)
    if ordered[0].start:
        why = "the rate says nothing of what comes before"
        raise refuse(ordered[0].place, "GroupIntervalStart", _ns(ordered[0].start), why, "a row that begins at 0")
    increments: list[Fraction | None] = []
    steps = []
    for slot, after in zip(ordered, [*ordered[1:], None], strict=True):
        step, increment, moved = _read(slot, usage, rounding)
        if after is not None:
            _fits(slot, step, after, usage)
        if moved:
            findings.append(moved)
        steps.append(step)
        increments.append(increment)
    maximum = rated.max_cost if rated.max_cost and rated.strategy else None
    if rated.max_cost and not rated.strategy:
        why = "CGRateS heeds no MaxCost without a strategy"
        findings.append(
            Finding(Kind.LEFT_OUT, rated.place, "MaxCost", money(rated.max_cost), why, "*free or *disconnect")
        )
    mode = MODES.get(rated.method)
    if mode is not None and rated.decimals > _MOST_DECIMALS:
        why = "amounts have six decimals at most"
        findings.append(Finding(Kind.TOLD, rated.place, "RoundingDecimals", str(rated.decimals), why))
    text = PriceText(
        usage=usage,
        steps=tuple(steps),
        connect=connect,
        maximum=maximum,
        disconnect=rated.strategy == "*disconnect",
        round_to=(mode, min(rated.decimals, _MOST_DECIMALS)) if mode is not None and rated.decimals else None,
        fineness=_fineness([connect, maximum or Fraction(0), *increments]),
    )
    return text, findings


def _read(slot: Slot, usage: UsageType, rounding: int | None) -> tuple[StepText, Fraction, Finding | None]:
    """The step, what one increment of it costs, and a finding where rounding moved that."""
    unit = _base(slot, "RateUnit", slot.unit, usage)
    increment = _base(slot, "RateIncrement", slot.increment, usage)
    start = slot.start if not slot.start else _base(slot, "GroupIntervalStart", slot.start, usage)
    exact = slot.rate * increment / unit
    charged = exact if rounding is None else _rounded(exact, rounding)
    if charged == exact:
        price, size = _whole(slot.rate, unit, slot.place)
        return StepText(start, price, size, increment), exact, None
    price, size = _whole(charged, increment, slot.place)
    name = usage.unit
    why = (
        f"CGRateS rounds what {block(increment, name)} cost to {rounding} decimals, {money(charged)}; "
        f"so {quantity(unit, name)} cost {_told(charged * unit / increment)}"
    )
    finding = Finding(Kind.TOLD, slot.place, "Rate", _told(slot.rate), why, "--exact writes the rate itself")
    return StepText(start, price, size, increment), charged, finding


def _base(slot: Slot, name: str, nanoseconds: int, usage: UsageType) -> int:
    """In the usage's own base unit."""
    size = _NANOSECONDS[usage.unit]
    if not nanoseconds:
        if usage.unit is not Unit.MILLISECOND and not (name == "RateUnit" and not slot.rate):
            raise refuse(slot.place, name, "0", f"no quantity of {usage} is named", "a number of units such as 1")
        nanoseconds = _SECOND if usage.unit is Unit.MILLISECOND else 1
    if nanoseconds % size:
        why = "a bare number is nanoseconds, and time is counted in whole milliseconds"
        raise refuse(slot.place, name, _ns(nanoseconds), why, f"with its unit, such as {nanoseconds}s")
    if usage.unit is Unit.MESSAGE and nanoseconds > _MOST_MESSAGES:
        why = f"CGRateS counts one {usage} as one nanosecond, so this is a thousand million of them"
        raise refuse(slot.place, name, _ns(nanoseconds), why, "a bare number of messages such as 1")
    return nanoseconds // size


def _fits(slot: Slot, step: StepText, after: Slot, usage: UsageType) -> None:
    length = after.start // _NANOSECONDS[usage.unit] - step.start
    if length <= 0:
        why = "two rows of this rate begin at the same place"
        raise refuse(after.place, "GroupIntervalStart", _ns(after.start), why, "each start once")
    if length % step.block:
        why = f"the row before ({slot.place}) has increments of {_ns(slot.increment)}, which do not end here"
        raise refuse(after.place, "GroupIntervalStart", _ns(after.start), why, "a whole number of increments later")


def _whole(price: Fraction, unit: int, place: Place) -> tuple[Fraction, int]:
    """Six decimals at most: what is finer is told for ten, a hundred … units."""
    for _ in range(2 * _MOST_DECIMALS + 1):
        if (price * 10**_MOST_DECIMALS).denominator == 1:
            return price, unit
        price, unit = price * 10, unit * 10
    raise refuse(place, "Rate", str(price), "this is too fine for a price", "at most 12 decimals")


def _rounded(amount: Fraction, decimals: int) -> Fraction:
    return Fraction(round_to_int(amount * 10**decimals, Rounding.HALF_UP), 10**decimals)


def _fineness(amounts: Sequence[Fraction | None]) -> int | None:
    found = [decimals_of(amount) if amount is not None else None for amount in amounts]
    return None if None in found else max((one for one in found if one is not None), default=0)


def _ns(nanoseconds: int) -> str:
    whole, rest = divmod(nanoseconds, _SECOND)
    return f"{whole}s" if nanoseconds and not rest else str(nanoseconds)


def _told(amount: Fraction) -> str:
    """For people: six decimals, or the exact amount where it has no more."""
    return money(_rounded(amount, _MOST_DECIMALS))
