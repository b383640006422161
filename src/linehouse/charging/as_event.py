"""A normalised record as the event that rating prices."""

from __future__ import annotations

from datetime import timedelta

from linehouse.charging.told import NOTHING, Told
from linehouse.charging.values import Line
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Imei
from linehouse.kernel.rounding import Rounding, round_to_int
from linehouse.rating.values import Direction, UsageEvent, UsageType
from linehouse.usage.values import NormalisedUsage


def event_of(record: NormalisedUsage, line: Line | None = None, told: Told = NOTHING) -> UsageEvent:
    """Word for word: the usage room speaks the same language. The line says in which segments its customer is, and in
    which currency an amount is meant: one in another currency is not told."""
    amount = amount_of(record)
    return UsageEvent(
        usage_type=UsageType(record.usage_type.value),
        direction=Direction(record.direction.value),
        started_at=record.started_at,
        quantity=record.quantity.amount,
        other_party=record.other_party,
        serving_plmn=record.serving.plmn,
        serving_country=record.serving.country or None,
        apn=record.apn or None,
        service_id=record.attributes.get("service"),
        on_net=told.on_net.get(record.id),
        other_network=told.ported.get(record.id),
        friend_lists=told.lists(record.id),
        closed_user_groups=told.groups(record.id),
        segments=line.segments if line is not None else frozenset(),
        correction=record.corrections,
        amount=amount.micros if amount is not None and line is not None and amount.currency == line.currency else None,
        ended_at=record.ended_at,
        utc_offset=None if record.utc_offset is None else timedelta(minutes=record.utc_offset),
    )


def amount_of(record: NormalisedUsage) -> Money | None:
    """What a percentage is taken of: what the record says was paid for; in roaming, else what the visited network asks,
    half-up to the micro-unit."""
    if record.amount is not None or record.wholesale is None or not record.visited:
        return record.amount
    return Money(round_to_int(record.wholesale.micros, Rounding.HALF_UP), record.wholesale.currency)


def device_of(record: NormalisedUsage) -> str:
    """The type allocation code of the device, where the source gives its IMEI; else nothing."""
    imei = record.attributes.get("imei", "")
    if not imei:
        return ""
    try:
        return Imei.parse(imei).tac
    except Invalid:
        return ""
