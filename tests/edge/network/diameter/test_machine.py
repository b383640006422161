"""The state of a peer, the watchdog, capabilities: pure, by their tables."""

from __future__ import annotations

import pytest

from linehouse.edge.network.diameter import capabilities, machine
from linehouse.edge.network.diameter.codec import REQUEST, Message
from linehouse.edge.network.diameter.machine import TRANSITIONS, Act, Event, State, step
from linehouse.edge.network.diameter.peers import Directory, Local, Peer
from linehouse.edge.network.diameter.results import Fault, Result
from linehouse.edge.network.diameter.watchdog import Due, Watchdog


def test_a_peer_that_connects_is_open_until_it_parts() -> None:
    acts, state = step(State.CLOSED, Event.R_CONN_CER)
    assert (acts, state) == ((Act.R_ACCEPT, Act.R_SND_CEA), State.R_OPEN)
    assert step(state, Event.R_RCV_DWR) == ((Act.R_SND_DWA,), State.R_OPEN)
    assert step(state, Event.R_RCV_DPR) == ((Act.R_SND_DPA,), State.CLOSING)
    assert step(State.CLOSING, Event.R_PEER_DISC) == ((Act.R_DISC,), State.CLOSED)


def test_two_that_connect_to_each_other_keep_one_connection() -> None:
    state = State.CLOSED
    for event in (Event.START, Event.I_RCV_CONN_ACK, Event.R_CONN_CER):
        acts, state = step(state, event)
    assert (acts, state) == ((Act.R_ACCEPT, Act.ELECT), State.WAIT_RETURNS)
    assert step(state, Event.WIN_ELECTION) == ((Act.I_DISC, Act.R_SND_CEA), State.R_OPEN)
    assert step(state, Event.I_RCV_CEA) == ((Act.R_DISC,), State.I_OPEN)
    assert machine.wins("b.example", "a.example") is True
    assert machine.wins("a.example", "A.example") is False


def test_every_state_ends_and_what_is_not_foreseen_changes_nothing() -> None:
    reached = {State.CLOSED}
    for _ in State:
        reached |= {after for (before, _), (_, after) in TRANSITIONS.items() if before in reached}
    assert reached == set(State)
    for state in set(State) - {State.CLOSED}:
        assert any(before is state and after is State.CLOSED for (before, _), (_, after) in TRANSITIONS.items())
    assert step(State.CLOSED, Event.R_RCV_MESSAGE) == ((), State.CLOSED)


def test_a_silent_peer_is_asked_then_suspected_then_given_up() -> None:
    dog = Watchdog("peer", 0.0)
    assert dog.due(27.0) is None
    assert dog.due(32.0) is Due.ASK
    assert dog.due(64.0) is Due.SUSPECT
    assert dog.suspect
    assert dog.due(96.0) is Due.CLOSE


def test_whoever_answers_is_trusted_again() -> None:
    dog = Watchdog("peer", 0.0)
    assert (dog.due(33.0), dog.due(66.0)) == (Due.ASK, Due.SUSPECT)
    dog.heard(67.0, answer=True)
    assert (dog.suspect, dog.due(67.5)) == (False, None)
    assert dog.due(100.0) is Due.ASK


def test_connections_that_begin_together_are_not_asked_together() -> None:
    assert len({Watchdog(f"peer{n}", 0.0).at for n in range(20)}) == 20


LOCAL = Local("ocs.example", "example", 7, ("127.0.0.1", "::1"))
DIRECTORY = Directory.of(
    [
        Peer("gw.example", realm="example", sources=("10.0.0.0/8",)),
        Peer("*.many.example"),
        Peer("sealed.example", tls=True),
    ]
)


def cer(host: str, realm: str = "example", **more: list[object]) -> Message:
    fields: dict[str, list[object]] = {"Origin-Host": [host], "Origin-Realm": [realm], "Auth-Application-Id": [4]}
    return Message(257, 0, REQUEST, fields={**fields, **{name.replace("_", "-"): v for name, v in more.items()}})


@pytest.mark.parametrize(
    ("message", "address", "tls", "result"),
    [
        (cer("GW.example"), "10.1.2.3", False, None),
        (cer("gw.example"), "192.0.2.1", False, Result.UNKNOWN_PEER),
        (cer("gw.example", "elsewhere"), "10.1.2.3", False, Result.UNKNOWN_PEER),
        (cer("nobody.example"), "10.1.2.3", False, Result.UNKNOWN_PEER),
        (cer("n17.many.example"), "192.0.2.1", False, None),
        (cer("sealed.example"), "192.0.2.1", False, Result.UNKNOWN_PEER),
        (cer("sealed.example"), "192.0.2.1", True, None),
        (cer("n1.many.example", Auth_Application_Id=[1]), "192.0.2.1", False, Result.NO_COMMON_APPLICATION),
        (cer("n1.many.example", Auth_Application_Id=[0xFFFF_FFFF]), "192.0.2.1", False, None),
        (
            cer(
                "n1.many.example",
                Auth_Application_Id=[1],
                Vendor_Specific_Application_Id=[{"Vendor-Id": [10415], "Auth-Application-Id": [4]}],
            ),
            "192.0.2.1",
            False,
            None,
        ),
        (Message(257, 0, REQUEST, fields={"Origin-Host": ["gw.example"]}), "10.1.2.3", False, Result.MISSING_AVP),
    ],
)
def test_who_is_let_in(message: Message, address: str, tls: bool, result: Result | None) -> None:
    judged = capabilities.judged(message, DIRECTORY, address, tls=tls)
    assert (judged.result if isinstance(judged, Fault) else None) == result
