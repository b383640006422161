"""A call of Kamailio that was captured elsewhere is charged here, and tshark finds nothing to remark in our answers."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from linehouse.edge.network.diameter.avp import Address, Fields
from linehouse.edge.network.diameter.codec import PROXIABLE, REQUEST, Message, decode, encode
from linehouse.platform.access.diameter import PeerView, allow_peer, serve_realm
from linehouse.platform.checks import verify
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.sql import brand_cursor
from tests.peers.diameter.conftest import DATA, REALM, SMS, VOICE, left
from tests.peers.diameter.wire import Wire, remarks, requests_of, wire

pytestmark = pytest.mark.peers
CREDIT_CONTROL, CAPABILITIES, WATCHDOG, DISCONNECT = 272, 257, 280, 282
SUBSCRIBER = b"sip:sipp@127.0.0.1:5080"
"""Who calls in the capture: no number. The replay puts one there, as long."""


def test_a_captured_call_is_charged(lines, ocs, actor, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    specs = pytestconfig.getoption("--specs")
    if not specs:
        pytest.fail("the capture lies beside the specifications: --specs names their folder")
    capture = Path(specs).resolve().parent / "data" / "captures" / "kamailio-ro-voice.pcapng"
    line = lines[0]
    number = f"sip:+{line.msisdn.digits}@ims.tt".encode()
    assert len(number) == len(SUBSCRIBER)
    messages = [one.replace(SUBSCRIBER, number) for one in requests_of(capture, 13868)]
    with realm_scope(CONTROL):
        allow_peer(PeerView(host="scscf.ims.test"), actor=actor, reason="as captured")
        serve_realm("ocs.local", "robin", {}, actor=actor, reason="as captured")
    with wire(ocs("ocs.local").port) as node:
        answers = [decode(node.ask(one)) for one in messages if one[4] & REQUEST]
    sent = [decode(one) for one in messages if one[4] & REQUEST]
    assert [one.number("Result-Code") for one in answers] == [2001] * len(sent)
    calls = [one for one in sent if one.command == CREDIT_CONTROL]
    assert [one.number("CC-Request-Type") for one in calls][:: len(calls) - 1] == [1, 3]
    seconds = sum(_used(one) for one in calls)
    assert seconds > 10
    # 0.50 a minute, by the second: to the United Kingdom.
    used = left(line)
    assert (used.reserved, abs(used.used - seconds * 500_000 // 60) <= 1) == (0, True)
    assert remarks(tmp_path, node.seen) == []
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []


def _used(message: Message) -> int:
    total = 0
    for service in message.fields.get("Multiple-Services-Credit-Control", []):
        assert isinstance(service, dict)
        for used in service.get("Used-Service-Unit", []):
            assert isinstance(used, dict)
            total += int(used["CC-Time"][0])
    return total


NUMBERS = count(100)


def greeting() -> bytes:
    fields: Fields = {
        "Origin-Host": ["pgw2.gw.example"],
        "Origin-Realm": ["gw.example"],
        "Host-IP-Address": [Address(1, b"\x7f\0\0\1")],
        "Vendor-Id": [0],
        "Product-Name": ["Test"],
        "Auth-Application-Id": [4],
    }
    return message(CAPABILITIES, 0, REQUEST, fields)


def message(command: int, application: int, flags: int, fields: Fields) -> bytes:
    number = next(NUMBERS)
    return encode(Message(command, application, flags, number, number, fields))


def asked(session: str, kind: int, number: int, digits: str, context: str, **more: Any) -> bytes:
    """A CCR."""
    fields: Fields = {
        "Session-Id": [f"pgw2.gw.example;{session}"],
        "Origin-Host": ["pgw2.gw.example"],
        "Origin-Realm": ["gw.example"],
        "Destination-Realm": [REALM],
        "Auth-Application-Id": [4],
        "Service-Context-Id": [context],
        "CC-Request-Type": [kind],
        "CC-Request-Number": [number],
        "Subscription-Id": [{"Subscription-Id-Type": [0], "Subscription-Id-Data": [digits]}],
        **{name.replace("_", "-"): [value] for name, value in more.items()},
    }
    return message(CREDIT_CONTROL, 4, REQUEST | PROXIABLE, fields)


def service(group: int, **units: Any) -> Fields:
    """A rating group: ``want`` and ``used`` are units."""
    found: Fields = {"Rating-Group": [group]}
    if "want" in units:
        found["Requested-Service-Unit"] = [units["want"]]
    if "used" in units:
        found["Used-Service-Unit"] = [units["used"]]
    return found


def test_tshark_remarks_nothing_in_all_kinds_of_our_messages(lines, ocs, tmp_path: Path) -> None:
    line = lines[0]
    who = line.msisdn.digits
    abroad = {
        "Service_Information": {
            "IMS-Information": [{"Role-Of-Node": [0], "Called-Party-Address": ["tel:+12125550123"]}]
        }
    }
    minute = {"CC-Time": [60]}
    one: Fields = {"CC-Service-Specific-Units": [1]}
    some = service(10, want={})
    with wire(ocs().port) as node:
        node.ask(greeting())
        told = [
            _result(node, asked("d", 1, 0, who, DATA, Multiple_Services_Credit_Control=some)),
            _result(node, asked("v", 1, 0, who, VOICE, **abroad,
                                Multiple_Services_Credit_Control=service(100, want={"CC-Time": [3_000]}))),
            _result(node, asked("w", 1, 0, who, VOICE, **abroad,
                                Multiple_Services_Credit_Control=service(100, want=minute))),
            _result(node, asked("v", 3, 1, who, VOICE, **abroad,
                                Multiple_Services_Credit_Control=service(100, used={"CC-Time": [10]}))),
            _result(node, asked("e", 4, 0, who, VOICE, **abroad, Requested_Action=0,
                                Multiple_Services_Credit_Control=service(100, want=minute))),
            _result(node, asked("p", 4, 0, who, VOICE, **abroad, Requested_Action=3,
                                Multiple_Services_Credit_Control=service(100, want=minute))),
            _result(node, asked("b", 4, 0, who, VOICE, **abroad, Requested_Action=2,
                                Multiple_Services_Credit_Control=service(100, want=minute))),
            _result(node, asked("c", 4, 0, who, SMS, Requested_Action=0, Requested_Service_Unit=one)),
            _result(node, asked("u", 1, 0, "31600000000", DATA, Multiple_Services_Credit_Control=some)),
            _result(node, asked("x", 2, 1, who, DATA, Multiple_Services_Credit_Control=some)),
            _result(node, asked("y", 1, 0, who, "7@example.org", Multiple_Services_Credit_Control=some)),
            _result(node, message(316, 4, REQUEST | PROXIABLE, {"Session-Id": ["s"], **_origin()})),
            _result(node, message(CREDIT_CONTROL, 4, REQUEST | PROXIABLE, {"Session-Id": ["s"], **_origin()})),
            _result(node, message(WATCHDOG, 0, REQUEST, _origin())),
        ]  # fmt: skip
        with brand_cursor() as cursor:
            cursor.execute(
                "INSERT INTO charging_wish (subscription_id, reason, ends, wanted_at) VALUES (%s, 'x', true, now())",
                [line.id],
            )
        assert decode(node.hear()).command == 274
        _result(node, message(DISCONNECT, 0, REQUEST, {**_origin(), "Disconnect-Cause": [0]}))
    assert told.count(2001) >= 7, told
    assert {5030, 3001, 5005} <= set(told)
    assert remarks(tmp_path, node.seen) == []


def _origin() -> Fields:
    return {"Origin-Host": ["pgw2.gw.example"], "Origin-Realm": ["gw.example"]}


def _result(node: Wire, octets: bytes) -> int | None:
    return decode(node.ask(octets)).number("Result-Code")
