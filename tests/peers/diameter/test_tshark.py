"""tshark, which has its own dictionary, reads what we send without a warning."""

from __future__ import annotations

import struct
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linehouse.charging.controls.values import StatusRow
from linehouse.edge.network.diameter import capabilities
from linehouse.edge.network.diameter.answering import answer, refused
from linehouse.edge.network.diameter.codec import Message, encode
from linehouse.edge.network.diameter.commands import GRAMMARS, fault_of
from linehouse.edge.network.diameter.credit.answer import answer_of
from linehouse.edge.network.diameter.credit.request import read
from linehouse.edge.network.diameter.peers import Local
from linehouse.edge.network.diameter.results import Result
from linehouse.edge.network.diameter.spending import report_of
from linehouse.kernel.money import Money
from linehouse.rating.session.answers import Action, Answer, Refusal, ServiceAnswer
from tests.edge.network.diameter.gateway import service, unit
from tests.edge.network.diameter.test_credit_words import ccr

pytestmark = pytest.mark.peers
LOCAL = Local("ocs1.brand.example", "brand.example", 7)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PORT = 3868


def packet(octets: bytes, sequence: int) -> bytes:
    """IPv4 and TCP around it, without checksums."""
    tcp = struct.pack(">HHIIBBHHH", PORT, 40_000, sequence, 1, 0x50, 0x18, 65_535, 0, 0)
    ip = struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp) + len(octets), 1, 0, 64, 6, 0, b"\x7f\0\0\1", b"\x7f\0\0\1"
    )
    return ip + tcp + octets


def capture(path: Path, messages: list[Message]) -> None:
    """A capture of raw IP packets."""
    found, sequence = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 101), 1
    for place, message in enumerate(messages):
        octets = encode(message)
        whole = packet(octets, sequence)
        sequence += len(octets)
        found += struct.pack("<IIII", 1_764_000_000 + place, 0, len(whole), len(whole)) + whole
    path.write_bytes(found)


def answers() -> list[Message]:
    """One of each kind that we send."""
    said = {"32251": {"failure": "continue", "failover": "yes", "quota-holding-time": "600", "restrict-filter": "f"}}
    plain = ServiceAnswer(service="rg10", granted=10**6, validity=timedelta(hours=1), cost=Money(1_250_000, "EUR"))
    cases = (
        ServiceAnswer(service="rg10", granted=10**6, validity=timedelta(hours=1), threshold=1_000, tariff_change=NOON),
        ServiceAnswer(service="rg10", granted=9, final=True, action=Action.REDIRECT, redirect_to="https://a.example"),
        ServiceAnswer(service="rg10", granted=9, final=True, action=Action.RESTRICT),
        ServiceAnswer(service="rg10", granted=0, refusal=Refusal.CREDIT_LIMIT, action=Action.TERMINATE),
        ServiceAnswer(service="rg10", granted=0, refusal=Refusal.UNRATED),
        plain,
    )
    found = []
    for kind in (1, 2, 3):
        message = ccr(kind, Multiple_Services_Credit_Control=service(10, unit(total=10**6), Service_Identifier=[5]))
        asked = read(message, said)
        found += [answer(message, LOCAL, *answer_of(asked, Answer(key="3", services=(one,)))) for one in cases]
    event = ccr(4, "32274@3gpp.org", Requested_Action=0)
    found.append(answer(event, LOCAL, *answer_of(read(event, {}), Answer(key="3", services=(plain,)))))
    for wrong in (ccr(CC_Request_Number=[1, 2]), ccr(Subscription_Id=[{"Subscription-Id-Type": [0]}])):
        fault = fault_of(wrong, GRAMMARS[4, 272])
        if fault is not None:
            found.append(refused(wrong, LOCAL, fault, {"Auth-Application-Id": [4]}))
    report = report_of(StatusRow(key="speed", status="slow", acts="", next_status="full", next_at=NOON))
    sy = Message(8_388_635, 16_777_302, 0xC0, fields={"Session-Id": ["pcrf;1"]})
    found.append(answer(sy, LOCAL, Result.SUCCESS, {"Policy-Counter-Status-Report": [report]}))
    found.append(capabilities.request(LOCAL, 1))
    return found


def test_nothing_that_we_send_makes_tshark_warn(tmp_path: Path) -> None:
    messages = answers()
    file = tmp_path / "ours.pcap"
    capture(file, messages)
    wanted = ("diameter.cmd.code", "_ws.malformed", "_ws.expert.message")
    shown = subprocess.run(
        ["tshark", "-r", str(file), "-d", f"tcp.port=={PORT},diameter", "-Y", "diameter", "-T", "fields"]
        + [word for name in wanted for word in ("-e", name)],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split("\t") for line in shown.stdout.splitlines()]
    assert len(rows) == len(messages)
    assert [row[1:] for row in rows if row[1] or row[2]] == []
