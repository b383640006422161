"""Who is charged and who is at the other end, from numbers and addresses as networks write them (TS 23.003)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import phonenumbers

from linehouse.charging.node import Who
from linehouse.edge.network.diameter.avp import Fields
from linehouse.edge.network.diameter.credit.units import group, groups, number
from linehouse.usage.normalise import normalise_party
from linehouse.usage.values import NumberForm

E164, IMSI, SIP_URI, NAI, PRIVATE = range(5)
"""Subscription-Id-Type."""
_REALM_OF_IMSI = re.compile(r"\.3gppnetwork\.org$", re.IGNORECASE)
_EVERYWHERE = frozenset({"112", "911"})
"""Emergency numbers in every network (TS 22.101 §10.1)."""


def who_of(identities: Iterable[tuple[int, str]]) -> Who:
    """The subscriber from (type, data) pairs: the first number and the first IMSI among them."""
    msisdn = imsi = ""
    for kind, data in identities:
        if kind == E164:
            msisdn = msisdn or _digits(data)
        elif kind == IMSI:
            imsi = imsi or _digits(data)
        else:
            number_found, imsi_found = _of_address(data)
            msisdn, imsi = msisdn or number_found, imsi or imsi_found
    return Who(msisdn, imsi)


def identities_of(fields: Fields) -> list[tuple[int, str]]:
    """Subscription-Ids of a message: its own, then those of Service-Information, then User-Name."""
    own = groups(fields, "Subscription-Id")
    inner = group(fields, "Service-Information")
    if inner is not None:
        own = own + groups(inner, "Subscription-Id")
    found = [(number(one, "Subscription-Id-Type") or 0, str(one["Subscription-Id-Data"][0])) for one in own]
    if not found and "User-Name" in fields:
        found = [(NAI, str(fields["User-Name"][0]))]
    return found


def _of_address(address: str) -> tuple[str, str]:
    """Number and IMSI of a SIP, tel or network access address; empty what it does not hold."""
    scheme, colon, rest = address.partition(":")
    user, _, realm = (rest if colon and scheme.lower() in {"sip", "sips", "tel"} else address).partition("@")
    digits = _digits(user.partition(";")[0])
    if not digits:
        return "", ""
    if _REALM_OF_IMSI.search(realm.partition(";")[0]) and not user.startswith("+"):
        # A leading digit may tell how the card is to be proved: 0 EAP-AKA, 1 EAP-SIM, 6 EAP-AKA'.
        return "", digits[1:] if len(digits) == 16 else digits
    return digits, ""


def _digits(text: str) -> str:
    plain = text.strip().removeprefix("+")
    return plain if plain.isascii() and plain.isdigit() and len(plain) <= 16 else ""


def written_of(address: str) -> str:
    """What was dialled, of a SIP or tel address or a plain number: without scheme, host and parameters."""
    scheme, colon, rest = address.partition(":")
    plain = rest if colon and scheme.lower() in {"sip", "sips", "tel"} else address
    return plain.partition("@")[0].partition(";")[0].strip()


@lru_cache(maxsize=20_000)
def party_of(address: str, country: str) -> str:
    """The other party as tariffs know it: ``+31612345678``, a short code, or nothing.

    ``country`` is where it was dialled, for national writing.
    """
    return normalise_party(written_of(address), NumberForm.DIALLED, country).text


@lru_cache(maxsize=20_000)
def is_emergency(address: str, country: str) -> bool:
    """Whether this is an emergency call: the number of the country, or the service itself (RFC 5031)."""
    if address.lower().startswith("urn:service:sos"):
        return True
    written = written_of(address)
    if written in _EVERYWHERE:
        return True
    return bool(country) and len(written) <= 6 and bool(phonenumbers.is_emergency_number(written, country))
