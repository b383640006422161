"""Values of AVPs to octets and back (RFC 6733 §4.2, §4.3), compiled per AVP."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from linehouse.edge.network.diameter.avp import Address, Avp, Kind

FIXED = {
    Kind.INTEGER_32: struct.Struct(">i"),
    Kind.INTEGER_64: struct.Struct(">q"),
    Kind.UNSIGNED_32: struct.Struct(">I"),
    Kind.UNSIGNED_64: struct.Struct(">Q"),
    Kind.FLOAT_32: struct.Struct(">f"),
    Kind.FLOAT_64: struct.Struct(">d"),
    Kind.ENUMERATED: struct.Struct(">i"),
    Kind.TIME: struct.Struct(">I"),
}
"""Kinds of one length."""
TEXTUAL = {Kind.TEXT: "utf-8", Kind.IDENTITY: "ascii", Kind.URI: "ascii"}
_PAD = (b"", b"\0\0\0", b"\0\0", b"\0")
_NTP = datetime(1900, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_ERA = 1 << 32
_HALF = 1 << 31
_ADDRESSES = {1: 4, 2: 16}
_BITS_OF_VENDOR, _BIT_OF_MANDATORY = 0x80, 0x40


class Wrong(Exception):
    """A value that its type does not have; ``length`` is what its length should have been, where that is wrong."""

    def __init__(self, why: str, length: int | None = None) -> None:
        """Why."""
        super().__init__(why)
        self.length = length


def instant_of(seconds: int) -> datetime:
    """An instant from NTP seconds; before 1968 they count from 2036 (RFC 5905 §6)."""
    return _NTP + timedelta(seconds=seconds if seconds >= _HALF else seconds + _ERA)


def seconds_of(instant: datetime) -> int:
    """NTP seconds of an instant between 1968 and 2104. Raises OverflowError."""
    seconds = (instant - _NTP) // _SECOND
    if not _HALF <= seconds < _ERA + _HALF:
        raise OverflowError("an instant between 1968 and 2104")
    return seconds % _ERA


def reader(one: Avp) -> Callable[[bytes, int, int, int], object]:
    """How the value of this AVP (which is no group) is read."""
    if one.kind is Kind.TIME:
        return _time_reader()
    if one.kind in FIXED:
        return _fixed_reader(FIXED[one.kind], one.values)
    if one.kind in TEXTUAL:
        return _text_reader(TEXTUAL[one.kind])
    return _address if one.kind is Kind.ADDRESS else _octets


def _fixed_reader(fixed: struct.Struct, allowed: frozenset[int]) -> Callable[[bytes, int, int, int], object]:
    size, unpack = fixed.size, fixed.unpack_from

    def read(data: bytes, at: int, end: int, depth: int) -> object:
        if end - at != size:
            raise Wrong(f"{end - at} octets instead of {size}", size)
        value = unpack(data, at)[0]
        if allowed and value not in allowed:
            raise Wrong(f"{value} is none of {sorted(allowed)}")
        return value

    return read


def _time_reader() -> Callable[[bytes, int, int, int], object]:
    seconds = _fixed_reader(FIXED[Kind.TIME], frozenset())

    def read(data: bytes, at: int, end: int, depth: int) -> object:
        value = seconds(data, at, end, depth)
        return instant_of(value) if isinstance(value, int) else value

    return read


def _text_reader(encoding: str) -> Callable[[bytes, int, int, int], object]:
    def read(data: bytes, at: int, end: int, depth: int) -> object:
        try:
            return str(data[at:end], encoding)
        except UnicodeDecodeError:
            raise Wrong(f"not {encoding}") from None

    return read


def _octets(data: bytes, at: int, end: int, depth: int) -> object:
    return data[at:end]


def _address(data: bytes, at: int, end: int, depth: int) -> object:
    if end - at < 2:
        raise Wrong("an address without its family", 6)
    family = data[at] << 8 | data[at + 1]
    size = _ADDRESSES.get(family)
    if size is not None and end - at != size + 2:
        raise Wrong(f"an address of {end - at - 2} octets", size + 2)
    return Address(family, data[at + 2 : end])


def writer(one: Avp) -> Callable[[object], bytes]:
    """How a value of this AVP (which is no group) is written. Raises as struct does, TypeError, OverflowError."""
    flags = (_BITS_OF_VENDOR if one.vendor else 0) | (_BIT_OF_MANDATORY if one.mandatory else 0)
    if one.kind in FIXED:
        return _fixed_writer(one, flags)
    if one.kind in TEXTUAL:
        encoding = TEXTUAL[one.kind]
        frame = _frame(one, flags)
        return lambda value: frame(value.encode(encoding))  # type: ignore[attr-defined]  # not a str: refused above
    frame = _frame(one, flags)
    if one.kind is Kind.ADDRESS:
        return lambda value: frame(value.family.to_bytes(2, "big") + value.octets)  # type: ignore[attr-defined]  # as above
    return frame


def _fixed_writer(one: Avp, flags: int) -> Callable[[object], bytes]:
    fixed = FIXED[one.kind]
    letter = fixed.format.lstrip(">")
    head: tuple[int, ...] = (one.code, flags << 24 | (12 if one.vendor else 8) + fixed.size)
    if one.vendor:
        head = (*head, one.vendor)
    # Without padding: all of them have four or eight octets.
    pack = struct.Struct(f">{len(head)}I{letter}").pack
    if one.kind is Kind.TIME:
        return lambda value: pack(*head, seconds_of(value))  # type: ignore[arg-type]  # no datetime: TypeError
    return lambda value: pack(*head, value)


def _frame(one: Avp, flags: int) -> Callable[[object], bytes]:
    size = 12 if one.vendor else 8
    if one.vendor:
        vendor_head, code, vendor = struct.Struct(">III").pack, one.code, one.vendor

        def with_vendor(value: object) -> bytes:
            if not isinstance(value, bytes):
                raise TypeError("octets")
            length = size + len(value)
            return vendor_head(code, flags << 24 | length, vendor) + value + _PAD[length & 3]

        return with_vendor
    head, code = struct.Struct(">II").pack, one.code

    def plain(value: object) -> bytes:
        if not isinstance(value, bytes):
            raise TypeError("octets")
        length = size + len(value)
        return head(code, flags << 24 | length) + value + _PAD[length & 3]

    return plain
