"""What a TAP event costs, and whether a file's totals agree with its events (GSMA TD.57, Audit Control Information)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from linehouse.edge.network.tap3.codec import Group, TapEvent, TapFile
from linehouse.kernel.outcome import Problem

_TOTAL_CHARGE_TYPE = b"00"
_REFUND = 1
_TAXES = ("taxInformation", "taxInformationList")


@dataclass(frozen=True, slots=True)
class Sums:
    """Whole numbers of 10^-tapDecimalPlaces of the TAP currency."""

    charge: int = 0
    tax: int = 0
    charge_refund: int = 0
    tax_refund: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.charge + other.charge,
            self.tax + other.tax,
            self.charge_refund + other.charge_refund,
            self.tax_refund + other.tax_refund,
        )


def event_sums(event: TapEvent) -> Sums:
    """Charges of type 00, CAMEL fees and taxes of one event, content refunds apart; nothing when unreadable."""
    if event.body is None:
        return Sums()
    found = _Found()
    if event.kind == "messagingEvent":
        found.charge = event.body.get("charge", 0)
    _walk(event.body, found)
    return Sums(found.charge, found.tax, found.charge_refund, found.tax_refund)


@dataclass(slots=True)
class _Found:
    """Sums under way: one object per event, since a batch has millions of elements."""

    charge: int = 0
    tax: int = 0
    charge_refund: int = 0
    tax_refund: int = 0


def _walk(value: Any, found: _Found) -> None:
    if isinstance(value, dict):
        if value.get("chargeRefundIndicator") == _REFUND:
            refund = _Found()
            _walk({name: inner for name, inner in value.items() if name != "chargeRefundIndicator"}, refund)
            found.charge_refund += refund.charge
            found.tax_refund += refund.tax
            return
        for name, inner in value.items():
            if name == "chargeDetailList":
                found.charge += _charge(inner)
            elif name in _TAXES:
                found.tax += _tax(inner)
            elif name == "camelInvocationFee":
                found.charge += inner
            elif isinstance(inner, dict | list | tuple):
                _walk(inner, found)
    elif isinstance(value, list):
        for item in value:
            _walk(item, found)
    elif isinstance(value, tuple):
        _walk(value[1], found)


def _charge(details: Iterable[Group]) -> int:
    return sum(detail.get("charge", 0) for detail in details if detail.get("chargeType") == _TOTAL_CHARGE_TYPE)


def _tax(taxes: Iterable[Group]) -> int:
    return sum(tax.get("taxValue", tax.get("oldTaxValue", 0)) for tax in taxes)


def file_sums(file: TapFile) -> Sums:
    """The sum over all events that could be read."""
    total = Sums()
    for event in file.events:
        total += event_sums(event)
    return total


@dataclass(frozen=True, slots=True)
class Declared:
    """What the audit group says; None where it says nothing."""

    events: int | None
    charge: int | None
    charge_refund: int | None
    tax: int | None
    tax_refund: int | None


def declared(file: TapFile) -> Declared:
    """The totals of Audit Control Information; up to release 3.10 they are listed by charge type."""
    audit = file.group("auditControlInfo")
    charge, refund = audit.get("totalCharge"), audit.get("totalChargeRefund")
    for value in audit.get("oldTotalCharges", ()):
        if value.get("chargeType") == _TOTAL_CHARGE_TYPE:
            charge, refund = value.get("totalCharge"), value.get("totalChargeRefund")
    return Declared(
        audit.get("callEventDetailsCount"), charge, refund, audit.get("totalTaxValue"), audit.get("totalTaxRefund")
    )


def disagreements(file: TapFile) -> tuple[Problem, ...]:
    """Each total that does not agree with the events. Sums are not judged while an event could not be read."""
    said, found = declared(file), file_sums(file)
    problems = []
    if said.events != len(file.events):
        problems.append(_problem("callEventDetailsCount", said.events, len(file.events)))
    if any(event.body is None for event in file.events):
        return tuple(problems)
    for name, stated, summed in (
        ("totalCharge", said.charge, found.charge),
        ("totalTaxValue", said.tax, found.tax),
        ("totalChargeRefund", said.charge_refund or 0, found.charge_refund),
        ("totalTaxRefund", said.tax_refund or 0, found.tax_refund),
    ):
        if (stated or 0) != summed:
            problems.append(_problem(name, stated, summed))
    return tuple(problems)


def _problem(field: str, stated: int | None, found: int) -> Problem:
    says = "is missing" if stated is None else f"says {stated}"
    return Problem("wrong_totals", f"{field} {says}, the events give {found}", field, str(stated), str(found))
