"""BER framing: where it breaks is named, what is unknown is counted, what is out of order is put in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.edge.network.asn1 import Module
from linehouse.edge.network.ber import BerError, Stray, header, read_element, to_indefinite

MODULE = Module(
    """
    Small DEFINITIONS IMPLICIT TAGS ::= BEGIN
    Outer ::= [APPLICATION 1] SEQUENCE {
        first   [APPLICATION 2] INTEGER OPTIONAL,
        second  [APPLICATION 300] OCTET STRING OPTIONAL,
        choice  [APPLICATION 9] Choice OPTIONAL,
        list    [APPLICATION 10] SEQUENCE OF [APPLICATION 2] INTEGER OPTIONAL
    }
    Choice ::= CHOICE { one [APPLICATION 5] INTEGER, two [APPLICATION 6] OCTET STRING }
    END
    """
)


def decode(text: str) -> tuple[object, list[Stray]]:
    data = bytes.fromhex(text)
    strays: list[Stray] = []
    return MODULE.decode("Outer", data, read_element(data), strays), strays


def test_an_unknown_element_in_the_middle_loses_nothing_behind_it() -> None:
    value, strays = decode("61 0e 420105 4e0101 5f822c02 6869 4300")
    assert value == {"first": 5, "second": b"hi"}
    assert [stray.tag for stray in strays] == [(1, 14), (1, 3)]


def test_elements_out_of_order_are_read_all_the_same() -> None:
    value, strays = decode("61 08 5f822c0168 420105")
    assert value == {"first": 5, "second": b"h"}
    assert strays == []


def test_a_choice_and_a_list() -> None:
    value, _ = decode("61 0d 6903 450107 6a06 420101 420102")
    assert value == {"choice": ("one", 7), "list": [1, 2]}


def test_an_element_that_comes_twice_is_counted_not_merged() -> None:
    value, strays = decode("61 06 420105 420106")
    assert value == {"first": 5}
    assert strays == [Stray((1, 2), 5)]


def test_a_string_sent_in_pieces_is_joined() -> None:
    value, _ = decode("6180 7f822c80 040168 040169 0000 0000")
    assert value == {"second": b"hi"}


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("", 0, "where an element should begin"),
        ("61", 1, "where a length should stand"),
        ("6105420105", 5, "after 3 of 5 octets"),
        ("618201", 3, "inside a length"),
        ("5f82", 2, "inside a tag"),
        ("6180420105", 5, "indefinite length is closed"),
        ("4280", 1, "primitive element has no definite length"),
        ("6189010101010101010101", 1, "more than eight octets"),
    ],
)
def test_broken_framing_names_the_octet(text: str, offset: int, words: str) -> None:
    with pytest.raises(BerError, match=words) as caught:
        read_element(bytes.fromhex(text))
    assert caught.value.offset == offset


def test_nesting_has_a_limit() -> None:
    data = b""
    for _ in range(60):
        data = header((1, 1), len(data), constructed=True) + data
    with pytest.raises(BerError, match="nested too deeply"):
        to_indefinite(data)


@given(st.integers(0, 2**28 - 1), st.integers(0, 2**20))
def test_headers_come_back(number: int, length: int) -> None:
    head = header((1, number), length, constructed=False)
    element = read_element(head + bytes(length))
    assert (element.tag, element.end - element.body, element.body) == ((1, number), length, len(head))


@given(st.binary(max_size=200))
def test_any_octets_are_read_or_refused(data: bytes) -> None:
    end = _end(data)
    assert 0 <= end <= len(data)


def _end(data: bytes) -> int:
    """Where the first element ends, or where it breaks off."""
    try:
        return read_element(data).after
    except BerError as error:
        return error.offset
