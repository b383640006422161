"""Where the subscriber is, from what gateways and IMS nodes tell (TS 29.061 §16.4.7, TS 24.229 §7.2A.4). Pure."""

from __future__ import annotations

import re
from datetime import timedelta

from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Plmn

_THREE_DIGITS = frozenset(
    {"302", *map(str, range(310, 317)), "334", "338", "342", "344", "346", "348", "350", "352", "354", "356", "358"}
    | {"360", "365", "366", "376", "405", "708", "722", "732", "736", "738", "740", "742", "748", "750"}
)
"""Country codes whose network codes have three digits, where the writing does not tell."""
_VISITED = re.compile(r"mnc(\d{2,3})\.mcc(\d{3})", re.IGNORECASE)
_CELL = re.compile(r"(?:utran-cell-id-3gpp|cgi-3gpp|nrcgi|utran-sai-3gpp)=\"?(\d{5,6})", re.IGNORECASE)
_WITH_PLMN_AT = {0: 1, 1: 1, 2: 1, 128: 1, 129: 1, 130: 1, 135: 1, 136: 1, 137: 1}
"""Geographic location types whose octets begin with a network: CGI, SAI, RAI, TAI, ECGI, both, and those of 5G."""


def plmn_of(text: str) -> Plmn | None:
    """A network from its digits, such as ``20404``."""
    try:
        return Plmn.parse(text) if text.isdigit() else None
    except Invalid:
        return None


def plmn_of_location(octets: bytes) -> Plmn | None:
    """The network in 3GPP-User-Location-Info."""
    start = _WITH_PLMN_AT.get(octets[0]) if octets else None
    if start is None or len(octets) < start + 3:
        return None
    one, two, three = octets[start : start + 3]
    digits = (one & 15, one >> 4, two & 15, three & 15, three >> 4, two >> 4)
    text = "".join(map(str, digits if digits[5] != 15 else digits[:5]))
    return plmn_of(text)


def plmn_of_visited(name: str) -> Plmn | None:
    """The network in a name such as ``ims.mnc004.mcc204.3gppnetwork.org``."""
    found = _VISITED.search(name)
    if found is None:
        return None
    mnc, mcc = found.groups()
    if len(mnc) == 3 and mnc.startswith("0") and mcc not in _THREE_DIGITS:
        mnc = mnc[1:]
    return plmn_of(mcc + mnc)


def plmn_of_access(octets: bytes) -> Plmn | None:
    """The network of the cell in a P-Access-Network-Info."""
    found = _CELL.search(octets.decode("ascii", "replace"))
    if found is None:
        return None
    digits = found.group(1)
    return plmn_of(digits[:6] if digits[:3] in _THREE_DIGITS else digits[:5])


def offset_of(octets: bytes) -> timedelta | None:
    """The local time offset in 3GPP-MS-TimeZone: quarters of an hour in swapped digits, bit 4 is the sign."""
    if not octets:
        return None
    first = octets[0]
    quarters = (first & 7) * 10 + (first >> 4)
    if first >> 4 > 9 or quarters > 79:
        return None
    return timedelta(minutes=-15 * quarters if first & 8 else 15 * quarters)
