"""An NRTRDE file as usage (GSMA TD.35)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linehouse.edge.network.ber import BerError
from linehouse.edge.network.nrtrde.codec import NrtrdeEvent, decode
from linehouse.edge.network.tap3.codec import Group
from linehouse.edge.network.tap3.words import digits, local_instant, offset_minutes, text
from linehouse.kernel.outcome import Problem
from linehouse.kernel.quantity import Quantity
from linehouse.rating.values import Direction, UsageType
from linehouse.usage.errors import FileRefused, Refusal, Suspension
from linehouse.usage.values import FileTotals, NumberForm, ParsedFile, RawUsage, UnreadableRecord

SPECIFICATION = 2
_SMS_SERVICES = ("20", "21", "22")
_FORWARDING = ("20", "21", "28", "29", "2A", "2B")


def read(data: bytes, settings: Mapping[str, Any]) -> ParsedFile:
    """Read a whole file. Offsets such as ``+100`` and short sequence numbers are taken as they are meant.

    Raises FileRefused: unreadable with the byte offset, or of an unknown version.
    """
    try:
        file = decode(data)
    except BerError as error:
        raise FileRefused(Refusal.UNREADABLE, str(error), offset=error.offset) from error
    head = file.head
    specification, release = head.get("specificationVersionNumber"), head.get("releaseVersionNumber")
    if specification != SPECIFICATION or not isinstance(release, int):
        raise FileRefused(
            Refusal.UNKNOWN_VERSION,
            f"NRTRDE version {specification}.{release} is not known",
            field="version",
            value=f"{specification}.{release}",
            expected="2.x",
        )
    sender = text(head.get("sender"))
    offset = offset_minutes(text(head.get("utcTimeOffset")))
    return ParsedFile(
        f"{specification}.{release}",
        sender,
        text(head.get("recipient")),
        text(head.get("sequenceNumber")),
        tuple(_record(event, sender, offset) for event in file.events),
        FileTotals(head.get("callEventsCount")),
        created_at=local_instant(text(head.get("fileAvailableTimeStamp")), offset),
        disagreements=_disagreements(head.get("callEventsCount"), len(file.events)),
        notes=(f"{len(file.strays)} elements not read",) if file.strays else (),
    )


def _disagreements(stated: int | None, found: int) -> tuple[Problem, ...]:
    if (stated or 0) == found:
        return ()
    return (
        Problem(
            "wrong_totals",
            f"callEventsCount says {stated}, there are {found} events",
            "callEventsCount",
            str(stated),
            str(found),
        ),
    )


def _record(event: NrtrdeEvent, sender: str, file_offset: int | None) -> RawUsage | UnreadableRecord:
    reference = f"offset {event.offset}, {event.size} octets"
    body = event.body
    if body is None:
        return UnreadableRecord(event.position, reference, Suspension.UNREADABLE, event.problem, event.octets.hex())
    offset = offset_minutes(text(body.get("utcTimeOffset")))
    offset = file_offset if offset is None else offset
    usage_type, direction, amount, party, form = _used(event.kind, body)
    charging_id, cause = body.get("chargingId", body.get("callReference")), body.get("causeForTermination")
    return RawUsage(
        position=event.position,
        reference=reference,
        usage_type=usage_type,
        direction=direction,
        quantity=Quantity(amount, usage_type.unit),
        started_at=local_instant(text(body.get("callEventStartTimeStamp")), offset),
        utc_offset=offset,
        imsi=digits(body.get("imsi")),
        msisdn=digits(body.get("msisdn")),
        party=party,
        party_form=form,
        dialled=text(body.get("dialledDigits")),
        tadig=text(body.get("servingNetwork")) or sender,
        apn=text(body.get("accessPointNameNI")).lower(),
        event_reference="" if charging_id is None else str(charging_id),
        cause="" if cause is None else str(cause),
        attributes={name: value for name, value in _facts(event.kind, body).items() if value},
    )


def _service(body: Group) -> str:
    choice = body.get("serviceCode")
    return text(choice[1]) if choice and choice[1] else ""


def _used(kind: str, body: Group) -> tuple[UsageType, Direction, int, str, NumberForm]:
    if kind == "gprs":
        octets = body.get("dataVolumeIncoming", 0) + body.get("dataVolumeOutgoing", 0)
        return UsageType.DATA, Direction.OUT, octets, "", NumberForm.INTERNATIONAL
    is_sms = _service(body) in _SMS_SERVICES
    usage_type = UsageType.SMS if is_sms else UsageType.VOICE
    amount = 1 if is_sms else body.get("callEventDuration", 0) * 1000
    if kind == "mtc":
        return usage_type, Direction.IN, amount, text(body.get("callingNumber")), NumberForm.INTERNATIONAL
    forwarded = text(body.get("supplementaryServiceCode")) in _FORWARDING or "thirdPartyNumber" in body
    direction = Direction.FORWARDED if forwarded else Direction.OUT
    if connected := text(body.get("connectedNumber")):
        return usage_type, direction, amount, connected, NumberForm.INTERNATIONAL
    return usage_type, direction, amount, text(body.get("dialledDigits")), NumberForm.DIALLED


def _facts(kind: str, body: Group) -> dict[str, str]:
    return {
        "nrtrde-event": kind,
        "service": _service(body),
        "third-party": text(body.get("thirdPartyNumber")),
        "entity": text(body.get("recEntityId")) or text(body.get("sgsnAddress")),
        "location-area": str(body.get("locationArea", "")),
        "cell": str(body.get("cellId", "")),
        # The currency of a charge amount is agreed between the two operators; the file does not say it.
        "charge-amount": str(body.get("chargeAmount", "")),
        "octets-in": str(body.get("dataVolumeIncoming", "")),
        "octets-out": str(body.get("dataVolumeOutgoing", "")),
    }
