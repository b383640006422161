"""A normalised record as the event that rating prices."""

from __future__ import annotations

from datetime import timedelta

from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Imei, Plmn
from linehouse.rating.values import Direction, UsageEvent, UsageType
from linehouse.usage.values import NormalisedUsage


def event_of(record: NormalisedUsage, on_net: bool | None = None, other_network: Plmn | None = None) -> UsageEvent:
    """Word for word: the usage room speaks the same language."""
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
        on_net=on_net,
        other_network=other_network,
        correction=record.corrections,
        utc_offset=None if record.utc_offset is None else timedelta(minutes=record.utc_offset),
    )


def device_of(record: NormalisedUsage) -> str:
    """The type allocation code of the device, where the source gives its IMEI; else nothing."""
    try:
        return Imei.parse(record.attributes.get("imei", "")).tac
    except Invalid:
        return ""
