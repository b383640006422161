"""What may be corrected in a record that waits, and how each field is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.period import require_aware
from linehouse.kernel.quantity import Quantity
from linehouse.rating.values import Direction, UsageType
from linehouse.usage.errors import CorrectionInvalid
from linehouse.usage.values import NumberForm, RawUsage

FIELDS: Mapping[str, str] = {
    "usage_type": "voice, sms, mms, data or event",
    "direction": "out, in or forwarded",
    "started_at": "an instant with its offset, such as 2026-11-01T08:00:00+01:00",
    "quantity": "whole base units: ms, octets, messages or events",
    "imsi": "digits",
    "msisdn": "an international number",
    "party": "the other party's number",
    "party_form": "international, dialled or text",
    "plmn": "such as 204-04",
    "tadig": "five characters",
    "apn": "an access point name",
    "event_reference": "charging id or call reference",
    "ended_at": "an instant with its offset, such as 2026-11-01T09:00:00+01:00",
    "amount": "what was bought for, with its currency, such as 4.99 EUR",
}
"""Fields by name, with what each takes."""
_NEEDED = ("usage_type", "direction", "started_at", "quantity")


def corrected(before: RawUsage | None, changes: Mapping[str, str], position: int, reference: str) -> RawUsage:
    """The record with the changes. ``before`` is None for an unreadable record: then everything needed must be given.

    Raises CorrectionInvalid that names the field, its value and what it takes.
    """
    if not changes:
        raise CorrectionInvalid("nothing is corrected", field="changes", expected=" or ".join(FIELDS))
    values = {name: _value(name, written) for name, written in changes.items()}
    if before is None:
        for name in _NEEDED:
            if name not in values:
                raise CorrectionInvalid(f"{name} is needed", field=name, expected=FIELDS[name])
        usage_type, amount = values["usage_type"], values.pop("quantity")
        return RawUsage(position=position, reference=reference, quantity=Quantity(amount, usage_type.unit), **values)
    usage_type = values.get("usage_type", before.usage_type)
    amount = values.pop("quantity", before.quantity.amount)
    return replace(before, quantity=Quantity(amount, usage_type.unit), **values)


def _value(name: str, written: str) -> Any:
    if name not in FIELDS:
        raise CorrectionInvalid(
            f"a usage record has no field {name!r} to correct", field=name, value=written, expected=" or ".join(FIELDS)
        )
    try:
        return _READERS.get(name, str)(written.strip())
    except (ValueError, Invalid):
        raise CorrectionInvalid(f"{written!r} is no {name}", field=name, value=written, expected=FIELDS[name]) from None


def _plmn(written: str) -> str:
    return str(Plmn.parse(written))


def _digits(written: str) -> str:
    if not written.isdigit():
        raise ValueError(written)
    return written


def _instant(written: str) -> datetime:
    return require_aware(datetime.fromisoformat(written))


def _money(written: str) -> Money:
    amount, _, currency = written.rpartition(" ")
    return Money.of(amount, currency)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "usage_type": UsageType,
    "direction": Direction,
    "started_at": _instant,
    "quantity": int,
    "imsi": _digits,
    "party_form": NumberForm,
    "plmn": _plmn,
    "ended_at": _instant,
    "amount": _money,
}
