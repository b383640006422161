"""The reason for every figure: as data that is kept with the charge, and as sentences in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NotRequired, TypedDict

from linehouse.kernel.money import MICROS, Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.kernel.rounding import Rounding
from linehouse.kernel.sentence import Sentence, Value, sentence
from linehouse.rating.kept_detail import said_again
from linehouse.rating.values import Consumption, PaidBy, Part, Priced, Verdict

NOBODY_PAYS = {
    PaidBy.FREE_UNITS: sentence("free units of the price"),
    PaidBy.FREE_RULE: sentence("free"),
    PaidBy.MAXIMUM: sentence("free: the maximum for one event is reached"),
    PaidBy.BLOCKED: sentence("not allowed by the tariff"),
    PaidBy.EMPTY: sentence("not covered: the allowance is used up and money is not asked"),
    PaidBy.THROTTLED: sentence("slower, without money: the allowance is used up"),
    PaidBy.REDIRECTED: sentence("not covered: the allowance is used up, more can be bought"),
}
_VERDICTS = {
    Verdict.PRICED: sentence("Priced"),
    Verdict.FREE: sentence("Free"),
    Verdict.BLOCKED: sentence("Blocked"),
    Verdict.THROTTLED: sentence("Throttled"),
    Verdict.UNRATED: sentence("Unrated"),
}
_NOTHING = Sentence("")


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


def explain(decided: Priced | Consumption) -> list[Sentence]:
    """Where it was, which clause and bucket took which part, how it was rounded: sentences, English as text."""
    if isinstance(decided, Priced):
        return explain_plain(plain(decided))
    priced = decided.priced
    takes = explain_takes(
        decided.unit_takes, decided.money_takes, decided.uncollected, priced.unit, priced.total.currency
    )
    return [*explain_plain(plain(priced)), *takes]


def explain_takes(
    unit_takes: Mapping[str, int], money_takes: Mapping[str, int], uncollected: int, unit: Unit, currency: str
) -> list[Sentence]:
    """Sentences about what came out of which bucket, and what nobody paid."""
    lines = [
        sentence("Taken from %(bucket)s: %(quantity)s.", bucket=ref, quantity=Quantity(units, unit))
        for ref, units in unit_takes.items()
    ]
    lines += [
        sentence("Paid from %(bucket)s: %(amount)s.", bucket=ref, amount=Money(micros, currency))
        for ref, micros in money_takes.items()
    ]
    if uncollected and (unit_takes or money_takes):
        lines.append(sentence("Nobody could pay %(amount)s: uncollected usage.", amount=Money(uncollected, currency)))
    return lines


def explain_plain(given: PlainPriced) -> list[Sentence]:
    """The sentences for a priced event that was kept as JSON."""
    unit, currency = Unit(given["unit"]), given["currency"]
    used = sentence(
        "%(quantity)s by tariff %(tariff)s.", quantity=Quantity(given["quantity"], unit), tariff=given["tariff"]
    )
    lines = [used, _zones(given)]
    if given["reason"] or given["detail"]:
        verdict, why = _VERDICTS[Verdict(given["verdict"])], said_again(given["detail"] or given["reason"])
        lines.append(sentence("%(verdict)s: %(why)s.", verdict=verdict, why=why))
    lines.extend(_part_line(part, unit, currency, given["tariff"]) for part in given["parts"])
    lines.extend(_fee_line(fee, currency) for fee in given["fees"])
    if given["parts"] or given["fees"]:
        lines.append(_total_line(given))
    return lines


def _zones(given: PlainPriced) -> Sentence:
    by_network = sentence(" (%(found_by)s)", found_by=given["network_by"]) if given["network_by"] else _NOTHING
    if given["unit"] == Unit.OCTET:
        return sentence("Network zone %(network)s%(by)s.", network=given["network_zone"], by=by_network)
    by_number = _NOTHING
    if network := given.get("number_network"):
        by_number = sentence(" (ported to %(network)s)", network=network)
    elif given["number_prefix"]:
        by_number = sentence(" (prefix %(prefix)s)", prefix=given["number_prefix"])
    return sentence(
        "Number zone %(number)s%(number_by)s, network zone %(network)s%(network_by)s.",
        number=given["number_zone"],
        number_by=by_number,
        network=given["network_zone"],
        network_by=by_network,
    )


def _part_line(part: PlainPart, unit: Unit, currency: str, asked: str) -> Sentence:
    owner = _NOTHING if part["tariff"] == asked else sentence(" of %(tariff)s", tariff=part["tariff"])
    clause = sentence(
        "rule %(rule)s%(owner)s (%(name)s)%(band)s%(step)s",
        rule=part["rule"],
        owner=owner,
        name=part["rule_name"],
        band=sentence(", time band %(band)s", band=part["band"]) if part.get("band") else _NOTHING,
        step=_step(part, unit),
    )
    span: dict[str, Value] = {"start": Quantity(part["start"], unit), "end": Quantity(part["end"], unit)}
    payer = PaidBy(part["paid_by"])
    if payer in NOBODY_PAYS:
        return sentence("%(start)s – %(end)s: %(payer)s, %(clause)s.", **span, payer=NOBODY_PAYS[payer], clause=clause)
    what: dict[str, Value] = {**span, "blocks": part["blocks"], "block": Quantity(part["block"], unit)}
    price: dict[str, Value] = {
        "price": Money(part["price"], currency),
        "unit": Quantity(part["unit"], unit),
        "amount": _exact(Fraction(part["amount"]), currency),
    }
    if payer is PaidBy.BUCKET:
        own = _NOTHING
        if Fraction(part["amount"]):
            own = sentence(" and %(price)s per %(unit)s = %(amount)s, the allowance's own price", **price)
        return sentence(
            "%(start)s – %(end)s: %(blocks)s × %(block)s from %(bucket)s, %(taken)s taken%(own)s, %(clause)s.",
            **what,
            bucket=part["bucket_name"] or part["bucket"],
            taken=_units(Fraction(part["taken"]), unit),
            own=own,
            clause=clause,
        )
    flat = sentence(" and %(flat)s for the step", flat=Money(part["flat"], currency)) if part["flat"] else _NOTHING
    return sentence(
        "%(start)s – %(end)s: %(blocks)s × %(block)s at %(price)s per %(unit)s%(flat)s = %(amount)s, %(clause)s.",
        **what,
        **price,
        flat=flat,
        clause=clause,
    )


def _step(part: PlainPart, unit: Unit) -> Sentence:
    """In which step of the period's usage the part lies, when some was used before."""
    position = part.get("position", part["start"])
    if position <= part["start"]:
        return _NOTHING
    return sentence(
        ", step %(step)s with %(quantity)s of the period used before",
        step=part["step"] + 1,
        quantity=Quantity(position, unit),
    )


def _fee_line(fee: PlainFee, currency: str) -> Sentence:
    named: dict[str, Value] = {"amount": _exact(Fraction(fee["amount"]), currency), "rule": fee["rule"]}
    match fee["kind"]:
        case "connect":
            return sentence("Connection fee %(amount)s, rule %(rule)s.", **named)
        case "finish":
            return sentence("Fee at the end %(amount)s, rule %(rule)s.", **named)
        case "minimum":
            return sentence("Added up to the minimum charge: %(amount)s, rule %(rule)s.", **named)
        case "percent":
            return sentence("Share of the amount: %(amount)s, rule %(rule)s.", **named)
        case "volume":
            return sentence("The period's usage at the price of its volume: %(amount)s, rule %(rule)s.", **named)
        case "bucket-connect":
            return sentence("Connection fee of the allowance %(amount)s, rule %(rule)s.", **named)
        case other:
            return sentence("%(kind)s %(amount)s, rule %(rule)s.", kind=other.capitalize(), **named)


def _total_line(given: PlainPriced) -> Sentence:
    exact, total = Fraction(given["exact"]), Money(given["total"], given["currency"])
    tax = sentence("tax included") if given["tax_mode"] == "gross" else sentence("before tax")
    if exact == total.micros:
        return sentence("Total %(total)s (%(tax)s).", total=total, tax=tax)
    return sentence(
        "Total %(exact)s, %(rounded)s: %(total)s (%(tax)s).",
        exact=_exact(exact, given["currency"]),
        rounded=_rounded(Rounding(given["round_mode"]), given["round_decimals"]),
        total=total,
        tax=tax,
    )


def _rounded(mode: Rounding, decimals: int) -> Sentence:
    match mode:
        case Rounding.UP:
            return sentence("rounded up to %(decimals)s decimals", decimals=decimals)
        case Rounding.DOWN:
            return sentence("rounded down to %(decimals)s decimals", decimals=decimals)
        case Rounding.HALF_UP:
            return sentence("rounded half-up to %(decimals)s decimals", decimals=decimals)
        case Rounding.HALF_EVEN:
            return sentence("rounded half-even to %(decimals)s decimals", decimals=decimals)


def _exact(micros: Fraction, currency: str) -> str | Money:
    if micros.denominator == 1:
        return Money(micros.numerator, currency)
    major = micros / MICROS
    return f"{major.numerator}/{major.denominator} {currency}"


def _units(taken: Fraction, unit: Unit) -> str | Quantity:
    if taken.denominator == 1:
        return Quantity(taken.numerator, unit)
    return f"{taken.numerator}/{taken.denominator} {unit}"
