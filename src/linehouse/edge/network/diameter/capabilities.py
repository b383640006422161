"""Capabilities that peers exchange first (RFC 6733 §5.3). Pure."""

from __future__ import annotations

import ipaddress

from linehouse.edge.network.diameter.avp import TGPP, Address, Fields
from linehouse.edge.network.diameter.codec import REQUEST, Message
from linehouse.edge.network.diameter.commands import (
    BASE,
    CAPABILITIES,
    CREDIT_CONTROL,
    GRAMMARS,
    RELAY,
    SPENDING_LIMITS,
    fault_of,
)
from linehouse.edge.network.diameter.peers import Directory, Local, Peer
from linehouse.edge.network.diameter.results import Fault, Result

OURS = frozenset({CREDIT_CONTROL, SPENDING_LIMITS})


def told(local: Local) -> Fields:
    """What we say of ourselves, in a request as in an answer."""
    addresses = [ipaddress.ip_address(one) for one in local.addresses]
    return {
        "Origin-Host": [local.host],
        "Origin-Realm": [local.realm],
        "Host-IP-Address": [Address(1 if one.version == 4 else 2, one.packed) for one in addresses],
        "Vendor-Id": [0],
        "Product-Name": [local.product],
        "Origin-State-Id": [local.state_id],
        "Supported-Vendor-Id": [TGPP],
        "Auth-Application-Id": [CREDIT_CONTROL],
        "Vendor-Specific-Application-Id": [{"Vendor-Id": [TGPP], "Auth-Application-Id": [SPENDING_LIMITS]}],
    }


def offered(message: Message) -> frozenset[int]:
    """The applications that a peer offers, wherever it names them."""
    fields = message.fields
    found = [*fields.get("Auth-Application-Id", ()), *fields.get("Acct-Application-Id", ())]
    for group in fields.get("Vendor-Specific-Application-Id", ()):
        if isinstance(group, dict):
            found += [*group.get("Auth-Application-Id", ()), *group.get("Acct-Application-Id", ())]
    return frozenset(one for one in found if isinstance(one, int))


def common(message: Message) -> bool:
    """Whether there is an application that both speak; a relay speaks all."""
    applications = offered(message)
    return RELAY in applications or bool(applications & OURS)


def judged(message: Message, directory: Directory, address: str, *, tls: bool) -> Peer | Fault:
    """The peer whose request this is, or why it is none. ``tls``: the connection is sealed."""
    fault = fault_of(message, GRAMMARS[BASE, CAPABILITIES])
    if fault is not None:
        return fault
    host = message.text("Origin-Host")
    peer = directory.peer(host, message.text("Origin-Realm"))
    if peer is None:
        return Fault(Result.UNKNOWN_PEER, f"{host} is no peer of this node")
    if not peer.may_come_from(address):
        return Fault(Result.UNKNOWN_PEER, f"{host} may not connect from {address}")
    if peer.tls and not tls:
        return Fault(Result.UNKNOWN_PEER, f"{host} connects over TLS only")
    if not common(message):
        return Fault(Result.NO_COMMON_APPLICATION, "no application in common")
    return peer


def request(local: Local, hop_by_hop: int) -> Message:
    """Our request to a peer to which we connected."""
    return Message(CAPABILITIES, BASE, REQUEST, hop_by_hop, hop_by_hop, told(local))
