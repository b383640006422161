"""The state of a peer (RFC 6733 §5.6), declared as data. Pure.

``I`` is the connection that we opened, ``R`` the one that the peer opened. Both exist only while it is decided which of
them stays: the one of the host whose name is greater (§5.6.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a peer is."""

    CLOSED = "closed"
    WAIT_CONN_ACK = "wait-conn-ack"
    WAIT_I_CEA = "wait-i-cea"
    WAIT_CONN_ACK_ELECT = "wait-conn-ack/elect"
    WAIT_RETURNS = "wait-returns"
    R_OPEN = "r-open"
    I_OPEN = "i-open"
    CLOSING = "closing"

    @property
    def is_open(self) -> bool:
        """Whether requests pass."""
        return self in {State.R_OPEN, State.I_OPEN}


class Event(StrEnum):
    """What happens to a peer."""

    START = "start"
    STOP = "stop"
    TIMEOUT = "timeout"
    WIN_ELECTION = "win-election"
    R_CONN_CER = "r-conn-cer"
    I_RCV_CONN_ACK = "i-rcv-conn-ack"
    I_RCV_CONN_NACK = "i-rcv-conn-nack"
    I_RCV_CEA = "i-rcv-cea"
    I_RCV_NON_CEA = "i-rcv-non-cea"
    I_RCV_MESSAGE = "i-rcv-message"
    R_RCV_MESSAGE = "r-rcv-message"
    I_RCV_DWR = "i-rcv-dwr"
    R_RCV_DWR = "r-rcv-dwr"
    I_RCV_DWA = "i-rcv-dwa"
    R_RCV_DWA = "r-rcv-dwa"
    I_RCV_DPR = "i-rcv-dpr"
    R_RCV_DPR = "r-rcv-dpr"
    I_RCV_DPA = "i-rcv-dpa"
    R_RCV_DPA = "r-rcv-dpa"
    I_PEER_DISC = "i-peer-disc"
    R_PEER_DISC = "r-peer-disc"


class Act(StrEnum):
    """What is done about it."""

    I_SND_CONN_REQ = "i-snd-conn-req"
    I_SND_CER = "i-snd-cer"
    I_SND_DPR = "i-snd-dpr"
    I_SND_DPA = "i-snd-dpa"
    I_SND_DWA = "i-snd-dwa"
    I_DISC = "i-disc"
    R_ACCEPT = "r-accept"
    R_REJECT = "r-reject"
    R_SND_CEA = "r-snd-cea"
    R_SND_DPR = "r-snd-dpr"
    R_SND_DPA = "r-snd-dpa"
    R_SND_DWA = "r-snd-dwa"
    R_DISC = "r-disc"
    PROCESS = "process"
    ELECT = "elect"
    ERROR = "error"


Step = tuple[tuple[Act, ...], State]
_S, _E, _A = State, Event, Act

TRANSITIONS: Mapping[tuple[State, Event], Step] = {
    (_S.CLOSED, _E.START): ((_A.I_SND_CONN_REQ,), _S.WAIT_CONN_ACK),
    (_S.CLOSED, _E.R_CONN_CER): ((_A.R_ACCEPT, _A.R_SND_CEA), _S.R_OPEN),
    (_S.WAIT_CONN_ACK, _E.I_RCV_CONN_ACK): ((_A.I_SND_CER,), _S.WAIT_I_CEA),
    (_S.WAIT_CONN_ACK, _E.I_RCV_CONN_NACK): ((), _S.CLOSED),
    (_S.WAIT_CONN_ACK, _E.R_CONN_CER): ((_A.R_ACCEPT,), _S.WAIT_CONN_ACK_ELECT),
    (_S.WAIT_CONN_ACK, _E.TIMEOUT): ((_A.ERROR,), _S.CLOSED),
    (_S.WAIT_CONN_ACK, _E.STOP): ((_A.ERROR,), _S.CLOSED),
    (_S.WAIT_I_CEA, _E.I_RCV_CEA): ((), _S.I_OPEN),
    (_S.WAIT_I_CEA, _E.R_CONN_CER): ((_A.R_ACCEPT, _A.ELECT), _S.WAIT_RETURNS),
    (_S.WAIT_I_CEA, _E.I_PEER_DISC): ((_A.I_DISC,), _S.CLOSED),
    (_S.WAIT_I_CEA, _E.I_RCV_NON_CEA): ((_A.ERROR,), _S.CLOSED),
    (_S.WAIT_I_CEA, _E.TIMEOUT): ((_A.ERROR,), _S.CLOSED),
    (_S.WAIT_I_CEA, _E.STOP): ((_A.ERROR,), _S.CLOSED),
    (_S.WAIT_CONN_ACK_ELECT, _E.I_RCV_CONN_ACK): ((_A.I_SND_CER, _A.ELECT), _S.WAIT_RETURNS),
    (_S.WAIT_CONN_ACK_ELECT, _E.I_RCV_CONN_NACK): ((_A.R_SND_CEA,), _S.R_OPEN),
    (_S.WAIT_CONN_ACK_ELECT, _E.R_PEER_DISC): ((_A.R_DISC,), _S.WAIT_CONN_ACK),
    (_S.WAIT_CONN_ACK_ELECT, _E.R_CONN_CER): ((_A.R_REJECT,), _S.WAIT_CONN_ACK_ELECT),
    (_S.WAIT_CONN_ACK_ELECT, _E.TIMEOUT): ((_A.ERROR,), _S.CLOSED),
    (_S.WAIT_CONN_ACK_ELECT, _E.STOP): ((_A.ERROR,), _S.CLOSED),
    (_S.WAIT_RETURNS, _E.WIN_ELECTION): ((_A.I_DISC, _A.R_SND_CEA), _S.R_OPEN),
    (_S.WAIT_RETURNS, _E.I_PEER_DISC): ((_A.I_DISC, _A.R_SND_CEA), _S.R_OPEN),
    (_S.WAIT_RETURNS, _E.I_RCV_CEA): ((_A.R_DISC,), _S.I_OPEN),
    (_S.WAIT_RETURNS, _E.R_PEER_DISC): ((_A.R_DISC,), _S.WAIT_I_CEA),
    (_S.WAIT_RETURNS, _E.R_CONN_CER): ((_A.R_REJECT,), _S.WAIT_RETURNS),
    (_S.WAIT_RETURNS, _E.TIMEOUT): ((_A.ERROR,), _S.CLOSED),
    (_S.WAIT_RETURNS, _E.STOP): ((_A.ERROR,), _S.CLOSED),
    (_S.R_OPEN, _E.R_RCV_MESSAGE): ((_A.PROCESS,), _S.R_OPEN),
    (_S.R_OPEN, _E.R_RCV_DWR): ((_A.R_SND_DWA,), _S.R_OPEN),
    (_S.R_OPEN, _E.R_RCV_DWA): ((), _S.R_OPEN),
    (_S.R_OPEN, _E.R_CONN_CER): ((_A.R_REJECT,), _S.R_OPEN),
    (_S.R_OPEN, _E.STOP): ((_A.R_SND_DPR,), _S.CLOSING),
    (_S.R_OPEN, _E.R_RCV_DPR): ((_A.R_SND_DPA,), _S.CLOSING),
    (_S.R_OPEN, _E.R_PEER_DISC): ((_A.R_DISC,), _S.CLOSED),
    (_S.R_OPEN, _E.TIMEOUT): ((_A.ERROR,), _S.CLOSED),
    (_S.I_OPEN, _E.I_RCV_MESSAGE): ((_A.PROCESS,), _S.I_OPEN),
    (_S.I_OPEN, _E.I_RCV_DWR): ((_A.I_SND_DWA,), _S.I_OPEN),
    (_S.I_OPEN, _E.I_RCV_DWA): ((), _S.I_OPEN),
    (_S.I_OPEN, _E.R_CONN_CER): ((_A.R_REJECT,), _S.I_OPEN),
    (_S.I_OPEN, _E.STOP): ((_A.I_SND_DPR,), _S.CLOSING),
    (_S.I_OPEN, _E.I_RCV_DPR): ((_A.I_SND_DPA,), _S.CLOSING),
    (_S.I_OPEN, _E.I_PEER_DISC): ((_A.I_DISC,), _S.CLOSED),
    (_S.I_OPEN, _E.TIMEOUT): ((_A.ERROR,), _S.CLOSED),
    # What is still on its way while a connection closes is answered: its sender has not read the DPR yet.
    (_S.CLOSING, _E.R_RCV_MESSAGE): ((_A.PROCESS,), _S.CLOSING),
    (_S.CLOSING, _E.I_RCV_MESSAGE): ((_A.PROCESS,), _S.CLOSING),
    (_S.CLOSING, _E.I_RCV_DPA): ((_A.I_DISC,), _S.CLOSED),
    (_S.CLOSING, _E.R_RCV_DPA): ((_A.R_DISC,), _S.CLOSED),
    (_S.CLOSING, _E.I_RCV_DPR): ((_A.I_SND_DPA,), _S.CLOSING),
    (_S.CLOSING, _E.R_RCV_DPR): ((_A.R_SND_DPA,), _S.CLOSING),
    (_S.CLOSING, _E.R_CONN_CER): ((_A.R_REJECT,), _S.CLOSING),
    (_S.CLOSING, _E.I_PEER_DISC): ((_A.I_DISC,), _S.CLOSED),
    (_S.CLOSING, _E.R_PEER_DISC): ((_A.R_DISC,), _S.CLOSED),
    (_S.CLOSING, _E.TIMEOUT): ((_A.ERROR,), _S.CLOSED),
}
"""State and event to what is done and the next state. What does not stand here changes nothing."""


def step(state: State, event: Event) -> Step:
    """What is done, and the next state."""
    return TRANSITIONS.get((state, event), ((), state))


def wins(ours: str, theirs: str) -> bool:
    """Whether we win the election: whose host name is greater, octet by octet, keeps the connection it was opened."""
    return ours.lower().encode() > theirs.lower().encode()
