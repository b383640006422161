"""Commands that are spoken here: their codes, their applications, and what their requests must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linehouse.edge.network.diameter.codec import Message, encoded, example
from linehouse.edge.network.diameter.dictionary import AVPS
from linehouse.edge.network.diameter.results import Fault, Result

BASE = 0
CREDIT_CONTROL = 4
"""RFC 8506: Gy and Ro."""
SPENDING_LIMITS = 16_777_302
"""TS 29.219: Sy."""
RELAY = 0xFFFF_FFFF

CAPABILITIES, WATCHDOG, DISCONNECT = 257, 280, 282
CREDIT, RE_AUTH, ABORT = 272, 258, 274
SPENDING_LIMIT, SPENDING_STATUS, SESSION_TERMINATION = 8_388_635, 8_388_636, 275

NAMES: Mapping[int, str] = {
    CAPABILITIES: "CE",
    WATCHDOG: "DW",
    DISCONNECT: "DP",
    CREDIT: "CC",
    RE_AUTH: "RA",
    ABORT: "AS",
    SPENDING_LIMIT: "SL",
    SPENDING_STATUS: "SN",
    SESSION_TERMINATION: "ST",
}


def name_of(message: Message) -> str:
    """Such as ``CCR`` or ``CCA``."""
    kind = NAMES.get(message.command, f"{message.command}-")
    return kind + ("R" if message.is_request else "A")


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a request must hold, and what it may hold once.

    Less than the letter of the standards: an AVP that says nothing to us is not missed, and one that real peers send
    twice (Origin-Host of Kamailio, say) may stand twice.
    """

    needs: tuple[str, ...]
    single: tuple[str, ...] = ()


_ORIGIN = ("Origin-Host", "Origin-Realm")
GRAMMARS: Mapping[tuple[int, int], Grammar] = {
    (BASE, CAPABILITIES): Grammar(_ORIGIN, ("Product-Name",)),
    (BASE, WATCHDOG): Grammar(_ORIGIN),
    (BASE, DISCONNECT): Grammar((*_ORIGIN, "Disconnect-Cause")),
    (CREDIT_CONTROL, CREDIT): Grammar(
        (
            "Session-Id",
            *_ORIGIN,
            "Destination-Realm",
            "Service-Context-Id",
            "CC-Request-Type",
            "CC-Request-Number",
        ),
        (
            "Session-Id",
            "Service-Context-Id",
            "CC-Request-Type",
            "CC-Request-Number",
            "Requested-Action",
            "Requested-Service-Unit",
            "Service-Identifier",
            "Multiple-Services-Indicator",
        ),
    ),
    (SPENDING_LIMITS, SPENDING_LIMIT): Grammar(
        ("Session-Id", *_ORIGIN, "Destination-Realm", "SL-Request-Type"), ("Session-Id", "SL-Request-Type")
    ),
    (SPENDING_LIMITS, SESSION_TERMINATION): Grammar(
        ("Session-Id", *_ORIGIN, "Destination-Realm", "Termination-Cause"), ("Session-Id",)
    ),
}


def fault_of(message: Message, grammar: Grammar) -> Fault | None:
    """What a request lacks, or has too often; the fault of its octets first."""
    if message.fault is not None:
        return message.fault
    fields = message.fields
    for name in grammar.needs:
        if name not in fields:
            return Fault(Result.MISSING_AVP, f"{name} is missing", example(AVPS[name]))
    for name in grammar.single:
        found = fields.get(name)
        if found is not None and len(found) > 1:
            return Fault(Result.AVP_OCCURS_TOO_MANY_TIMES, f"{name} stands {len(found)} times", encoded(name, found[1]))
    return None
