"""The SMS centre as the notify room's port: a segment becomes a submit_sm, its status an outcome."""

from __future__ import annotations

import threading
import time
from typing import Any, Final

from smpplib import consts

from linehouse.edge.partner.sms.session import Answer, Session
from linehouse.notify.mailer import Refusal, Unreachable
from linehouse.notify.sms import Segment, Taken

_BUSY: Final = frozenset({consts.SMPP_ESME_RTHROTTLED, consts.SMPP_ESME_RMSGQFUL})
_PASSING: Final = frozenset(
    {
        consts.SMPP_ESME_RSYSERR,
        consts.SMPP_ESME_RINVBNDSTS,
        consts.SMPP_ESME_RX_T_APPN,
        consts.SMPP_ESME_RBINDFAIL,
    }
)
"""What may be over by the next attempt; every other status is the centre's last word on this segment."""
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0)
_GSM, _UCS2 = 0x00, 0x08
_UDHI = 0x40
_LONGEST_SENDER = 11


class SmppCentre:
    """Submits segments over a session. The centre's wish for a slower pace is kept for all who submit."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._not_before = 0.0

    def begin(self) -> None:
        """Bind now, and stay bound."""
        self._session.start()

    def end(self) -> None:
        """Unbind."""
        self._session.stop()

    def submit(self, segment: Segment) -> Taken:
        """Hand a segment over. Raises Refusal, Unreachable, OutcomeUnknown."""
        fields = self.fields_of(segment)
        for pause in (*_PAUSES, None):
            self._keep_pace()
            answer = self._session.submit(fields)
            if answer.status not in _BUSY:
                return _outcome(answer)
            if pause is not None:
                self._slow_down(pause)
        raise Unreachable(f"{_words(answer.status)}: throttled")

    def fields_of(self, segment: Segment) -> dict[str, Any]:
        """The segment as a submit_sm (clause 4.4.1), joined to its others by a user data header (3GPP TS 23.040)."""
        sender = self._session.address.sender or segment.sender
        numeric = sender.removeprefix("+").isdigit()
        header = b""
        if segment.total > 1:
            header = bytes((5, 0, 3, segment.reference, segment.total, segment.number))
        return {
            "service_type": self._session.address.service_type,
            "source_addr_ton": consts.SMPP_TON_INTL if numeric else consts.SMPP_TON_ALNUM,
            "source_addr_npi": consts.SMPP_NPI_ISDN if numeric else consts.SMPP_NPI_UNK,
            "source_addr": sender.removeprefix("+") if numeric else sender[:_LONGEST_SENDER],
            "dest_addr_ton": consts.SMPP_TON_INTL,
            "dest_addr_npi": consts.SMPP_NPI_ISDN,
            "destination_addr": segment.recipient.removeprefix("+"),
            "data_coding": _GSM if segment.is_gsm else _UCS2,
            "esm_class": _UDHI if header else 0,
            "registered_delivery": 1,
            "short_message": header + segment.octets,
        }

    def _keep_pace(self) -> None:
        with self._lock:
            wait = self._not_before - time.monotonic()
        if wait > 0:
            time.sleep(wait)

    def _slow_down(self, seconds: float) -> None:
        with self._lock:
            self._not_before = max(self._not_before, time.monotonic() + seconds)


def _outcome(answer: Answer) -> Taken:
    if answer.status == consts.SMPP_ESME_ROK:
        number = answer.message_id
        return Taken(number, f"taken as {number}" if number else "taken without a number")
    words = _words(answer.status)
    if answer.status in _PASSING:
        raise Unreachable(words)
    raise Refusal(words)


def _words(status: int) -> str:
    return f"0x{status:08x} {consts.DESCRIPTIONS.get(status, 'unknown status')}"
