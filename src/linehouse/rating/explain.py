"""The reason for every figure: as data that is kept with the charge, and as lines in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NotRequired, TypedDict

from linehouse.kernel.money import MICROS, Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.values import Consumption, PaidBy, Part, Priced

NOBODY_PAYS = {
    PaidBy.FREE_UNITS: "free units of the price",
    PaidBy.FREE_RULE: "free",
    PaidBy.MAXIMUM: "free: the maximum for one event is reached",
    PaidBy.BLOCKED: "not allowed by the tariff",
    PaidBy.EMPTY: "not covered: the allowance is used up and money is not asked",
    PaidBy.THROTTLED: "slower, without money: the allowance is used up",
    PaidBy.REDIRECTED: "not covered: the allowance is used up, more can be bought",
}


class PlainPart(TypedDict):
    """A part as JSON; fractions are text such as ``152500`` or ``1/3``. Records of before have no band, no position."""

    start: int
    end: int
    paid_by: str
    tariff: str
    rule: str
    rule_name: str
    step: int
    blocks: int
    block: int
    price: int
    unit: int
    flat: int
    amount: str
    bucket: str
    bucket_name: str
    taken: str
    band: NotRequired[str]
    position: NotRequired[int]


class PlainFee(TypedDict):
    """A fee as JSON."""

    kind: str
    rule: str
    amount: str


class PlainPriced(TypedDict):
    """A priced event as JSON; ``explain_plain`` makes lines of it."""

    verdict: str
    tariff: str
    currency: str
    tax_mode: str
    unit: str
    quantity: int
    number_zone: str
    number_prefix: str
    number_network: NotRequired[str]
    network_zone: str
    network_by: str
    parts: list[PlainPart]
    fees: list[PlainFee]
    exact: str
    total: int
    round_mode: str
    round_decimals: int
    reason: str
    detail: str


def plain(priced: Priced) -> PlainPriced:
    """The same as JSON data, exact."""
    return PlainPriced(
        verdict=priced.verdict.value,
        tariff=priced.tariff,
        currency=priced.currency,
        tax_mode=priced.tax_mode.value,
        unit=priced.unit.value,
        quantity=priced.quantity,
        number_zone=priced.number.zone,
        number_prefix=priced.number.prefix,
        number_network=priced.number.network,
        network_zone=priced.network.zone,
        network_by=priced.network.by,
        parts=[_plain_part(part) for part in priced.parts],
        fees=[PlainFee(kind=fee.kind, rule=fee.rule, amount=str(fee.amount)) for fee in priced.fees],
        exact=str(priced.exact),
        total=priced.total.micros,
        round_mode=priced.rounding.mode.value,
        round_decimals=priced.rounding.decimals,
        reason=priced.reason,
        detail=priced.detail,
    )


def _plain_part(part: Part) -> PlainPart:
    return PlainPart(
        start=part.start,
        end=part.end,
        paid_by=part.paid_by.value,
        tariff=part.tariff,
        rule=part.rule,
        rule_name=part.rule_name,
        step=part.step,
        blocks=part.blocks,
        block=part.block,
        price=part.price,
        unit=part.unit,
        flat=part.flat,
        amount=str(part.amount),
        bucket=part.bucket,
        bucket_name=part.bucket_name,
        taken=str(part.taken),
        band=part.band,
        position=part.position,
    )


def explain(decided: Priced | Consumption) -> list[str]:
    """Lines in plain words: where it was, which clause and bucket took which part, how it was rounded."""
    if isinstance(decided, Priced):
        return explain_plain(plain(decided))
    priced = decided.priced
    takes = explain_takes(
        decided.unit_takes, decided.money_takes, decided.uncollected, priced.unit, priced.total.currency
    )
    return [*explain_plain(plain(priced)), *takes]


def explain_takes(
    unit_takes: Mapping[str, int], money_takes: Mapping[str, int], uncollected: int, unit: Unit, currency: str
) -> list[str]:
    """Lines about what came out of which bucket, and what nobody paid."""
    lines = [f"Taken from {ref}: {Quantity(units, unit).human()}." for ref, units in unit_takes.items()]
    lines += [f"Paid from {ref}: {Money(micros, currency)}." for ref, micros in money_takes.items()]
    if uncollected and (unit_takes or money_takes):
        lines.append(f"Nobody could pay {Money(uncollected, currency)}: uncollected usage.")
    return lines


def explain_plain(given: PlainPriced) -> list[str]:
    """The lines for a priced event that was kept as JSON."""
    unit, currency = Unit(given["unit"]), given["currency"]
    lines = [f"{Quantity(given['quantity'], unit).human()} by tariff {given['tariff']}.", _zones(given)]
    if given["reason"] or given["detail"]:
        lines.append(f"{given['verdict'].capitalize()}: {given['detail'] or given['reason']}.")
    lines.extend(_part_line(part, unit, currency, given["tariff"]) for part in given["parts"])
    lines.extend(_fee_line(fee, currency) for fee in given["fees"])
    if given["parts"] or given["fees"]:
        lines.append(_total_line(given))
    return lines


def _zones(given: PlainPriced) -> str:
    number, network = given["number_zone"], given["network_zone"]
    by_number = f" (prefix {given['number_prefix']})" if given["number_prefix"] else ""
    if given.get("number_network"):
        by_number = f" (ported to {given['number_network']})"
    by_network = f" ({given['network_by']})" if given["network_by"] else ""
    network_text = f"network zone {network}{by_network}"
    if given["unit"] == Unit.OCTET:
        return f"N{network_text[1:]}."
    return f"Number zone {number}{by_number}, {network_text}."


def _part_line(part: PlainPart, unit: Unit, currency: str, asked: str) -> str:
    span = f"{Quantity(part['start'], unit).human()} – {Quantity(part['end'], unit).human()}"
    owner = "" if part["tariff"] == asked else f" of {part['tariff']}"
    clause = f"rule {part['rule']}{owner} ({part['rule_name']}){_where(part, unit)}"
    payer = PaidBy(part["paid_by"])
    if payer in NOBODY_PAYS:
        return f"{span}: {NOBODY_PAYS[payer]}, {clause}."
    blocks = f"{part['blocks']} × {Quantity(part['block'], unit).human()}"
    if payer is PaidBy.BUCKET:
        taken = Fraction(part["taken"])
        name = part["bucket_name"] or part["bucket"]
        own = ""
        if Fraction(part["amount"]):
            each = f"{Money(part['price'], currency)} per {Quantity(part['unit'], unit).human()}"
            own = f" and {each} = {_exact(Fraction(part['amount']), currency)}, the allowance's own price"
        return f"{span}: {blocks} from {name}, {_units(taken, unit)} taken{own}, {clause}."
    price = f"{Money(part['price'], currency)} per {Quantity(part['unit'], unit).human()}"
    flat = f" and {Money(part['flat'], currency)} for the step" if part["flat"] else ""
    return f"{span}: {blocks} at {price}{flat} = {_exact(Fraction(part['amount']), currency)}, {clause}."


def _where(part: PlainPart, unit: Unit) -> str:
    """By which time band the rule held, and in which step of the period's usage the part lies."""
    found = f", time band {part['band']}" if part.get("band") else ""
    position = part.get("position", part["start"])
    if position > part["start"]:
        found += f", step {part['step'] + 1} with {Quantity(position, unit).human()} of the period used before"
    return found


def _fee_line(fee: PlainFee, currency: str) -> str:
    amount = _exact(Fraction(fee["amount"]), currency)
    words = {
        "connect": "Connection fee",
        "finish": "Fee at the end",
        "minimum": "Added up to the minimum charge:",
        "percent": "Share of the amount:",
        "volume": "The period's usage at the price of its volume:",
        "bucket-connect": "Connection fee of the allowance",
    }
    return f"{words.get(fee['kind'], fee['kind'].capitalize())} {amount}, rule {fee['rule']}."


def _total_line(given: PlainPriced) -> str:
    exact, total = Fraction(given["exact"]), Money(given["total"], given["currency"])
    tax = "tax included" if given["tax_mode"] == "gross" else "before tax"
    if exact == total.micros:
        return f"Total {total} ({tax})."
    how = f"rounded {given['round_mode']} to {given['round_decimals']} decimals"
    return f"Total {_exact(exact, given['currency'])}, {how}: {total} ({tax})."


def _exact(micros: Fraction, currency: str) -> str:
    if micros.denominator == 1:
        return str(Money(micros.numerator, currency))
    major = micros / MICROS
    return f"{major.numerator}/{major.denominator} {currency}"


def _units(taken: Fraction, unit: Unit) -> str:
    if taken.denominator == 1:
        return Quantity(taken.numerator, unit).human()
    return f"{taken.numerator}/{taken.denominator} {unit}"
