"""TAP octets: both ways, both lengths, and releases that say things differently."""

from __future__ import annotations

from typing import Any

import pytest

from linehouse.edge.network.ber import BerError, header, to_indefinite
from linehouse.edge.network.nrtrde.codec import is_nrtrde
from linehouse.edge.network.tap3.codec import decode, encode, is_tap
from tests.edge.network.tap3.batches import CALL, DATA, MESSAGE_IN, batch


def bodies(data: bytes) -> list[Any]:
    return [(event.kind, event.body) for event in decode(data).events]


def test_what_is_encoded_comes_back() -> None:
    sent = batch(CALL, MESSAGE_IN, DATA, total=2500, tax=380)
    file = decode(encode(("transferBatch", sent)))
    assert dict(file.groups) == {name: group for name, group in sent.items() if name != "callEventDetails"}
    assert [(event.kind, event.body) for event in file.events] == [CALL, MESSAGE_IN, DATA]
    assert [event.position for event in file.events] == [1, 2, 3]
    assert file.strays == ()


def test_indefinite_length_says_the_same() -> None:
    data = encode(("transferBatch", batch(CALL, MESSAGE_IN, DATA)))
    loose = to_indefinite(data)
    assert loose != data
    assert bodies(loose) == bodies(data)
    assert decode(loose).groups == decode(data).groups


def test_an_event_can_be_found_again_by_its_place() -> None:
    data = encode(("transferBatch", batch(CALL, DATA)))
    for event in decode(data).events:
        assert data[event.offset : event.offset + event.size] == event.octets


def test_a_notification() -> None:
    head = batch()["batchControlInfo"]
    file = decode(encode(("notification", head)))
    assert file.notification
    assert file.group("batchControlInfo")["fileSequenceNumber"] == b"00042"


def test_padding_behind_the_batch_is_no_harm_but_more_data_is() -> None:
    data = encode(("transferBatch", batch(CALL)))
    assert bodies(data + bytes(512)) == [CALL]
    with pytest.raises(BerError, match="more data behind the end"):
        decode(data + data)


def test_an_event_of_unknown_type_stays_one_event() -> None:
    data = encode(("transferBatch", batch(CALL, DATA)))
    stranger = header((1, 499), 3, constructed=True) + b"\x42\x01\x05"
    events = decode(_with_events(data, stranger)).events
    assert [event.kind for event in events] == ["mobileOriginatedCall", "gprsCall", ""]
    assert events[2].body is None
    assert "unknown type [APPLICATION 499]" in events[2].problem


def test_an_event_that_is_damaged_inside_stays_one_event() -> None:
    data = encode(("transferBatch", batch(CALL, DATA)))
    call = decode(data).events[0]
    # The event's first group claims more octets than the event has.
    broken = bytearray(data)
    at = call.offset + call.size - len(call.octets) + call.octets.index(b"\x7f\x81\x13")
    broken[at + 3] = 0x7F
    events = decode(bytes(broken)).events
    assert [event.body is None for event in events] == [True, False]
    assert "the data ends" in events[0].problem


def _with_events(data: bytes, more: bytes) -> bytes:
    """The batch with one more event, written by hand."""
    file = decode(data)
    inside = b"".join(event.octets for event in file.events) + more
    first, last = file.events[0].offset, file.events[-1].offset + file.events[-1].size
    audit = data[last:]
    events = header((1, 3), len(inside), constructed=True) + inside
    before = data[: first - len(header((1, 3), last - first, constructed=True))]
    body = before[before.index(b"\x64") :] + events + audit
    return header((1, 1), len(body), constructed=True) + body


def test_formats_are_told_apart() -> None:
    tap = encode(("transferBatch", batch(CALL)))
    assert is_tap(tap)
    assert is_tap(to_indefinite(tap))
    assert is_tap(tap[:40]), "a truncated file is still TAP"
    assert not is_nrtrde(tap)
    assert not is_tap(b"record_id;service\r\n")
    assert not is_tap(b"")
