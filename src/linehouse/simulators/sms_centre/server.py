"""The centre's server: sessions with ESMEs, and the receipts that go out to them."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from linehouse.simulators.sms_centre import pdu as wire
from linehouse.simulators.sms_centre.faults import Fault, Faults
from linehouse.simulators.sms_centre.handsets import Handsets, Sms, read
from linehouse.simulators.sms_centre.pdu import RESPONSE, Command, Malformed, Status, Submitted

SLOW_SECONDS = 3
RECEIPT_RETRIES = 30
RECEIPT_PAUSE_SECONDS = 0.3
_RECEIPTED_ID, _STATE = 0x001E, 0x0427
_STATES = {"DELIVRD": 2, "UNDELIV": 5}
_BINDS = {
    Command.BIND_TRANSMITTER: (True, False),
    Command.BIND_RECEIVER: (False, True),
    Command.BIND_TRANSCEIVER: (True, True),
}


class _Session(socketserver.BaseRequestHandler):
    """One connection: what it may do follows from its bind."""

    server: _Server
    sends = receives = False
    system_id = ""

    def setup(self) -> None:
        self.request.settimeout(60)
        self._write = threading.Lock()
        self._sequence = 0
        self._answers: dict[int, tuple[threading.Event, list[int]]] = {}

    def handle(self) -> None:
        with suppress(OSError, Malformed):
            while not self.server.centre.stopping:
                command, status, sequence, body = self._read()
                if command & RESPONSE:
                    self._answered(sequence, status)
                elif not self._serve(command, sequence, body):
                    return

    def finish(self) -> None:
        self.server.centre.gone(self)

    def _read(self) -> tuple[int, int, int, bytes]:
        length, command, status, sequence = wire.HEADER.unpack(self._exactly(wire.HEADER.size))
        if not wire.HEADER.size <= length <= wire.LONGEST:
            raise Malformed("a PDU of this length does not exist")
        return command, status, sequence, self._exactly(length - wire.HEADER.size)

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            more = self.request.recv(count - len(found))
            if not more:
                raise OSError("the other side hung up")
            found += more
        return found

    def _say(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        with self._write:
            self.request.sendall(wire.pdu(command, status, sequence, body))

    def _serve(self, command: int, sequence: int, body: bytes) -> bool:
        """Answer one request; False ends the session."""
        if command in _BINDS:
            return self._bind(Command(command), sequence, body)
        if command == Command.ENQUIRE_LINK:
            self._say(command | RESPONSE, Status.OK, sequence)
        elif command == Command.UNBIND:
            self._say(command | RESPONSE, Status.OK, sequence)
            return False
        elif command == Command.SUBMIT_SM:
            return self._submit(sequence, body)
        else:
            self._say(Command.GENERIC_NACK, Status.INVALID_COMMAND, sequence)
        return True

    def _bind(self, command: Command, sequence: int, body: bytes) -> bool:
        centre = self.server.centre
        system_id, password = wire.read_bind(body)
        right = (system_id, password) == (centre.system_id, centre.password)
        status = Status.OK if right else Status.INVALID_PASSWORD
        self._say(command | RESPONSE, status, sequence, wire.c_string("linehouse-sim") if right else b"")
        if right:
            self.system_id = system_id
            self.sends, self.receives = _BINDS[command]
            centre.came(self)
        return right

    def _submit(self, sequence: int, body: bytes) -> bool:
        answer = Command.SUBMIT_SM | RESPONSE
        if not self.sends:
            self._say(answer, Status.WRONG_STATE, sequence)
            return True
        try:
            message = wire.read_submit(body)
        except Malformed:
            self._say(answer, Status.INVALID_LENGTH, sequence)
            return True
        centre = self.server.centre
        match centre.faults.use(Fault.THROTTLED, Fault.REJECTED, Fault.NO_ANSWER, Fault.SLOW):
            case Fault.THROTTLED:
                self._say(answer, Status.THROTTLED, sequence)
                return True
            case Fault.REJECTED:
                self._say(answer, Status.INVALID_DESTINATION, sequence)
                return True
            case Fault.NO_ANSWER:
                centre.take(message, self.system_id)
                return False
            case Fault.SLOW:
                time.sleep(SLOW_SECONDS)
        if not message.destination.isdigit():
            self._say(answer, Status.INVALID_DESTINATION, sequence)
            return True
        sms = centre.take(message, self.system_id)
        self._say(answer, Status.OK, sequence, wire.c_string(sms.centre_id))
        return True

    def deliver(self, message: Submitted) -> bool:
        """Bring a deliver_sm; whether it was taken."""
        with self._write:
            self._sequence += 1
            sequence = self._sequence
        arrived, statuses = threading.Event(), [int(Status.SYSTEM_ERROR)]
        self._answers[sequence] = (arrived, statuses)
        try:
            self._say(Command.DELIVER_SM, Status.OK, sequence, wire.write_deliver(message))
            return arrived.wait(5) and statuses[0] == Status.OK
        except OSError:
            return False
        finally:
            self._answers.pop(sequence, None)

    def _answered(self, sequence: int, status: int) -> None:
        if waiting := self._answers.get(sequence):
            waiting[1][0] = status
            waiting[0].set()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    centre: SmsCentre


class SmsCentre:
    """The centre, on the machine's own address; port 0 takes any that is free."""

    def __init__(self, folder: Path, port: int, system_id: str, password: str) -> None:
        self.system_id, self.password = system_id, password
        self.faults = Faults(folder)
        self.handsets = Handsets(folder)
        self.stopping = False
        self._sessions: list[_Session] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Session)
        self._server.centre = self
        self.port = int(self._server.server_address[1])
        self._threads: list[threading.Thread] = []
        self._due = {sms.number: sms for sms in self.handsets.all() if sms.receipt == "pending"}

    def start(self) -> None:
        """Listen, and bring the receipts that are still due."""
        for target in (self._server.serve_forever, self._bring_receipts):
            thread = threading.Thread(target=target, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Hang up on everybody and listen no more."""
        self.stopping = True
        self._server.shutdown()
        self._server.server_close()
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            with suppress(OSError):
                session.request.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def came(self, session: _Session) -> None:
        """A session has bound."""
        with self._lock:
            self._sessions.append(session)

    def gone(self, session: _Session) -> None:
        """A session has ended."""
        with self._lock:
            if session in self._sessions:
                self._sessions.remove(session)

    def take(self, message: Submitted, system_id: str) -> Sms:
        """Keep a message for its handset; its receipt goes out by itself."""
        fault = self.faults.use(Fault.UNDELIVERED, Fault.LOST_RECEIPT)
        outcome = "UNDELIV" if fault is Fault.UNDELIVERED else "DELIVRD"
        asked = bool(message.registered & 1) and fault is not Fault.LOST_RECEIPT
        number = self.handsets.next_number()
        sms = read(number, message, system_id, outcome, receipt=asked)
        self.handsets.keep(sms)
        if asked:
            self._due[sms.number] = sms
        return sms

    def _bring_receipts(self) -> None:
        tried: dict[int, int] = {}
        while not self.stopping:
            time.sleep(RECEIPT_PAUSE_SECONDS)
            for sms in list(self._due.values()):
                if not self.stopping:
                    self._bring(sms, tried)

    def _bring(self, sms: Sms, tried: dict[int, int]) -> None:
        with self._lock:
            ready = [one for one in self._sessions if one.receives and one.system_id == sms.system_id]
        if not ready:
            return
        session = ready[sms.number % len(ready)]
        if session.deliver(receipt_of(sms)):
            if self.faults.use(Fault.DUPLICATE_RECEIPT):
                session.deliver(receipt_of(sms))
            self._settle(sms, "receipt taken")
            return
        tried[sms.number] = tried.get(sms.number, 0) + 1
        if tried[sms.number] >= RECEIPT_RETRIES:
            self._settle(sms, "receipt given up")

    def _settle(self, sms: Sms, receipt: str) -> None:
        self._due.pop(sms.number, None)
        self.handsets.keep(replace(sms, receipt=receipt))


def receipt_of(sms: Sms) -> Submitted:
    """The receipt of a message as a deliver_sm (appendix B), with its TLVs."""
    when = time.strftime("%y%m%d%H%M", time.gmtime())
    delivered = int(sms.outcome == "DELIVRD")
    error = "000" if delivered else "001"
    text = (
        f"id:{sms.centre_id} sub:001 dlvrd:{delivered:03d} submit date:{when} done date:{when} stat:{sms.outcome} "
        f"err:{error} text:"
    )
    tlvs = {_RECEIPTED_ID: wire.c_string(sms.centre_id), _STATE: bytes((_STATES[sms.outcome],))}
    return Submitted(sms.recipient.removeprefix("+"), "0", 0x04, 0, 0, text.encode("latin-1"), tlvs)


def serve(folder: Path, port: int, system_id: str, password: str, stop: threading.Event) -> None:
    """Serve until the event is set."""
    centre = SmsCentre(folder, port, system_id, password)
    centre.start()
    stop.wait()
    centre.stop()
