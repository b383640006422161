"""What is used, from Service-Information (TS 32.299 §7.2.192): the party, the direction, the place, the size. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from linehouse.edge.network.diameter.avp import Fields
from linehouse.edge.network.diameter.credit.identities import is_emergency, party_of, written_of
from linehouse.edge.network.diameter.credit.places import (
    offset_of,
    plmn_of,
    plmn_of_access,
    plmn_of_location,
    plmn_of_visited,
)
from linehouse.edge.network.diameter.credit.units import group, groups, number
from linehouse.kernel.numbering import Plmn
from linehouse.rating.service import country_of_mcc
from linehouse.rating.values import Direction, UsageEvent, UsageType

ORIGINATING, TERMINATING = 0, 1
_IMEISV = 0
_SWAPPED = 8
"""Octets of an IMEISV whose digits stand in pairs, each pair turned round."""
_SENT, _FETCHED = frozenset({1, 2, 10}), frozenset({3, 4, 5, 6})


@dataclass(frozen=True, slots=True)
class Used:
    """What a request tells of the usage, as it wrote it."""

    direction: Direction = Direction.OUT
    party: str = ""
    plmn: Plmn | None = None
    apn: str | None = None
    offset: timedelta | None = None

    @property
    def country(self) -> str:
        """Where the subscriber is; empty when that is not told."""
        return (country_of_mcc(self.plmn.mcc) or "") if self.plmn is not None else ""

    @property
    def is_emergency(self) -> bool:
        """Whether it is a call for help, which is never charged and never refused."""
        return self.direction is Direction.OUT and bool(self.party) and is_emergency(self.party, self.country)

    def event(
        self,
        usage: UsageType,
        at: datetime,
        *,
        home: Plmn | None,
        country: str,
        rating_group: int | None,
        service_id: str | None,
        amount: int | None = None,
    ) -> UsageEvent:
        """The event as tariffs price it. ``home`` and ``country`` are the subscriber's, where no place is told."""
        return UsageEvent(
            usage_type=usage,
            direction=self.direction,
            started_at=at,
            quantity=0,
            other_party=party_of(self.party, self.country or country) if self.party else "",
            serving_plmn=self.plmn or home,
            apn=self.apn,
            rating_group=rating_group,
            service_id=service_id,
            utc_offset=self.offset,
            amount=amount,
        )


def used_of(fields: Fields, msisdn: str) -> Used:
    """What a message tells. ``msisdn`` is whose it is, to know on which side of a message the subscriber stands."""
    information = group(fields, "Service-Information") or {}
    packet = group(information, "PS-Information")
    place, apn, offset = _of_packet(packet if packet is not None else {})
    ims = group(information, "IMS-Information")
    if ims is not None:
        direction, party = _of_call(ims, msisdn)
        return Used(direction, party, _place_of_call(ims) or place, apn, offset)
    sms = group(information, "SMS-Information")
    if sms is not None:
        direction, party = _of_message(sms, msisdn)
        return Used(direction, party, place, apn, offset)
    mms = group(information, "MMS-Information")
    if mms is not None:
        direction, party = _of_picture(mms, msisdn)
        return Used(direction, party, place, apn, offset)
    return Used(Direction.OUT, "", place, apn or (_text(fields, "Called-Station-Id") or None), offset)


def device_of(fields: Fields) -> str:
    """The type allocation code of the device, from its IMEISV in digits or in swapped ones; empty when not told."""
    information = group(fields, "Service-Information") or {}
    packet = group(information, "PS-Information") or {}
    equipment = group(fields, "User-Equipment-Info") or group(packet, "User-Equipment-Info")
    if equipment is None or number(equipment, "User-Equipment-Info-Type") != _IMEISV:
        return ""
    value = _octets(equipment, "User-Equipment-Info-Value")
    text = (
        value.decode("ascii", "replace") if len(value) > _SWAPPED else "".join(f"{o & 15:x}{o >> 4:x}" for o in value)
    )
    return text[:8] if len(text) >= 14 and text[:8].isdigit() else ""


def messages_of(fields: Fields) -> int:
    """How many messages an SMS request is about, where it does not ask for units."""
    sms = group(group(fields, "Service-Information") or {}, "SMS-Information")
    return max(1, (number(sms, "Number-Of-Messages-Sent") or 1) if sms is not None else 1)


def _of_packet(packet: Fields) -> tuple[Plmn | None, str | None, timedelta | None]:
    location = _octets(packet, "3GPP-User-Location-Info")
    plmn = plmn_of(_text(packet, "3GPP-SGSN-MCC-MNC")) or plmn_of_location(location)
    return plmn, _text(packet, "Called-Station-Id") or None, offset_of(_octets(packet, "3GPP-MS-TimeZone"))


def _of_call(ims: Fields, msisdn: str) -> tuple[Direction, str]:
    callers = [str(one) for one in ims.get("Calling-Party-Address", ())]
    called = _text(ims, "Called-Party-Address")
    if number(ims, "Role-Of-Node") == TERMINATING:
        # A tel address says more than a SIP address of the same caller.
        return Direction.IN, next((one for one in callers if one.lower().startswith("tel:")), "".join(callers[:1]))
    requested = [written_of(str(one)).removeprefix("+") for one in ims.get("Requested-Party-Address", ())]
    from_us = any(written_of(one).removeprefix("+") == msisdn for one in callers)
    forwarded = bool(msisdn) and msisdn in requested and not from_us
    return Direction.FORWARDED if forwarded else Direction.OUT, called


def _place_of_call(ims: Fields) -> Plmn | None:
    for one in ims.get("Access-Network-Information", ()):
        if isinstance(one, bytes) and (found := plmn_of_access(one)) is not None:
            return found
    return plmn_of_visited(_text(ims, "IMS-Visited-Network-Identifier"))


def _of_message(sms: Fields, msisdn: str) -> tuple[Direction, str]:
    receivers: list[str] = []
    for one in groups(sms, "Recipient-Info"):
        addresses = groups(one, "Recipient-Address") or groups(one, "Recipient-Received-Address")
        receivers += [_address(address) for address in addresses]
    sender = next(map(_address, groups(sms, "Originator-Received-Address")), "")
    if msisdn and msisdn in {one.removeprefix("+") for one in receivers} and sender.removeprefix("+") != msisdn:
        return Direction.IN, sender
    return Direction.OUT, next(iter(receivers), "")


def _of_picture(mms: Fields, msisdn: str) -> tuple[Direction, str]:
    sender = next(map(_address, groups(mms, "Originator-Address")), "")
    receivers = [_address(one) for one in groups(mms, "Recipient-Address")]
    kind = number(mms, "Message-Type")
    fetched = kind in _FETCHED or (
        kind not in _SENT and bool(msisdn) and msisdn in {one.removeprefix("+") for one in receivers}
    )
    return (Direction.IN, sender) if fetched else (Direction.OUT, next(iter(receivers), ""))


def _address(fields: Fields) -> str:
    """MSISDNs are written with or without a plus; both are international."""
    data = _text(fields, "Address-Data").partition("/TYPE=")[0]
    kind = number(fields, "Address-Type")
    if kind == 1 and data.isdigit() and not data.startswith("0"):
        return f"+{data}"
    return data


def _text(fields: Fields, name: str) -> str:
    found = fields.get(name)
    return str(found[0]) if found else ""


def _octets(fields: Fields, name: str) -> bytes:
    found = fields.get(name)
    return found[0] if found and isinstance(found[0], bytes) else b""
