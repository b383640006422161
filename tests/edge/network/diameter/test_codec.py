"""Messages to octets and back: what is written is read again, and no octets raise what is no error of the protocol."""

from __future__ import annotations

import struct
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linehouse.edge.network.diameter.avp import OTHERS, Address, Avp, Kind
from linehouse.edge.network.diameter.codec import HEADER, Message, decode, encode, length_of
from linehouse.edge.network.diameter.dictionary import AVPS
from linehouse.edge.network.diameter.results import Broken, Result

CALL = Path(__file__).with_name("kamailio_call.hex")
"""The five requests of one voice call as Kamailio 5.6 sent them: one message a line."""

_BY_KIND = {
    Kind.OCTETS: st.binary(max_size=12),
    Kind.INTEGER_32: st.integers(-(2**31), 2**31 - 1),
    Kind.INTEGER_64: st.integers(-(2**63), 2**63 - 1),
    Kind.UNSIGNED_32: st.integers(0, 2**32 - 1),
    Kind.UNSIGNED_64: st.integers(0, 2**64 - 1),
    Kind.ENUMERATED: st.integers(-(2**31), 2**31 - 1),
    Kind.TEXT: st.text(max_size=9),
    Kind.IDENTITY: st.text("abc.xyz-", max_size=9),
    Kind.URI: st.text("aaa://host", max_size=9),
    Kind.TIME: st.integers(0, 2**32 - 1).map(lambda n: datetime(1968, 1, 20, 3, 14, 8, tzinfo=UTC) + timedelta(0, n)),
    Kind.ADDRESS: st.one_of(
        st.builds(Address, st.just(1), st.binary(min_size=4, max_size=4)),
        st.builds(Address, st.just(2), st.binary(min_size=16, max_size=16)),
        st.builds(Address, st.just(8), st.binary(max_size=15)),
    ),
}


def _values(one: Avp, depth: int) -> st.SearchStrategy[object]:
    if one.kind is Kind.GROUPED:
        return _fields(one, depth + 1)
    return st.sampled_from(sorted(one.values)) if one.values else _BY_KIND[one.kind]


@st.composite
def _fields(draw: st.DrawFn, one: Avp, depth: int) -> dict[str, list[object]]:
    optional = [name for name in one.members if name not in one.needs]
    chosen = draw(st.lists(st.sampled_from(optional), unique=True, max_size=3)) if optional and depth < 4 else []
    return {
        name: draw(st.lists(_values(AVPS[name], depth), min_size=1, max_size=1 if name in one.single else 3))
        for name in [*(name for name in one.members if name in one.needs), *chosen]
    }


@st.composite
def _messages(draw: st.DrawFn) -> Message:
    names = draw(st.lists(st.sampled_from(sorted(AVPS)), unique=True, max_size=6))
    fields = {name: draw(st.lists(_values(AVPS[name], 0), min_size=1, max_size=2)) for name in names}
    number = st.integers(0, 2**32 - 1)
    flags = draw(st.sampled_from([0x80, 0xC0, 0x90, 0x40, 0x60, 0]))
    return Message(draw(st.integers(0, 2**24 - 1)), draw(number), flags, draw(number), draw(number), fields)


@given(_messages())
def test_what_is_written_is_read_again(message: Message) -> None:
    data = encode(message)
    again = decode(data)
    assert (again, again.fault) == (message, None)
    assert length_of(data) == len(data)


@given(st.binary(max_size=200))
def test_any_octets_are_a_message_or_broken(data: bytes) -> None:
    with suppress(Broken):
        assert decode(data).command >= 0


@settings(max_examples=300)
@given(_messages(), st.data())
def test_a_message_with_some_octets_changed_is_read_or_has_a_fault(message: Message, data: st.DataObject) -> None:
    octets = bytearray(encode(message))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(4, len(octets) - 1))
        octets[place] = data.draw(st.integers(0, 255))
    read = decode(bytes(octets))
    if read.fault is None:
        assert decode(encode(read)) == read
    else:
        # What goes into the answer is itself whole.
        assert len(read.fault.failed) % 4 == 0
        again = encode(Message(272, 4, 0, fields={"Failed-AVP": [read.fault.failed]}))
        assert decode(again).fields["Failed-AVP"] == [read.fault.failed]


def _raw(*avps: bytes) -> bytes:
    body = b"".join(avps)
    return struct.pack(">IIIII", 1 << 24 | HEADER + len(body), 0x80 << 24 | 272, 4, 1, 2) + body


def _avp(code: int, value: bytes, flags: int = 0x40, vendor: int | None = None, length: int | None = None) -> bytes:
    head = b"" if vendor is None else struct.pack(">I", vendor)
    flags |= 0 if vendor is None else 0x80
    size = 8 + len(head) + len(value) if length is None else length
    return struct.pack(">II", code, flags << 24 | size) + head + value + b"\0" * (-(8 + len(head) + len(value)) % 4)


SESSION = _avp(263, b"gw;1;2")


@pytest.mark.parametrize(
    ("octets", "result", "failed"),
    [
        (_avp(99_999, b"abcd"), Result.AVP_UNSUPPORTED, _avp(99_999, b"abcd")),
        (_avp(7, b"x", vendor=42), Result.AVP_UNSUPPORTED, _avp(7, b"x", vendor=42)),
        (_avp(416, struct.pack(">i", 9)), Result.INVALID_AVP_VALUE, _avp(416, struct.pack(">i", 9))),
        (_avp(264, b"\xff\xfe"), Result.INVALID_AVP_VALUE, _avp(264, b"\xff\xfe")),
        (_avp(415, b"\0\0\0"), Result.INVALID_AVP_LENGTH, _avp(415, b"\0\0\0\0")),
        (_avp(871, b"", vendor=10415), Result.INVALID_AVP_LENGTH, _avp(871, b"\0\0\0\0", vendor=10415)),
        (_avp(415, b"\0\0\0\1", length=900), Result.INVALID_AVP_LENGTH, _avp(415, b"\0\0\0\0")),
        (_avp(415, b"\0\0\0\1", length=3), Result.INVALID_AVP_LENGTH, _avp(415, b"\0\0\0\0")),
        (_avp(415, b"\0\0\0\1", flags=0x41), Result.INVALID_AVP_BITS, _avp(415, b"\0\0\0\1", flags=0x41)),
        (_avp(443, _avp(450, b"\0\0\0\0")), Result.MISSING_AVP, _avp(443, _avp(444, b"\0"))),
        (
            _avp(456, _avp(432, b"\0\0\0\1") + _avp(432, b"\0\0\0\2")),
            Result.AVP_OCCURS_TOO_MANY_TIMES,
            _avp(456, _avp(432, b"\0\0\0\2")),
        ),
        (_avp(437, _avp(420, b"\0")), Result.INVALID_AVP_LENGTH, _avp(437, _avp(420, b"\0\0\0\0"))),
    ],
)
def test_what_breaks_a_rule_is_named_and_the_session_is_known(octets: bytes, result: Result, failed: bytes) -> None:
    read = decode(_raw(SESSION, octets))
    assert read.fault is not None
    assert (read.fault.result, read.fault.failed) == (result, failed)
    assert read.text("Session-Id") == "gw;1;2"


def test_what_no_table_names_is_kept_unless_it_is_mandatory() -> None:
    unknown, charging = _avp(99_999, b"abc", flags=0), _avp(3410, b"abc", vendor=10415)
    read = decode(_raw(SESSION, unknown, charging))
    assert read.fault is None
    assert read.fields[OTHERS] == [unknown[:-1], charging[:-1]]
    assert encode(read) == _raw(SESSION, unknown, charging)


def test_groups_in_groups_end_somewhere() -> None:
    nested = b""
    for _ in range(5_000):
        nested = _avp(456, nested)
    read = decode(_raw(SESSION, nested))
    assert read.fault is not None
    assert read.fault.result is Result.INVALID_AVP_VALUE


@pytest.mark.parametrize("flags", [0x81, 0xA0, 0x50, 0x08])
def test_header_bits_that_cannot_be(flags: int) -> None:
    octets = bytearray(_raw(SESSION))
    octets[4] = flags
    read = decode(bytes(octets))
    assert read.fault is not None
    assert read.fault.result is Result.INVALID_HDR_BITS


@pytest.mark.parametrize("value", [-1, "x", None, 1 << 40])
def test_a_value_that_cannot_be_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match="CC-Time cannot be"):
        encode(Message(272, 4, 0, fields={"CC-Time": [value]}))


def test_every_avp_of_a_group_is_known_and_every_code_stands_once() -> None:
    assert len({one.key for one in AVPS.values()}) == len(AVPS)
    assert all(set(one.members) <= AVPS.keys() for one in AVPS.values())


def test_a_real_call_of_kamailio_is_read_and_written_again() -> None:
    requests = [decode(bytes.fromhex(line)) for line in CALL.read_text().split()]
    assert [(one.number("CC-Request-Type"), one.fault) for one in requests] == [(n, None) for n in (1, 2, 2, 2, 3)]
    assert [one.fields["Origin-Host"] for one in requests] == [["scscf.ims.test"] * 2] * 5
    assert [decode(encode(one)) for one in requests] == requests
