"""Under which invoice line a priced event is summed."""

from __future__ import annotations

from collections.abc import Mapping

from linehouse.rating.values import PaidBy, Priced, Tariff, UsageType

INCLUDED = "included"
_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    UsageType.VOICE: {"en": "Calls"},
    UsageType.SMS: {"en": "Messages"},
    UsageType.MMS: {"en": "Picture messages"},
    UsageType.DATA: {"en": "Data"},
    UsageType.EVENT: {"en": "Services"},
    INCLUDED: {"en": "Usage within the allowance"},
}


def line_of(tariff: Tariff, usage_type: UsageType, priced: Priced) -> tuple[str, Mapping[str, str]]:
    """The line's key and its text by language.

    What buckets cover entirely is ``included``; else the line of the rule that took the first money, or else of the
    first rule. A rule that names no line is summed by its usage type.
    """
    if any(part.paid_by is PaidBy.BUCKET for part in priced.parts) and not priced.total:
        return INCLUDED, _text(tariff, INCLUDED)
    parts = [part for part in priced.parts if part.paid_by is PaidBy.MONEY] or list(priced.parts)
    if parts:
        owner: Tariff | None = tariff
        while owner is not None and owner.label != parts[0].tariff:
            owner = owner.fallback
        rule = next((rule for rule in owner.rules if rule.key == parts[0].rule), None) if owner is not None else None
        if owner is not None and rule is not None and rule.line:
            return rule.line, owner.lines[rule.line]
    return usage_type.value, _text(tariff, usage_type.value)


def _text(tariff: Tariff, key: str) -> Mapping[str, str]:
    asked: Tariff | None = tariff
    while asked is not None:
        if key in asked.lines:
            return asked.lines[key]
        asked = asked.fallback
    return _DEFAULTS[key]
