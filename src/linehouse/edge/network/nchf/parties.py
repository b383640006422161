"""Who is charged and who is at the other end: SUPI, GPSI, tel and sip URIs in the house's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from linehouse.edge.network.nchf.messages import ChargingDataRequest, IMSCharging, Recipient, SMAddress, SMSCharging
from linehouse.kernel.error import DomainError, Kind
from linehouse.rating.values import Direction
from linehouse.usage.normalise import normalise_party
from linehouse.usage.values import NumberForm

EMERGENCY = "112"
_HELP = frozenset({EMERGENCY, "911", "+112", "+911"})
"""Numbers that every network takes for a call for help (3GPP TS 22.101 §10.1). A brand's tariff names its own."""
_DIGITS = re.compile(r"[0-9]{5,15}")
_NAI_IMSI = re.compile(r"(?:nai-)?[0-9]([0-9]{14,15})@(?:.*\.)?3gppnetwork\.org")
_PEI = re.compile(r"imei(?:sv)?-([0-9]{8})[0-9]{6,8}")
_NUMBER = re.compile(r"\+?[0-9().*#-]+")
_DIVERTED = frozenset({"CFU", "CFB", "CFNR", "CFNL", "CD", "CFNRC"})


class NobodyNamed(DomainError, code="nchf.nobody_named", kind=Kind.INVALID):
    """A charging request names no subscriber by IMSI or MSISDN."""


@dataclass(frozen=True, slots=True)
class Named:
    """A subscriber: one of both is enough."""

    msisdn: str = ""
    imsi: str = ""

    def __bool__(self) -> bool:
        return bool(self.msisdn or self.imsi)


def subscriber_of(asked: ChargingDataRequest) -> Named:
    """Whose usage it is, as far as the request says; nobody where it does not.

    A SUPI is an IMSI (``imsi-204049876543210``, or a network access identifier made of one, TS 23.003 28.7.2); a GPSI
    is an MSISDN. Who received a message or a call is charged for receiving it.
    """
    names = [asked.subscriber]
    users = (asked.pdu.user if asked.pdu else None, asked.ims.user if asked.ims else None)
    names += [user.gpsi for user in users if user is not None]
    if asked.sms is not None:
        names += _own_addresses(asked.sms)
    if asked.ims is not None:
        names += _own_parties(asked.ims)
    imsi, msisdn = "", ""
    for name in names:
        imsi, msisdn = imsi or imsi_of(name), msisdn or msisdn_of(name)
    return Named(msisdn, imsi)


def imsi_of(name: str) -> str:
    """The IMSI of a SUPI, or empty."""
    if found := _NAI_IMSI.fullmatch(name):
        return found[1]
    digits = name.removeprefix("imsi-")
    return digits if digits != name and _DIGITS.fullmatch(digits) else ""


def device_of(asked: ChargingDataRequest) -> str:
    """The type allocation code of the device (the first eight digits of its IMEI), or empty."""
    users = (asked.pdu.user if asked.pdu else None, asked.ims.user if asked.ims else None)
    found = (_PEI.fullmatch(user.pei) for user in users if user is not None)
    return next((one[1] for one in found if one is not None), "")


def msisdn_of(name: str) -> str:
    """The MSISDN of a GPSI, a tel URI or a sip URI of a number, as digits; or empty."""
    if name.startswith("msisdn-"):
        digits = name.removeprefix("msisdn-").removeprefix("+")
    else:
        written = written_number(name)
        digits = written[1:] if written.startswith("+") else ""
    return digits if _DIGITS.fullmatch(digits) else ""


def written_number(uri: str) -> str:
    """What a tel or sip URI, or a bare number, writes as the number; an emergency service is written as 112."""
    text = unquote(uri.strip())
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower() if colon else ""
    if scheme == "urn" and rest.lower().startswith("service:sos"):
        return EMERGENCY
    if scheme in ("sip", "sips"):
        return rest.partition("@")[0].partition(";")[0] if "@" in rest else ""
    if scheme == "tel":
        return rest.partition(";")[0]
    return "" if colon else text.removeprefix("msisdn-")


@lru_cache(maxsize=10_000)
def other_party(uri: str, country: str) -> str:
    """The other party as pricing knows it: ``+31612345678``, a short code, or nothing when it is no number.

    ``country`` is where a national number was dialled.
    """
    if uri.startswith("msisdn-"):
        return normalise_party(uri.removeprefix("msisdn-"), NumberForm.INTERNATIONAL, country).text
    return normalise_party(written_number(uri), NumberForm.DIALLED, country).text


def message_direction(sms: SMSCharging) -> Direction:
    """Whether the subscriber sent or received the message."""
    return Direction.IN if sms.message_type == "DELIVERY" else Direction.OUT


def message_peer(sms: SMSCharging) -> str:
    """The other end of a message, as it is written."""
    if message_direction(sms) is Direction.IN:
        sender = sms.originator
        if sender is None:
            return ""
        return sender.gpsi or _first(sender.other, sender.received)
    return _recipient(sms.recipients[0]) if sms.recipients else ""


def call_direction(asked: ChargingDataRequest) -> Direction:
    """Whether the subscriber called, was called, or had the call forwarded."""
    role = asked.ims.role if asked.ims is not None else ""
    if role == "FORWARDING" or (role == "TERMINATING" and _diverted(asked)):
        return Direction.FORWARDED
    return Direction.IN if role == "TERMINATING" else Direction.OUT


def call_peer(asked: ChargingDataRequest) -> str:
    """The other end of a call, as it is written; where it was forwarded to, when it was."""
    ims = asked.ims
    if ims is None:
        return ""
    if ims.emergency:
        return f"urn:service:sos;{ims.called}"
    if call_direction(asked) is Direction.IN:
        return next((one for one in ims.calling if _NUMBER.fullmatch(written_number(one))), "")
    return (_diverted(asked) if call_direction(asked) is Direction.FORWARDED else "") or ims.called or _any(ims)


def is_emergency(asked: ChargingDataRequest) -> bool:
    """Whether it is a call for help, which is never charged and never refused, whoever calls."""
    ims = asked.ims
    if ims is None or call_direction(asked) is not Direction.OUT:
        return False
    number = written_number(ims.called or _any(ims))
    return ims.emergency or number in _HELP


def _any(ims: IMSCharging) -> str:
    return next(iter(ims.requested), "")


def _diverted(asked: ChargingDataRequest) -> str:
    services = asked.mmtel.services if asked.mmtel is not None else []
    return next((one.party for one in services if one.kind.upper() in _DIVERTED and one.party), "")


def _own_addresses(sms: SMSCharging) -> list[str]:
    if message_direction(sms) is Direction.IN:
        return [name for one in sms.recipients[:1] for name in (one.supi, one.gpsi)]
    return [sms.originator.supi, sms.originator.gpsi] if sms.originator is not None else []


def _own_parties(ims: IMSCharging) -> list[str]:
    return [ims.called] if ims.role == "TERMINATING" else list(ims.calling)


def _recipient(one: Recipient) -> str:
    return one.gpsi or _first(one.other, one.received)


def _first(*addresses: SMAddress | None) -> str:
    return next((one.data for one in addresses if one is not None and one.data), "")
