"""How a request is answered (RFC 6733 §6.2, §7): its ids, what its proxies left, and what is wrong with it. Pure."""

from __future__ import annotations

from linehouse.edge.network.diameter.avp import Fields
from linehouse.edge.network.diameter.codec import ERROR, PROXIABLE, Message
from linehouse.edge.network.diameter.peers import Local
from linehouse.edge.network.diameter.results import Fault, Result

_LONGEST_SENTENCE = 200


def answer(request: Message, local: Local, result: Result, fields: Fields | None = None) -> Message:
    """The answer: session, result and origin first, then ``fields``, then Proxy-Info as it came."""
    given: Fields = {}
    session = request.fields.get("Session-Id")
    if session:
        given["Session-Id"] = session[:1]
    given["Result-Code"] = [int(result)]
    given["Origin-Host"] = [local.host]
    given["Origin-Realm"] = [local.realm]
    if fields:
        given.update(fields)
    proxies = request.fields.get("Proxy-Info")
    if proxies:
        given["Proxy-Info"] = proxies
    flags = request.flags & PROXIABLE
    if result.is_protocol_error:
        flags |= ERROR
    return Message(request.command, request.application, flags, request.hop_by_hop, request.end_to_end, given)


def refused(request: Message, local: Local, fault: Fault, fields: Fields | None = None) -> Message:
    """The answer to a request that cannot be taken."""
    told: Fields = {"Error-Message": [fault.why[:_LONGEST_SENTENCE]]}
    if fault.failed:
        told["Failed-AVP"] = [fault.failed]
    if fault.result.is_protocol_error:
        return answer(request, local, fault.result, told)
    return answer(request, local, fault.result, {**(fields or {}), **told})
