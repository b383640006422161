"""A session with the SMS centre: one thread that binds, submits, answers and takes receipts, and binds again.

Whoever submits waits for the centre's answer; several may wait at a time. What was sent and not answered when the
connection broke is told as unknown: only the centre knows whether it took it.
"""

from __future__ import annotations

import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from dataclasses import dataclass
from typing import Any

import structlog
from smpplib import consts, exceptions, smpp
from smpplib.client import Client

from linehouse.edge.partner.sms.address import SmppAddress
from linehouse.edge.partner.sms.receipts import is_receipt, read_receipt
from linehouse.notify.mailer import Unreachable
from linehouse.notify.sms import OutcomeUnknown, Receipt

_log = structlog.get_logger()
ENQUIRE_SECONDS = 30
LONGEST_PAUSE_SECONDS = 30
STRANGERS_PATIENCE = 5
"""How often the centre is asked to bring a receipt again whose message is not known yet: it may be faster than we."""
TRY_LATER = consts.SMPP_ESME_RX_T_APPN
_BROKEN = (OSError, exceptions.ConnectionError, exceptions.PDUError, exceptions.UnknownCommandError, ValueError)

_BOUND = (
    consts.SMPP_CLIENT_STATE_BOUND_TX,
    consts.SMPP_CLIENT_STATE_BOUND_RX,
    consts.SMPP_CLIENT_STATE_BOUND_TRX,
)
OnReceipt = Callable[[Receipt], bool]
"""Takes a receipt; False when nobody knows its message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the centre said to a submit_sm."""

    status: int
    message_id: str


@dataclass(slots=True)
class _Order:
    fields: dict[str, Any]
    answer: Future[Answer]


class _Client(Client):  # type: ignore[misc]  # the library has no types
    """The library's client, with a socket that checks the centre's certificate."""

    def __init__(self, address: SmppAddress) -> None:
        super().__init__(address.host, address.port, timeout=address.timeout_seconds, allow_unknown_opt_params=True)
        self._address = address

    def _create_socket(self) -> socket.socket:
        raw = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        raw.settimeout(self._address.timeout_seconds)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._address.tls:
            return raw
        context = ssl.create_default_context(cafile=self._address.ca_file or None)
        return context.wrap_socket(raw, server_hostname=self._address.host)

    @property
    def wire(self) -> socket.socket:
        """The open socket. Raises ConnectionError of the library when there is none."""
        if self._socket is None:
            raise exceptions.ConnectionError("not connected")
        found: socket.socket = self._socket
        return found

    def hang_up(self) -> None:
        """Close the socket, where there is one."""
        if self._socket is not None:
            self.disconnect()


class Session:
    """The session, for all threads of this process."""

    def __init__(self, address: SmppAddress, on_receipt: OnReceipt) -> None:
        self.address = address
        self._on_receipt = on_receipt
        self._orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
        self._pending: dict[int, Future[Answer]] = {}
        self._strangers: dict[str, int] = {}
        self._bound = threading.Event()
        self._stop = threading.Event()
        self._bell: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._trouble = "not bound yet"

    def start(self) -> None:
        """Bind and stay bound; a second time changes nothing."""
        with self._lock:
            if self._thread is None:
                self._bell, ear = socket.socketpair()
                self._bell.settimeout(0)
                self._thread = threading.Thread(target=self._run, args=(ear,), name="smpp", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Unbind."""
        self._stop.set()
        self._ring()
        if self._thread is not None:
            self._thread.join(self.address.timeout_seconds + 5)
        if self._bell is not None:
            self._bell.close()
            self._bell = None

    @property
    def is_bound(self) -> bool:
        """Whether messages can be submitted now."""
        return self._bound.is_set()

    def submit(self, fields: dict[str, Any]) -> Answer:
        """Submit and wait for the answer. Raises Unreachable when it was never sent, OutcomeUnknown after that."""
        self.start()
        if not self._bound.wait(self.address.timeout_seconds):
            raise Unreachable(f"{self.address.host}:{self.address.port}: {self._trouble}")
        order = _Order(fields, Future())
        self._orders.put(order)
        self._ring()
        try:
            return order.answer.result(self.address.timeout_seconds)
        except NoAnswer:
            if order.answer.cancel():
                raise Unreachable("the session was busy") from None
            raise OutcomeUnknown("no answer to submit_sm in time") from None

    def _ring(self) -> None:
        try:
            if self._bell is not None:
                self._bell.send(b"\0")
        except BlockingIOError:
            return  # The bell rings already.

    def _run(self, ear: socket.socket) -> None:
        with ear:
            self._stay_bound(ear)

    def _stay_bound(self, ear: socket.socket) -> None:
        pause = 0.5
        while not self._stop.is_set():
            clients: list[_Client] = []
            try:
                self._bind(clients)
                pause = 0.5
                self._talk(clients, ear)
            except _BROKEN as error:
                self._trouble = f"{type(error).__name__}: {error}"
                _log.warning("the session with the SMS centre broke", error=self._trouble)
            finally:
                self._bound.clear()
                self._close(clients)
            self._stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _bind(self, clients: list[_Client]) -> None:
        roles = ("bind_transmitter", "bind_receiver") if self.address.pair else ("bind_transceiver",)
        for role in roles:
            client = _Client(self.address)
            clients.append(client)
            client.set_message_sent_handler(self._answered)
            client.set_message_received_handler(self._received)
            client.set_error_pdu_handler(self._refused)
            client.connect()
            getattr(client, role)(
                system_id=self.address.system_id,
                password=self.address.password,
                system_type=self.address.system_type,
            )
        self._bound.set()
        _log.info("bound to the SMS centre", host=self.address.host, roles=len(roles))

    def _talk(self, clients: list[_Client], ear: socket.socket) -> None:
        heard = dict.fromkeys(range(len(clients)), time.monotonic())
        asked = dict.fromkeys(range(len(clients)), 0.0)
        while not self._stop.is_set():
            ready, _, _ = select.select([ear, *(client.wire for client in clients)], [], [], 1.0)
            if ear in ready:
                ear.recv(4096)
            for place, client in enumerate(clients):
                if client.wire in ready:
                    self._read(client)
                    heard[place], asked[place] = time.monotonic(), 0.0
                self._keep_alive(client, heard, asked, place)
            while not self._orders.empty():
                self._send(clients[0], self._orders.get())

    def _read(self, client: _Client) -> None:
        client.read_once(auto_send_enquire_link=False)
        while isinstance(client.wire, ssl.SSLSocket) and client.wire.pending():
            client.read_once(auto_send_enquire_link=False)
        if client.state not in _BOUND:
            raise exceptions.ConnectionError("the centre unbound us")

    def _keep_alive(self, client: _Client, heard: dict[int, float], asked: dict[int, float], place: int) -> None:
        now = time.monotonic()
        if asked[place] and now - asked[place] > self.address.timeout_seconds:
            raise exceptions.ConnectionError("no answer to enquire_link")
        if not asked[place] and now - heard[place] > ENQUIRE_SECONDS:
            client.send_pdu(smpp.make_pdu("enquire_link", client=client))
            asked[place] = now

    def _send(self, client: _Client, order: _Order) -> None:
        if not order.answer.set_running_or_notify_cancel():
            return
        try:
            sent = client.send_message(**order.fields)
        except (exceptions.PDUError, ValueError, TypeError) as error:
            # It could not be written down; nothing was sent.
            order.answer.set_exception(Unreachable(str(error)))
            return
        except (OSError, exceptions.ConnectionError):
            order.answer.set_exception(OutcomeUnknown("the connection broke while it was sent"))
            raise
        self._pending[sent.sequence] = order.answer

    def _answered(self, pdu: Any) -> None:
        waiting = self._pending.pop(pdu.sequence, None)
        if waiting is not None:
            waiting.set_result(Answer(int(pdu.status), _text(getattr(pdu, "message_id", None))))

    def _refused(self, pdu: Any) -> None:
        if pdu.command == "generic_nack":
            self._answered(pdu)

    def _received(self, pdu: Any) -> int:
        if not is_receipt(int(pdu.esm_class or 0)):
            _log.info("a message of a handset came; nobody takes those yet")
            return int(consts.SMPP_ESME_ROK)
        state = getattr(pdu, "message_state", None)
        body = pdu.short_message or getattr(pdu, "message_payload", None) or b""
        receipt = read_receipt(
            body if isinstance(body, bytes) else str(body).encode("latin-1", "replace"),
            _text(getattr(pdu, "receipted_message_id", None)),
            int(state) if state is not None else None,
        )
        if receipt is None:
            _log.warning("a receipt cannot be read")
            return int(consts.SMPP_ESME_ROK)
        return self._taken(receipt)

    def _taken(self, receipt: Receipt) -> int:
        try:
            known = self._on_receipt(receipt)
        except Exception:  # noqa: BLE001 - the edge of the session: logged, and the centre is asked to come again
            _log.exception("a receipt could not be kept")
            return int(TRY_LATER)
        if known:
            self._strangers.pop(receipt.centre_id, None)
            return int(consts.SMPP_ESME_ROK)
        seen = self._strangers.get(receipt.centre_id, 0) + 1
        if seen < STRANGERS_PATIENCE:
            self._strangers[receipt.centre_id] = seen
            return int(TRY_LATER)
        self._strangers.pop(receipt.centre_id, None)
        _log.warning("a receipt belongs to no message of ours", centre_id=receipt.centre_id)
        return int(consts.SMPP_ESME_ROK)

    def _close(self, clients: list[_Client]) -> None:
        for waiting in self._pending.values():
            waiting.set_exception(OutcomeUnknown("the connection broke before the answer"))
        self._pending.clear()
        for client in clients:
            try:
                if self._stop.is_set() and client.state in _BOUND:
                    client.unbind()
            except _BROKEN:
                _log.debug("the centre did not answer the farewell")
            finally:
                client.state = consts.SMPP_CLIENT_STATE_OPEN
                client.hang_up()


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return text.rstrip("\x00")
