"""Units of service (RFC 8506 §8.16, §8.18, §8.19): what a client asks for and reports, and grants in the same kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from linehouse.edge.network.diameter.avp import Fields
from linehouse.kernel.money import MICROS
from linehouse.rating.session.requests import Report, Side
from linehouse.rating.values import UsageType

SECOND = 1_000
"""Milliseconds."""
_MOST_U32 = 0xFFFF_FFFF


class UnitKind(StrEnum):
    """A kind of units, by the AVP that holds it."""

    TOTAL = "CC-Total-Octets"
    INPUT = "CC-Input-Octets"
    OUTPUT = "CC-Output-Octets"
    TIME = "CC-Time"
    UNITS = "CC-Service-Specific-Units"
    MONEY = "CC-Money"


THRESHOLD: Mapping[UnitKind, str] = {
    UnitKind.TOTAL: "Volume-Quota-Threshold",
    UnitKind.INPUT: "Volume-Quota-Threshold",
    UnitKind.OUTPUT: "Volume-Quota-Threshold",
    UnitKind.TIME: "Time-Quota-Threshold",
    UnitKind.UNITS: "Unit-Quota-Threshold",
}
NATURAL: Mapping[UsageType, UnitKind] = {
    UsageType.DATA: UnitKind.TOTAL,
    UsageType.VOICE: UnitKind.TIME,
    UsageType.SMS: UnitKind.UNITS,
    UsageType.MMS: UnitKind.UNITS,
    UsageType.EVENT: UnitKind.UNITS,
}
_NAMES = frozenset(kind.value for kind in UnitKind)
_SIDES = {0: Side.BEFORE, 1: Side.AFTER, 2: Side.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a kind of units and how many (None: the server decides), or a price (``micros``)."""

    kind: UnitKind
    amount: int | None = None
    micros: int | None = None
    currency: int | None = None


def number(fields: Fields, name: str) -> int | None:
    """The first value of a numeric AVP."""
    found = fields.get(name)
    return found[0] if found and isinstance(found[0], int) else None


def group(fields: Fields, name: str) -> Fields | None:
    """The first value of a group."""
    found = fields.get(name)
    return found[0] if found and isinstance(found[0], dict) else None


def groups(fields: Fields, name: str) -> list[Fields]:
    """All values of a group."""
    return [one for one in fields.get(name, ()) if isinstance(one, dict)]


def wanted_of(asked: Fields, usage: UsageType) -> Wanted | None:
    """What a Requested-Service-Unit asks for; None when none of its units can be counted for this usage."""
    natural = NATURAL[usage]
    if _NAMES.isdisjoint(asked):
        return Wanted(natural)
    if natural is UnitKind.TOTAL:
        total, coming, going = (number(asked, kind) for kind in (UnitKind.TOTAL, UnitKind.INPUT, UnitKind.OUTPUT))
        if total is not None or (coming is not None and going is not None):
            return Wanted(UnitKind.TOTAL, total if total is not None else (coming or 0) + (going or 0))
        if coming is not None:
            return Wanted(UnitKind.INPUT, coming)
        return Wanted(UnitKind.OUTPUT, going) if going is not None else None
    if (found := number(asked, natural)) is not None:
        return Wanted(natural, found * SECOND if natural is UnitKind.TIME else found)
    money = group(asked, UnitKind.MONEY)
    if money is not None and usage is UsageType.EVENT:
        return Wanted(UnitKind.MONEY, 1, micros_of(money), number(money, "Currency-Code"))
    return None


def used_of(used: Fields, usage: UsageType, side: int | None) -> Report | None:
    """One report in base units; None when it reports none of this usage's units.

    The total of octets stands first, else it is what came in and what went out. Time is never counted for volume.
    """
    told = number(used, "Tariff-Change-Usage")
    meant = _SIDES.get(told if told is not None else side if side is not None else -1)
    natural = NATURAL[usage]
    if natural is UnitKind.TOTAL:
        amount = number(used, UnitKind.TOTAL)
        if amount is None:
            parts = [number(used, kind) for kind in (UnitKind.INPUT, UnitKind.OUTPUT)]
            if parts == [None, None]:
                return None
            amount = sum(one or 0 for one in parts)
        return Report(amount, meant)
    amount = number(used, natural)
    if amount is None:
        money = group(used, UnitKind.MONEY)
        return Report(1, meant) if money is not None and usage is UsageType.EVENT else None
    return Report(amount * SECOND if natural is UnitKind.TIME else amount, meant)


def micros_of(money: Fields) -> int | None:
    """Micro-units of CC-Money; None when it is finer than those, or beyond any amount."""
    value = group(money, "Unit-Value")
    digits = number(value, "Value-Digits") if value is not None else None
    exponent = (number(value, "Exponent") or 0) if value is not None else 0
    if digits is None or not -18 <= exponent <= 12:
        return None
    micros, rest = divmod(digits * MICROS * 10 ** max(exponent, 0), 10 ** max(-exponent, 0))
    return None if rest else micros


def value_of(micros: int) -> Fields:
    """Unit-Value of an amount in micro-units, in the fewest digits."""
    digits, exponent = micros, -6
    while exponent < 0 and digits % 10 == 0:
        digits, exponent = digits // 10, exponent + 1
    found: Fields = {"Value-Digits": [digits]}
    if exponent:
        found["Exponent"] = [exponent]
    return found


def granted(wanted: Wanted, amount: int) -> Fields:
    """What a Granted-Service-Unit holds for an amount in base units, in the kind that was asked for."""
    if wanted.kind is UnitKind.MONEY:
        money: Fields = {"Unit-Value": [value_of((wanted.micros or 0) if amount else 0)]}
        if wanted.currency is not None:
            money["Currency-Code"] = [wanted.currency]
        return {wanted.kind.value: [money]}
    return {wanted.kind.value: [told(wanted.kind, amount)]}


def told(kind: UnitKind, amount: int) -> int:
    """An amount in base units as the kind counts it; what lies beyond a whole second is not granted."""
    return min(amount // SECOND, _MOST_U32) if kind is UnitKind.TIME else amount
