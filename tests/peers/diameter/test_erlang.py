"""Erlang's diameter application as a packet gateway: sessions, events, repeats, malformed requests, load.

It decodes strictly by a dictionary that was written from the standards and not from our table: an AVP without the M bit
that it must have, one too many, or one that is not known, would stand in ``errors``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from linehouse.platform.checks import verify
from tests.peers.diameter.conftest import DATA, REALM, VOICE, left
from tests.peers.diameter.erlang import Atom, Erlang, erlang

pytestmark = pytest.mark.peers
MB = 10**6
GB = 10**9
ABROAD = {"IMS-Information": {"Role-Of-Node": 0, "Called-Party-Address": ["tel:+12125550123"]}}
"""A call to the United States: 0.50 a minute."""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erlang]:
    with erlang(tmp_path_factory.mktemp("erlang") / "pgw", "pgw1.gw.example", "gw.example") as one:
        yield one


@pytest.fixture
def gateway(lines, machine: Erlang) -> Iterator[Erlang]:
    """The gateway without connections; those that a test made are ended after it."""
    machine.said.clear()
    yield machine
    machine.leave_all()


def request(session: str, kind: int, number: int, line: Any, *services: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A CCR; words joined by _ are names of AVPs."""
    return {
        "Session-Id": f"pgw1.gw.example;{session}",
        "Destination-Realm": REALM,
        "Service-Context-Id": DATA,
        "CC-Request-Type": kind,
        "CC-Request-Number": number,
        "Subscription-Id": [{"Subscription-Id-Type": 0, "Subscription-Id-Data": line.msisdn.digits}],
        "Multiple-Services-Credit-Control": list(services),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def service(group: int, want: dict[str, int] | None = None, used: dict[str, int] | None = None) -> dict[str, Any]:
    """A rating group with what is asked for and what was used."""
    found: dict[str, Any] = {"Rating-Group": group}
    if want is not None:
        found["Requested-Service-Unit"] = want
    if used is not None:
        found["Used-Service-Unit"] = [used]
    return found


def octets(number: int) -> dict[str, int]:
    return {"CC-Total-Octets": number}


def lawful() -> None:
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []


def clean(answer: dict[str, Any]) -> dict[str, Any]:
    """The AVPs of an answer that Erlang found nothing wrong with."""
    assert (answer["is"], answer["errors"]) == ("answer", []), answer
    found: dict[str, Any] = answer["avps"]
    return found


def test_a_data_session_from_beginning_to_end(lines, ocs, gateway) -> None:
    node, line = ocs(), lines[0]
    assert gateway.connect("ocs", node.port) == node.host
    size = left(line, "data").left

    begun = clean(gateway.ask(request("d", 1, 0, line, service(10, octets(GB)), Multiple_Services_Indicator=1)))
    assert (begun["Result-Code"], begun["Origin-Host"], begun["Session-Id"]) == (2001, node.host, "pgw1.gw.example;d")
    [told] = begun["Multiple-Services-Credit-Control"]
    assert (told["Granted-Service-Unit"], told["Result-Code"]) == (octets(GB), 2001)
    assert begun["CC-Session-Failover"] == 1

    both = request("d", 2, 1, line, service(10, octets(GB), octets(900 * MB)), service(20, octets(MB)))
    going = clean(gateway.ask(both))
    assert [one["Rating-Group"] for one in going["Multiple-Services-Credit-Control"]] == [10, 20]
    assert left(line, "data").used == 900 * MB

    clean(gateway.ask(request("d", 3, 2, line, service(10, used=octets(MB)), service(20, used=octets(MB)),
                              Termination_Cause=1)))  # fmt: skip
    assert left(line, "data") == type(left(line))(size - 902 * MB, 0, 902 * MB)
    lawful()


def test_a_call_ends_with_the_credit_and_the_next_is_refused(lines, ocs, gateway) -> None:
    node, line = ocs(), lines[0]
    gateway.connect("ocs", node.port)
    call = {"Service_Context_Id": VOICE, "Service_Information": ABROAD}
    begun = clean(gateway.ask(request("v", 1, 0, line, service(100, {"CC-Time": 480}), **call)))
    assert begun["Multiple-Services-Credit-Control"][0]["Granted-Service-Unit"] == {"CC-Time": 480}
    last = clean(gateway.ask(request("v", 2, 1, line, service(100, {"CC-Time": 480}, {"CC-Time": 480}), **call)))
    [told] = last["Multiple-Services-Credit-Control"]
    assert told["Granted-Service-Unit"] == {"CC-Time": 120}
    assert told["Final-Unit-Indication"] == {"Final-Unit-Action": 0}
    clean(gateway.ask(request("v", 3, 2, line, service(100, used={"CC-Time": 120}), **call)))
    refused = clean(gateway.ask(request("w", 1, 0, line, service(100, {"CC-Time": 60}), **call)))
    codes = {refused["Result-Code"], refused["Multiple-Services-Credit-Control"][0]["Result-Code"]}
    assert 4012 in codes
    assert codes <= {4012, 2001}
    assert left(line) == type(left(line))(0, 0, 5_000_000)
    lawful()


def test_events_are_debited_asked_for_and_refunded(lines, ocs, gateway) -> None:
    node, line = ocs(), lines[0]
    gateway.connect("ocs", node.port)
    call = {"Service_Context_Id": VOICE, "Service_Information": ABROAD}
    price = clean(gateway.ask(request("p", 4, 0, line, service(100, {"CC-Time": 60}), Requested_Action=3, **call)))
    assert price["Cost-Information"]["Currency-Code"] == 978
    assert left(line).used == 0
    enough = clean(gateway.ask(request("b", 4, 0, line, service(100, {"CC-Time": 60}), Requested_Action=2, **call)))
    assert enough["Check-Balance-Result"] == 0
    clean(gateway.ask(request("e", 4, 0, line, service(100, {"CC-Time": 60}), Requested_Action=0, **call)))
    assert left(line).used == 500_000
    lawful()


def test_a_repeat_gets_the_same_answer_from_either_node_and_moves_nothing(lines, ocs, gateway) -> None:
    nodes, line = [ocs(), ocs()], lines[0]
    for place, node in enumerate(nodes):
        gateway.connect(f"ocs{place}", node.port)
    first = gateway.ask(request("r", 1, 0, line, service(10, octets(GB))), peer=nodes[0].host)
    used = request("r", 2, 1, line, service(10, octets(GB), octets(700 * MB)))
    told = gateway.ask(used, peer=nodes[0].host)
    # The gateway fails over: the same End-to-End Identifier with the T flag, to the other node.
    again = gateway.ask(used, peer=nodes[1].host, end=told["end"], repeated=True)
    unmarked = gateway.ask(used, peer=nodes[1].host)
    for repeat in (again, unmarked):
        mine, theirs = clean(repeat), clean(told)
        assert mine["Multiple-Services-Credit-Control"] == theirs["Multiple-Services-Credit-Control"]
        assert mine["Result-Code"] == theirs["Result-Code"]
    assert again["end"] == told["end"]
    assert left(line, "data").used == 700 * MB
    clean(first)
    # Sent to both at the same time: one debit.
    late = request("r", 2, 2, line, service(10, octets(GB), octets(100 * MB)))
    tags = [gateway.begin(late, peer=node.host) for node in nodes]
    answers = [clean(gateway.answer(tag)) for tag in tags]
    assert answers[0]["Multiple-Services-Credit-Control"] == answers[1]["Multiple-Services-Credit-Control"]
    assert left(line, "data").used == 800 * MB
    lawful()


MALFORMED = (
    ({"damage": Atom("missing"), "avp": Atom("CC-Request-Number")}, 5005, 415),
    ({"damage": Atom("missing"), "avp": Atom("Service-Context-Id")}, 5005, 461),
    ({"damage": Atom("unknown")}, 5001, 65501),
    ({"damage": Atom("length")}, 5014, 415),
    ({"damage": Atom("short")}, 5014, 448),
    ({"damage": Atom("value")}, 5004, 416),
)
"""How a request is spoiled, what it is answered, and the AVP that is named as the cause."""


def test_malformed_requests_are_refused_by_name(lines, ocs, gateway) -> None:
    node, line = ocs(), lines[0]
    gateway.connect("ocs", node.port)
    for number, (options, code, failed) in enumerate(MALFORMED):
        answer = gateway.ask(request(f"m{number}", 1, 0, line, service(10, octets(GB))), **options)
        assert answer["avps"]["Result-Code"] == code, answer
        assert [avp["code"] for one in answer["avps"]["Failed-AVP"] for avp in one["AVP"]] == [failed], answer
        assert left(line, "data").reserved == 0
    # The connection stands, and what is well-formed is answered.
    unknown = gateway.ask(request("n", 1, 0, line, service(10, octets(GB))), damage=Atom("unknown_optional"))
    assert clean(unknown)["Result-Code"] == 2001
    assert gateway.process.poll() is None


def test_what_changes_in_mid_session_is_told_by_re_authorisation(lines, ocs, gateway) -> None:
    from linehouse.platform.sql import brand_cursor

    node, line = ocs(), lines[0]
    gateway.connect("ocs", node.port)
    clean(gateway.ask(request("a", 1, 0, line, service(10, octets(GB)))))
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_wish (subscription_id, reason, ends, wanted_at) VALUES (%s, 'top-up', false, now())",
            [line.id],
        )
    asked = gateway.until(lambda said: said["is"] == "request" and said["command"] == "RAR")
    assert (asked["errors"], asked["avps"]["Session-Id"]) == ([], "pgw1.gw.example;a")
    assert asked["avps"]["Re-Auth-Request-Type"] == 0
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_wish (subscription_id, reason, ends, wanted_at) VALUES (%s, 'barred', true, now())",
            [line.id],
        )
    ended = gateway.until(lambda said: said["is"] == "request" and said["command"] == "ASR")
    assert (ended["errors"], ended["avps"]["Session-Id"]) == ([], "pgw1.gw.example;a")


def test_a_gateway_under_load_is_answered_without_a_fault(lines, ocs, gateway) -> None:
    node, line = ocs(), lines[0]
    gateway.connect("ocs", node.port)
    message = request("x", 4, 0, line, service(100, {"CC-Time": 60}), Requested_Action=0, Service_Context_Id=VOICE,
                      Service_Information=ABROAD)  # fmt: skip
    first = min(int(one.msisdn.digits) for one in lines)
    done = gateway.load(message, count=400, at_once=32, first=first, lines=3)
    # The credit of three lines does not last for all: both answers are right, nothing else is.
    assert sum(done["codes"].values()) == 400
    assert set(done["codes"]) <= {"2001", "4012"}, done["codes"]
    assert sum(left(one).reserved for one in lines) == 0
    assert all(left(one).left >= 0 for one in lines)
    lawful()


def test_a_node_parts_from_its_peers_and_they_from_it(lines, ocs, gateway) -> None:
    node = ocs()
    gateway.connect("ocs", node.port)
    gateway.leave("ocs")
    assert gateway.connect("ocs", node.port) == node.host
    since = len(gateway.said)
    node.process.process.terminate()
    assert gateway.until(lambda said: said["is"] == "down", since)["peer"] == node.host
