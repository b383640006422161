"""NRTRDE files as usage, with the liberties that real files take."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from linehouse.edge.network.ber import to_indefinite
from linehouse.edge.network.nrtrde.codec import decode, encode, is_nrtrde
from linehouse.edge.network.nrtrde.reader import read
from linehouse.edge.network.tap3.codec import is_tap
from linehouse.edge.network.tap3.words import bcd
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.usage.errors import FileRefused, Refusal
from linehouse.usage.values import Direction, NumberForm, RawUsage, UsageType

CALL = (
    "moc",
    {
        "imsi": bcd("204041234567890"),
        "callEventStartTimeStamp": b"20261102093000",
        "utcTimeOffset": b"+0100",
        "callEventDuration": 195,
        "causeForTermination": 0,
        "serviceCode": ("teleServiceCode", b"11"),
        "dialledDigits": b"030123456",
        "connectedNumber": b"4930123456",
        "callReference": 77,
        "servingNetwork": b"DEUD2",
        "msisdn": bcd("31612345678"),
    },
)
MESSAGE = (
    "mtc",
    {
        "imsi": bcd("204041234567890"),
        "callEventStartTimeStamp": b"20261102093000",
        "callEventDuration": 0,
        "serviceCode": ("teleServiceCode", b"21"),
        "callingNumber": b"31653131313",
    },
)
DATA = (
    "gprs",
    {
        "imsi": bcd("204041234567890"),
        "callEventStartTimeStamp": b"20261102093000",
        "utcTimeOffset": b"+0100",
        "callEventDuration": 60,
        "accessPointNameNI": b"internet",
        "dataVolumeIncoming": 1000,
        "dataVolumeOutgoing": 24,
        "chargingId": 4711,
    },
)


def report(*events: tuple[str, Any], **head: Any) -> dict[str, Any]:
    return deepcopy(
        {
            "specificationVersionNumber": 2,
            "releaseVersionNumber": 1,
            "sender": b"DEUD2",
            "recipient": b"NLDRM",
            "sequenceNumber": b"0000386",
            "fileAvailableTimeStamp": b"20261102100000",
            "utcTimeOffset": b"+0100",
            "callEvents": list(events),
            "callEventsCount": len(events),
            **head,
        }
    )


def test_there_and_back_in_both_lengths() -> None:
    sent = report(CALL, MESSAGE, DATA)
    data = encode(sent)
    for octets in (data, to_indefinite(data)):
        file = decode(octets)
        assert {**file.head, "callEvents": [(event.kind, event.body) for event in file.events]} == sent
    assert is_nrtrde(data)
    assert not is_tap(data)


def test_every_kind_of_event() -> None:
    file = read(encode(report(CALL, MESSAGE, DATA)), {})
    assert (file.version, file.sender, file.recipient, file.sequence) == ("2.1", "DEUD2", "NLDRM", "0000386")
    assert file.disagreements == ()
    call, message, data = file.records
    assert isinstance(call, RawUsage)
    assert (call.quantity, call.party, call.direction) == (
        Quantity(195_000, Unit.MILLISECOND),
        "4930123456",
        Direction.OUT,
    )
    assert (call.started_at, call.event_reference) == (datetime(2026, 11, 2, 8, 30, tzinfo=UTC), "77")
    assert isinstance(message, RawUsage)
    assert (message.usage_type, message.direction, message.quantity.amount) == (UsageType.SMS, Direction.IN, 1)
    assert isinstance(data, RawUsage)
    assert (data.quantity, data.apn) == (Quantity(1024, Unit.OCTET), "internet")


def test_a_short_offset_and_a_short_number_are_meant_as_they_are_written() -> None:
    file = read(encode(report(MESSAGE, utcTimeOffset=b"+100", sequenceNumber=b"386")), {})
    assert file.sequence == "386"
    (message,) = file.records
    assert isinstance(message, RawUsage)
    assert message.started_at == datetime(2026, 11, 2, 8, 30, tzinfo=UTC), "the file's offset stands in for the event's"


def test_dialled_digits_are_what_was_keyed() -> None:
    event = deepcopy(CALL)
    del event[1]["connectedNumber"]
    (call,) = read(encode(report(event)), {}).records
    assert isinstance(call, RawUsage)
    assert (call.party, call.party_form) == ("030123456", NumberForm.DIALLED)


def test_a_wrong_count_is_named() -> None:
    (problem,) = read(encode(report(CALL, callEventsCount=2)), {}).disagreements
    assert (problem.field, problem.value, problem.expected) == ("callEventsCount", "2", "1")


def test_an_empty_report() -> None:
    empty = report()
    del empty["callEvents"]
    assert read(encode(empty), {}).records == ()


def test_unknown_version_and_truncation_are_refused() -> None:
    with pytest.raises(FileRefused) as caught:
        read(encode(report(CALL, specificationVersionNumber=7)), {})
    assert caught.value.refusal is Refusal.UNKNOWN_VERSION
    data = encode(report(CALL))
    with pytest.raises(FileRefused) as caught:
        read(data[:50], {})
    assert (caught.value.refusal, caught.value.offset) == (Refusal.UNREADABLE, 50)
