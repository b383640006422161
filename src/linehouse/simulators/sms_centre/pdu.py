"""PDUs of SMPP 3.4 as far as the centre needs them: the header, strings, submit_sm, deliver_sm, TLVs."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum

HEADER = struct.Struct(">IIII")
LONGEST = 65_536


class Command(IntEnum):
    """Command ids (clause 5.1.2.1)."""

    GENERIC_NACK = 0x80000000
    BIND_RECEIVER = 0x00000001
    BIND_TRANSMITTER = 0x00000002
    SUBMIT_SM = 0x00000004
    DELIVER_SM = 0x00000005
    UNBIND = 0x00000006
    BIND_TRANSCEIVER = 0x00000009
    ENQUIRE_LINK = 0x00000015


RESPONSE = 0x80000000


class Status(IntEnum):
    """Statuses (clause 5.1.3)."""

    OK = 0x00
    INVALID_LENGTH = 0x02
    INVALID_COMMAND = 0x03
    WRONG_STATE = 0x04
    SYSTEM_ERROR = 0x08
    INVALID_DESTINATION = 0x0B
    BIND_FAILED = 0x0D
    INVALID_PASSWORD = 0x0E
    QUEUE_FULL = 0x14
    THROTTLED = 0x58


class Malformed(Exception):
    """The octets are no such PDU."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submit_sm (clause 4.4.1), or a deliver_sm, which has the same body."""

    source: str
    destination: str
    esm_class: int
    data_coding: int
    registered: int
    octets: bytes
    tlvs: dict[int, bytes] = field(default_factory=dict)


class Reader:
    """Reads the fields of a body one after the other. Raises Malformed at its end."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._place = 0

    def octets(self, count: int) -> bytes:
        """The next octets."""
        found = self._body[self._place : self._place + count]
        if len(found) != count:
            raise Malformed("the body is too short")
        self._place += count
        return found

    def number(self) -> int:
        """The next octet."""
        return self.octets(1)[0]

    def text(self, longest: int) -> str:
        """The next string, up to its NUL; ``longest`` counts the NUL."""
        end = self._body.find(b"\0", self._place, self._place + longest)
        if end < 0:
            raise Malformed("a string does not end")
        found = self._body[self._place : end]
        self._place = end + 1
        return found.decode("latin-1")

    def tlvs(self) -> dict[int, bytes]:
        """What is left, as optional parameters."""
        found = {}
        while self._place < len(self._body):
            tag, length = struct.unpack(">HH", self.octets(4))
            found[tag] = self.octets(length)
        return found


def read_bind(body: bytes) -> tuple[str, str]:
    """System id and password of a bind (clause 4.1)."""
    reader = Reader(body)
    return reader.text(16), reader.text(9)


def read_submit(body: bytes) -> Submitted:
    """The fields of a submit_sm. A message in ``message_payload`` (0x0424) is taken from there."""
    reader = Reader(body)
    reader.text(6)
    reader.octets(2)
    source = reader.text(21)
    reader.octets(2)
    destination = reader.text(21)
    esm_class = reader.number()
    reader.octets(2)
    reader.text(17)
    reader.text(17)
    registered = reader.number()
    reader.number()
    data_coding = reader.number()
    reader.number()
    octets = reader.octets(reader.number())
    tlvs = reader.tlvs()
    return Submitted(source, destination, esm_class, data_coding, registered, tlvs.get(0x0424, octets), tlvs)


def write_deliver(message: Submitted) -> bytes:
    """The body of a deliver_sm (clause 4.6.1) to a plain international number."""
    body = b"\0" + bytes((1, 1)) + c_string(message.source) + bytes((1, 1)) + c_string(message.destination)
    body += bytes((message.esm_class, 0, 0)) + b"\0\0" + bytes((message.registered, 0, message.data_coding, 0))
    body += bytes((len(message.octets),)) + message.octets
    for tag, value in message.tlvs.items():
        body += struct.pack(">HH", tag, len(value)) + value
    return body


def pdu(command: int, status: int, sequence: int, body: bytes = b"") -> bytes:
    """A whole PDU."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def c_string(text: str) -> bytes:
    """A string with its NUL."""
    return text.encode("latin-1", "replace") + b"\0"
