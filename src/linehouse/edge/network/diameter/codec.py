"""Messages to octets and back (RFC 6733 §3, §4), driven by the tables. Pure.

Each AVP of the tables is compiled once to a reader and a writer. What is read is a `Message`; octets that break a
rule give a `Message` with a `Fault`, so that whoever asked gets an answer. Only octets whose length or
version is wrong raise (`Broken`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from linehouse.edge.network.diameter.avp import OTHERS, TGPP, Avp, Fields, Kind
from linehouse.edge.network.diameter.avps_3gpp import KEPT_UNREAD
from linehouse.edge.network.diameter.dictionary import AVPS
from linehouse.edge.network.diameter.results import Broken, Fault, Result
from linehouse.edge.network.diameter.values import FIXED, Wrong, reader, writer

HEADER = 20
"""Octets of a message's header."""
LONGEST = 1 << 20
"""Octets of the longest message that is taken."""
DEEPEST = 12
"""Groups in groups."""
REQUEST, PROXIABLE, ERROR, RETRANSMITTED = 0x80, 0x40, 0x20, 0x10
_FLAGS = REQUEST | PROXIABLE | ERROR | RETRANSMITTED
_VENDOR_BIT, _MANDATORY_BIT = 0x80, 0x40
_KNOWN_BITS = 0xE0
_head = struct.Struct(">IIIII")
_avp_head = struct.Struct(">II")
_u32 = struct.Struct(">I")
_LENGTH = 0xFFFFFF
_PAD = (b"", b"\0\0\0", b"\0\0", b"\0")
_SESSION_ID = "Session-Id"


@dataclass(slots=True)
class Message:
    """A message: its header, and its AVPs by name.

    ``fault`` is the first rule that received octets break; ``fields`` hold what could be read nevertheless.
    """

    command: int
    application: int
    flags: int
    hop_by_hop: int = 0
    end_to_end: int = 0
    fields: Fields = field(default_factory=dict)
    fault: Fault | None = field(default=None, compare=False)

    @property
    def is_request(self) -> bool:
        """Whether it asks."""
        return bool(self.flags & REQUEST)

    @property
    def is_repeated(self) -> bool:
        """Whether the T bit says that it may have been sent before."""
        return bool(self.flags & RETRANSMITTED)

    def first(self, name: str) -> object | None:
        """The first value of an AVP, or None."""
        found = self.fields.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """The first value of a textual AVP, or nothing."""
        found = self.fields.get(name)
        return str(found[0]) if found else ""

    def number(self, name: str) -> int | None:
        """The first value of an AVP that is a number, or None."""
        found = self.fields.get(name)
        return found[0] if found and isinstance(found[0], int) else None


def length_of(head: bytes | bytearray, at: int = 0) -> int:
    """The length of the message whose first four octets begin at ``at``. Raises Broken."""
    first = _u32.unpack_from(head, at)[0]
    if first >> 24 != 1:
        raise Broken(Result.UNSUPPORTED_VERSION, f"version {first >> 24} is not 1")
    length: int = first & _LENGTH
    if length < HEADER or length % 4 or length > LONGEST:
        raise Broken(Result.INVALID_MESSAGE_LENGTH, f"a message of {length} octets")
    return length


def decode(data: bytes) -> Message:
    """One whole message. Raises Broken."""
    if len(data) < HEADER or length_of(data) != len(data):
        raise Broken(Result.INVALID_MESSAGE_LENGTH, f"{len(data)} octets are not one message")
    _, second, application, hop_by_hop, end_to_end = _head.unpack_from(data)
    flags = second >> 24
    message = Message(second & _LENGTH, application, flags & _FLAGS, hop_by_hop, end_to_end)
    if (
        flags & ~_FLAGS
        or flags & (REQUEST | ERROR) == REQUEST | ERROR
        or flags & (REQUEST | RETRANSMITTED) == (RETRANSMITTED)
    ):
        message.fault = Fault(Result.INVALID_HDR_BITS, f"command flags {flags:#04x}")
    _read_all(data, HEADER, len(data), message)
    return message


def _read_all(data: bytes, at: int, end: int, message: Message) -> None:
    """Read on after a fault where the length allows it, so that the answer knows the session."""
    fields = message.fields
    while at < end:
        try:
            at = _read_one(data, at, end, fields, 0)
        except _Skipped as skipped:
            if message.fault is None:
                message.fault = skipped.fault
            if skipped.at is None:
                return
            at = skipped.at


class _Skipped(Exception):
    """A fault in one AVP, and where the next one begins (None: nobody knows)."""

    def __init__(self, fault: Fault, at: int | None) -> None:
        super().__init__(fault.why)
        self.fault = fault
        self.at = at


def _read_one(data: bytes, at: int, end: int, fields: Fields, depth: int) -> int:
    if end - at < 8:
        raise _Skipped(
            Fault(Result.INVALID_AVP_LENGTH, "an AVP's header is cut off", data[at:end].ljust(8, b"\0")), None
        )
    code, rest = _avp_head.unpack_from(data, at)
    length = rest & _LENGTH
    stop: int = at + length
    start = at + 8
    if rest & 0x80000000:
        start = at + 12
        key = (_u32.unpack_from(data, at + 8)[0] << 32 | code) if start <= end else code
    else:
        key = code
    if stop < start or stop > end:
        raise _Skipped(_bad_length(data[at : min(start, end)], key), None)
    after: int = stop + (-length & 3)
    known = _READ.get(key)
    if known is None:
        if rest & 0x40000000 and not _is_kept(key):
            raise _Skipped(
                Fault(Result.AVP_UNSUPPORTED, f"AVP {key >> 32}:{code} is not known", _copied(data, at, stop)), after
            )
        fields.setdefault(OTHERS, []).append(data[at:stop])
        return after
    name, read = known
    if rest & 0x1F000000:
        raise _Skipped(Fault(Result.INVALID_AVP_BITS, f"flags of {name}", _copied(data, at, stop)), after)
    try:
        value = read(data, start, stop, depth)
    except Wrong as wrong:
        raise _Skipped(_wrong(AVPS[name], wrong, data, at, stop), after) from None
    except _Skipped as inner:
        # The group, and in it the one that is wrong (RFC 6733 §7.5).
        inside = Fault(inner.fault.result, inner.fault.why, framed(AVPS[name], inner.fault.failed))
        raise _Skipped(inside, after) from None
    found = fields.get(name)
    if found is None:
        fields[name] = [value]
    else:
        found.append(value)
    return after


def _is_kept(key: int) -> bool:
    return key >> 32 == TGPP and any(key & 0xFFFFFFFF in codes for codes in KEPT_UNREAD)


def _copied(data: bytes, at: int, stop: int) -> bytes:
    return data[at:stop] + _PAD[(stop - at) & 3]


def _wrong(one: Avp, wrong: Wrong, data: bytes, at: int, stop: int) -> Fault:
    if wrong.length is not None:
        return _bad_length(data[at : at + (12 if one.vendor else 8)], one.key, wrong.length)
    return Fault(Result.INVALID_AVP_VALUE, f"{one.name}: {wrong}", _copied(data, at, stop))


def _bad_length(head: bytes, key: int, least: int | None = None) -> Fault:
    """The offending AVP's header, with a value of the least length in zeros (RFC 6733 §7.1.5)."""
    known = _READ.get(key)
    if least is None:
        least = _least(AVPS[known[0]]) if known is not None else 0
    vendor = head[4] & _VENDOR_BIT
    head = head.ljust(12 if vendor else 8, b"\0")
    code, rest = _avp_head.unpack_from(head)
    length = len(head) + least
    failed = _avp_head.pack(code, rest & 0xFF000000 | length) + head[8:] + bytes(least) + _PAD[length & 3]
    return Fault(Result.INVALID_AVP_LENGTH, f"length of AVP {key >> 32}:{key & 0xFFFFFFFF}", failed)


def _least(one: Avp) -> int:
    fixed = FIXED.get(one.kind)
    if fixed is not None:
        return fixed.size
    return 6 if one.kind is Kind.ADDRESS else 0


_TEXTS = frozenset({Kind.TEXT, Kind.IDENTITY, Kind.URI})


def example(one: Avp) -> bytes:
    """The AVP with a value of the least length, in zeros: what Failed-AVP shows of one that is missing.

    A text has one octet, since dissectors take one without any for a mistake.
    """
    return framed(one, bytes(_least(one) or (one.kind in _TEXTS)))


def framed(one: Avp, value: bytes) -> bytes:
    """The AVP around its octets."""
    flags = (_VENDOR_BIT if one.vendor else 0) | (_MANDATORY_BIT if one.mandatory else 0)
    head = _u32.pack(one.vendor) if one.vendor else b""
    length = 8 + len(head) + len(value)
    return _avp_head.pack(one.code, flags << 24 | length) + head + value + _PAD[length & 3]


Read = Callable[[bytes, int, int, int], object]


def _group_reader(one: Avp) -> Read:
    needs, single = one.needs, one.single

    def read(data: bytes, at: int, end: int, depth: int) -> object:
        if depth >= DEEPEST:
            raise Wrong("too many groups in groups")
        fields: Fields = {}
        while at < end:
            at = _read_one(data, at, end, fields, depth + 1)
        for name in needs:
            if name not in fields:
                raise _Skipped(Fault(Result.MISSING_AVP, f"{name} in {one.name}", example(AVPS[name])), None)
        for name, found in fields.items():
            if len(found) > 1 and name in single:
                second = encoded(name, found[1])
                raise _Skipped(
                    Fault(Result.AVP_OCCURS_TOO_MANY_TIMES, f"{name} stands {len(found)} times", second), None
                )
        return fields

    return read


def _reader(one: Avp) -> Read:
    return _group_reader(one) if one.kind is Kind.GROUPED else reader(one)


_READ: dict[int, tuple[str, Read]] = {one.key: (one.name, _reader(one)) for one in AVPS.values()}


def encode(message: Message) -> bytes:
    """The octets of a message; Session-Id goes first. Raises ValueError for a name or a value that cannot be."""
    fields = message.fields
    parts: list[bytes] = [b""]
    if _SESSION_ID in fields:
        _write(parts, _SESSION_ID, fields[_SESSION_ID])
    for name, values in fields.items():
        if name != _SESSION_ID:
            _write(parts, name, values)
    length = HEADER + sum(map(len, parts))
    if length > _LENGTH:
        raise ValueError(f"a message of {length} octets")
    parts[0] = _head.pack(
        1 << 24 | length,
        message.flags << 24 | message.command,
        message.application,
        message.hop_by_hop,
        message.end_to_end,
    )
    return b"".join(parts)


def _write(parts: list[bytes], name: str, values: list[object]) -> None:
    if name == OTHERS:
        parts.extend(value + _PAD[len(value) & 3] for value in values if isinstance(value, bytes))
        return
    try:
        write = _WRITE[name]
    except KeyError:
        raise ValueError(f"there is no AVP {name!r}") from None
    try:
        for value in values:
            parts.append(write(value))
    except (struct.error, TypeError, AttributeError, OverflowError, UnicodeError) as error:
        raise ValueError(f"{name} cannot be {value!r}: {error}") from None


def encoded(name: str, value: object) -> bytes:
    """One AVP. Raises ValueError."""
    parts: list[bytes] = []
    _write(parts, name, [value])
    return b"".join(parts)


def _group_writer(one: Avp) -> Callable[[object], bytes]:
    def write(value: object) -> bytes:
        if not isinstance(value, dict):
            raise TypeError("a group is a dict")
        parts: list[bytes] = []
        for name, values in value.items():
            _write(parts, name, values)
        return framed(one, b"".join(parts))

    return write


_WRITE: dict[str, Callable[[object], bytes]] = {
    one.name: _group_writer(one) if one.kind is Kind.GROUPED else writer(one) for one in AVPS.values()
}
