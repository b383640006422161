"""One TAP event as one usage record (GSMA TD.57, call event details)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from linehouse.edge.network.tap3.codec import Group, TapEvent
from linehouse.edge.network.tap3.totals import event_sums
from linehouse.edge.network.tap3.words import digits, local_instant, text
from linehouse.kernel.quantity import Quantity
from linehouse.rating.values import Direction, UsageType
from linehouse.usage.errors import Suspension
from linehouse.usage.values import NumberForm, RawUsage, UnreadableRecord, WholesaleCharge

# Teleservices by 3GPP TS 22.003: 21 short message MT, 22 short message MO, 23 cell broadcast.
_SMS_SERVICES = ("20", "21", "22")
# Call forwarding by 3GPP TS 22.030 annex and TS 29.002: all, unconditional, conditional, busy, no reply, not reachable.
_FORWARDING = ("20", "21", "28", "29", "2A", "2B")
_TERMINATING = 1
_USER_PART = re.compile(r"^(?:sips?|tel):\+?(\d+)", re.IGNORECASE)
_TELEPHONE_SIGNS = str.maketrans({"a": "*", "b": "#"})


@dataclass(frozen=True, slots=True)
class Context:
    """What the file's groups say for all its events: who sends, the money, the codes of offsets and entities."""

    sender: str
    currency: str
    decimals: int
    offsets: Mapping[int, int]
    entities: Mapping[int, str]
    messaging: Mapping[int, str]

    def instant(self, stamp: Group | None) -> tuple[datetime | None, int | None]:
        """A coded local time as UTC, and its offset in minutes; None for what is missing or no time."""
        if not stamp:
            return None, None
        offset = self.offsets.get(stamp.get("utcTimeOffsetCode", -1))
        return local_instant(text(stamp.get("localTimeStamp")), offset), offset


@dataclass(frozen=True, slots=True)
class _Reading:
    usage_type: UsageType
    direction: Direction
    amount: int
    subscriber: tuple[str, str]
    stamp: Group | None
    party: str = ""
    form: NumberForm = NumberForm.INTERNATIONAL
    dialled: str = ""
    apn: str = ""
    event_reference: str = ""
    cause: int | None = None
    location: Group | None = None
    attributes: Mapping[str, str] | None = None
    seconds: int | None = None
    """How long a data session was open."""


def record_of(event: TapEvent, context: Context) -> RawUsage | UnreadableRecord:
    """The event as usage; as an unreadable record, with its octets, when it is damaged or of a kind we do not price."""
    sums = event_sums(event)
    charge = WholesaleCharge(sums.charge - sums.charge_refund, context.decimals, context.currency)
    tax = WholesaleCharge(sums.tax - sums.tax_refund, context.decimals, context.currency)
    reference = f"offset {event.offset}, {event.size} octets"
    reading = _READERS[event.kind](event.body, context) if event.body is not None and event.kind in _READERS else None
    if reading is None:
        readable = event.body is not None
        return UnreadableRecord(
            event.position,
            reference,
            Suspension.UNSUPPORTED_EVENT if readable else Suspension.UNREADABLE,
            f"{event.kind or 'event'} is not priced by records" if readable else event.problem,
            event.octets.hex(),
            charge if readable else None,
            tax if readable else None,
        )
    started, offset = context.instant(reading.stamp)
    imsi, msisdn = reading.subscriber
    location = reading.location or {}
    geography = location.get("geographicalLocation", location)
    return RawUsage(
        position=event.position,
        reference=reference,
        usage_type=reading.usage_type,
        direction=reading.direction,
        quantity=Quantity(reading.amount, reading.usage_type.unit),
        started_at=started,
        utc_offset=offset,
        imsi=imsi,
        msisdn=msisdn,
        party=reading.party,
        party_form=reading.form,
        dialled=reading.dialled,
        tadig=text(geography.get("servingNetwork")) or context.sender,
        apn=reading.apn,
        event_reference=reading.event_reference,
        cause="" if reading.cause is None else str(reading.cause),
        wholesale=charge,
        wholesale_tax=tax,
        attributes={
            name: value
            for name, value in {
                "tap-event": event.kind,
                **_place(location, context),
                **(reading.attributes or {}),
            }.items()
            if value
        },
        ended_at=None if started is None or reading.seconds is None else started + timedelta(seconds=reading.seconds),
    )


def _place(location: Group, context: Context) -> dict[str, str]:
    network = location.get("networkLocation") or location.get("gprsNetworkLocation") or location
    codes = [*network.get("recEntity", ()), *network.get("recEntityCodeList", ())]
    if "recEntityCode" in network:
        codes.append(network["recEntityCode"])
    return {
        "entity": ", ".join(context.entities.get(code, str(code)) for code in codes),
        "location-area": str(network.get("locationArea", "")),
        "cell": str(network.get("cellId", "")),
    }


def _subscriber(group: Group) -> tuple[str, str]:
    """IMSI and MSISDN; MIN and MDN where an ANSI network says those."""
    choice = group.get("chargeableSubscriber")
    inner: Group = choice[1] if choice and choice[1] else {}
    inner = inner or group.get("oldSim") or group.get("oldGsm") or group.get("oldMin") or {}
    return digits(inner.get("imsi")) or text(inner.get("min")), digits(inner.get("msisdn")) or text(inner.get("mdn"))


def _number(octets: bytes | None) -> str:
    return digits(octets).translate(_TELEPHONE_SIGNS)


def _service(body: Group) -> str:
    used = body.get("basicServiceUsedList") or [{}]
    service = used[0].get("basicService", {})
    choice = service.get("serviceCode")
    return text(choice[1] if choice and choice[1] else service.get("oldTeleServiceCode"))


def _call_reference(body: Group) -> str:
    place = body.get("locationInformation", {}).get("networkLocation", {})
    return bytes(place.get("callReference", b"")).hex()


def _charging(body: Group) -> dict[str, str]:
    """Facts about the charge for people: the first charge's item, call type and exchange rate code."""
    used = (body.get("basicServiceUsedList") or [{}])[0]
    charges = used.get("chargeInformationList") or body.get("gprsServiceUsed", {}).get("chargeInformationList") or [{}]
    first = charges[0]
    kind = first.get("callTypeGroup", {})
    levels = [str(kind[f"callTypeLevel{level}"]) for level in (1, 2, 3) if f"callTypeLevel{level}" in kind]
    return {"charged-item": text(first.get("chargedItem")), "call-type": ".".join(levels)}


def _originated(body: Group, _context: Context) -> _Reading:
    basic = body.get("basicCallInformation", {})
    service = _service(body)
    suppl = text(body.get("supplServiceCode")) or _old_forwarding(body)
    third = body.get("thirdPartyInformation", {})
    is_sms = service in _SMS_SERVICES
    destination = basic.get("destination", {})
    party, form = _called(destination, is_sms=is_sms)
    return _Reading(
        UsageType.SMS if is_sms else UsageType.VOICE,
        Direction.FORWARDED if third or suppl in _FORWARDING else Direction.OUT,
        1 if is_sms else basic.get("totalCallEventDuration", 0) * 1000,
        _subscriber(basic),
        basic.get("callEventStartTimeStamp"),
        party,
        form,
        text(destination.get("dialledDigits")),
        event_reference=_call_reference(body),
        cause=basic.get("causeForTerm"),
        location=body.get("locationInformation"),
        attributes={
            "service": service,
            "supplementary-service": suppl,
            "third-party": _number(third.get("thirdPartyNumber") or third.get("oldThirdPartyNumber")),
            **_charging(body),
        },
    )


def _old_forwarding(body: Group) -> str:
    codes = [text(used.get("supplServiceCode")) for used in body.get("oldSupplServiceUsedList", ())]
    return next((code for code in codes if code in _FORWARDING), "")


def _called(destination: Group, *, is_sms: bool) -> tuple[str, NumberForm]:
    # The called number of a short message may be its service centre, so the recipient is looked for first.
    if is_sms and (recipient := text(destination.get("sMSDestinationNumber"))):
        return recipient, NumberForm.INTERNATIONAL
    called = _number(destination.get("calledNumber") or destination.get("oldCalledNumber"))
    if called:
        return called, NumberForm.INTERNATIONAL
    return text(destination.get("dialledDigits")), NumberForm.DIALLED


def _terminated(body: Group, _context: Context) -> _Reading:
    basic = body.get("basicCallInformation", {})
    service = _service(body)
    is_sms = service in _SMS_SERVICES
    originator = basic.get("callOriginator", {})
    party, form = (
        _number(originator.get("callingNumber") or originator.get("oldCallingNumber")),
        NumberForm.INTERNATIONAL,
    )
    if is_sms and (sender := text(originator.get("sMSOriginator"))):
        party, form = sender, NumberForm.INTERNATIONAL if sender.lstrip("+").isdigit() else NumberForm.TEXT
    return _Reading(
        UsageType.SMS if is_sms else UsageType.VOICE,
        Direction.IN,
        1 if is_sms else basic.get("totalCallEventDuration", 0) * 1000,
        _subscriber(basic),
        basic.get("callEventStartTimeStamp"),
        party,
        form,
        event_reference=_call_reference(body),
        cause=basic.get("causeForTerm"),
        location=body.get("locationInformation"),
        attributes={"service": service, **_charging(body)},
    )


def _gprs(body: Group, _context: Context) -> _Reading:
    basic = body.get("gprsBasicCallInformation", {})
    used = body.get("gprsServiceUsed", {})
    parts = used.get("oldUsageList") or [used]
    incoming = sum(part.get("dataVolumeIncoming", 0) for part in parts)
    outgoing = sum(part.get("dataVolumeOutgoing", 0) for part in parts)
    destination = basic.get("gprsDestination", {})
    charging_id = basic.get("chargingId")
    return _Reading(
        UsageType.DATA,
        Direction.OUT,
        incoming + outgoing,
        _subscriber(basic.get("gprsChargeableSubscriber", {})),
        basic.get("callEventStartTimeStamp"),
        apn=text(destination.get("accessPointNameNI")).lower(),
        event_reference="" if charging_id is None else str(charging_id),
        cause=basic.get("causeForTerm"),
        location=body.get("gprsLocationInformation"),
        attributes={
            "octets-in": str(incoming),
            "octets-out": str(outgoing),
            "seconds": str(basic.get("totalCallEventDuration", "")),
            "partial": text(basic.get("partialTypeIndicator")),
            **_charging(body),
        },
        seconds=basic.get("totalCallEventDuration"),
    )


def _supplementary(body: Group, _context: Context) -> _Reading:
    used = body.get("supplServiceUsed", {})
    return _Reading(
        UsageType.EVENT,
        Direction.OUT,
        1,
        _subscriber(body),
        used.get("chargingTimeStamp"),
        event_reference=_call_reference(body),
        location=body.get("locationInformation"),
        attributes={
            "supplementary-service": text(used.get("supplServiceCode")),
            "action": str(used.get("supplServiceActionCode", "")),
            "parameters": text(used.get("ssParameters")),
        },
    )


def _service_centre(body: Group, _context: Context) -> _Reading:
    basic = body.get("basicInformation", {})
    stamps = body.get("scuTimeStamps", {})
    old_party = basic.get("oldNonChargedParty", {})
    return _Reading(
        UsageType.SMS,
        Direction.IN if basic.get("chargedPartyStatus") == _TERMINATING else Direction.OUT,
        1,
        _subscriber(basic),
        stamps.get("depositTimeStamp") or stamps.get("completionTimeStamp"),
        text(basic.get("nonChargedNumber")) or _number(old_party.get("nonChargedNumber")),
        location=body,
    )


def _messaging(body: Group, context: Context) -> _Reading | None:
    words = context.messaging.get(body.get("messagingEventService", -1), "").split()
    if len(words) != 2:
        return None
    party, form = _peer(body.get("nonChargedParty", {}), "nonChargedPartyNumber", "nonChargedPublicUserId")
    return _Reading(
        UsageType(words[0]),
        Direction(words[1]),
        1,
        _charged_party(body),
        body.get("serviceStartTimestamp"),
        party,
        form,
        event_reference=text(body.get("eventReference")),
        location=body,
        attributes={"service": str(body.get("messagingEventService", ""))},
    )


def _session(body: Group, _context: Context) -> _Reading:
    # Only a session that the subscriber began has a requested destination.
    wanted = body.get("requestedDestination")
    party, form = _peer(body.get("nonChargedParty", {}), "nonChargedPartyNumber", "nonChargedPublicUserId")
    if not party and wanted:
        party, form = _peer(wanted, "requestedNumber", "requestedPublicUserId")
    return _Reading(
        UsageType.VOICE,
        Direction.OUT if wanted else Direction.IN,
        body.get("totalCallEventDuration", 0) * 1000,
        _charged_party(body),
        body.get("serviceStartTimestamp"),
        party,
        form,
        event_reference=text(body.get("eventReference")),
        cause=body.get("causeForTerm"),
        location=body,
        attributes={"service": str(body.get("mobileSessionService", ""))},
    )


def _charged_party(body: Group) -> tuple[str, str]:
    party = body.get("chargedParty", {})
    return digits(party.get("imsi")), digits(party.get("msisdn"))


def _peer(group: Group, number: str, user: str) -> tuple[str, NumberForm]:
    if found := _number(group.get(number)):
        return found, NumberForm.INTERNATIONAL
    address = text(group.get(user))
    if match := _USER_PART.match(address):
        return match.group(1), NumberForm.INTERNATIONAL
    return address, NumberForm.TEXT


_READERS: Mapping[str, Callable[[Group, Context], _Reading | None]] = {
    "mobileOriginatedCall": _originated,
    "mobileTerminatedCall": _terminated,
    "gprsCall": _gprs,
    "supplServiceEvent": _supplementary,
    "serviceCentreUsage": _service_centre,
    "messagingEvent": _messaging,
    "mobileSession": _session,
}
