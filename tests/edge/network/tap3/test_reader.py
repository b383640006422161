"""TAP files as usage: checked by version, groups and totals, and every kind of event mapped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from linehouse.edge.network.ber import header
from linehouse.edge.network.tap3.codec import encode
from linehouse.edge.network.tap3.reader import check_settings, read
from linehouse.edge.network.tap3.words import bcd, digits, local_instant, offset_minutes
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.usage.errors import FeedInvalid, FileRefused, Refusal, Suspension
from linehouse.usage.values import (
    Direction,
    NumberForm,
    ParsedFile,
    RawUsage,
    UnreadableRecord,
    UsageType,
    WholesaleCharge,
)
from tests.edge.network.tap3.batches import CALL, DATA, MESSAGE_IN, PLACE, START, SUBSCRIBER, batch, charge, used


def parsed(sent: dict[str, Any], **settings: Any) -> ParsedFile:
    return read(encode(("transferBatch", sent)), settings)


def only(event: tuple[str, Any], **settings: Any) -> RawUsage:
    (record,) = parsed(batch(event), **settings).records
    assert isinstance(record, RawUsage), record
    return record


def test_a_file_as_a_whole() -> None:
    file = parsed(batch(CALL, MESSAGE_IN, DATA, total=2500, tax=380))
    assert (file.version, file.sender, file.recipient, file.sequence) == ("3.12", "DEUD2", "NLDRM", "00042")
    assert file.created_at == datetime(2026, 11, 3, 11, tzinfo=UTC)
    assert file.disagreements == ()
    assert file.declared == file.summed
    assert file.declared.charge == WholesaleCharge(2500, 5, "XDR")
    assert file.notes == ("local currency EUR",)


def test_a_call() -> None:
    call = only(CALL)
    assert (call.usage_type, call.direction) == (UsageType.VOICE, Direction.OUT)
    assert call.quantity == Quantity(61_000, Unit.MILLISECOND)
    assert call.started_at == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    assert call.utc_offset == 60
    assert (call.imsi, call.msisdn) == ("204041234567890", "31612345678")
    assert (call.party, call.party_form) == ("4930123456", NumberForm.INTERNATIONAL)
    assert (call.tadig, call.cause, call.event_reference) == ("DEUD2", "4", "010203")
    assert call.wholesale == WholesaleCharge(2000, 5, "XDR")
    assert call.wholesale_tax == WholesaleCharge(380, 5, "XDR")
    assert call.attributes["entity"] == "MSC1"
    assert call.dialled == "030123456"


def test_a_message_and_data() -> None:
    message, data = only(MESSAGE_IN), only(DATA)
    assert (message.usage_type, message.direction, message.quantity.amount) == (UsageType.SMS, Direction.IN, 1)
    assert (message.party, message.party_form) == ("BANK", NumberForm.TEXT)
    assert data.quantity == Quantity(1_234_567, Unit.OCTET)
    assert (data.apn, data.event_reference) == ("internet", "4711")
    assert data.attributes["partial"] == "F"


def test_a_message_sent_goes_to_its_recipient_not_to_the_service_centre() -> None:
    event = batch(CALL)["callEventDetails"][0]
    event[1]["basicCallInformation"]["destination"] = {
        "calledNumber": bcd("31653131313"),
        "sMSDestinationNumber": b"31612349999",
    }
    event[1]["basicServiceUsedList"] = used(b"22", charge(16, b"E", 0))
    assert only(event).party == "31612349999"
    assert only(event).quantity == Quantity(1, Unit.MESSAGE)


@pytest.mark.parametrize(
    "change",
    [{"supplServiceCode": b"21"}, {"thirdPartyInformation": {"thirdPartyNumber": bcd("4689"), "clirIndicator": 0}}],
)
def test_a_forwarded_call(change: dict[str, Any]) -> None:
    event = batch(CALL)["callEventDetails"][0]
    event[1].update(change)
    assert only(event).direction is Direction.FORWARDED


def test_a_supplementary_service() -> None:
    event = (
        "supplServiceEvent",
        {
            "chargeableSubscriber": SUBSCRIBER,
            "locationInformation": PLACE,
            "supplServiceUsed": {
                "supplServiceCode": b"2B",
                "supplServiceActionCode": 5,
                "chargingTimeStamp": START,
                "basicServiceCodeList": [("teleServiceCode", b"11")],
            },
        },
    )
    record = only(event)
    assert record.quantity == Quantity(1, Unit.EVENT)
    assert record.attributes["supplementary-service"] == "2B"


def test_a_session_goes_out_when_somebody_was_asked_for() -> None:
    body = {
        "mobileSessionService": 1,
        "chargedParty": {"imsi": bcd("204041234567890"), "msisdn": bcd("31612345678")},
        "eventReference": b"abc",
        "serviceStartTimestamp": START,
        "totalCallEventDuration": 10,
        "nonChargedParty": {"nonChargedPublicUserId": b"sip:+4930123456@ims.example"},
        "requestedDestination": {"requestedNumber": bcd("4930123456")},
        "sessionChargeInfoList": [{"chargedItem": b"D", "chargeDetailList": [{"chargeType": b"00", "charge": 9}]}],
    }
    outgoing = only(("mobileSession", body))
    assert (outgoing.direction, outgoing.party, outgoing.quantity.amount) == (Direction.OUT, "4930123456", 10_000)
    assert outgoing.wholesale == WholesaleCharge(9, 5, "XDR")
    del body["requestedDestination"]
    assert only(("mobileSession", body)).direction is Direction.IN


def test_a_messaging_event_needs_to_know_its_service() -> None:
    event = (
        "messagingEvent",
        {
            "messagingEventService": 1,
            "chargedParty": {"imsi": bcd("204041234567890")},
            "eventReference": b"abc",
            "serviceStartTimestamp": START,
            "nonChargedParty": {"nonChargedPartyNumber": bcd("4930123456")},
            "charge": 830,
        },
    )
    (unknown,) = parsed(batch(event, total=830)).records
    assert isinstance(unknown, UnreadableRecord)
    assert unknown.code == Suspension.UNSUPPORTED_EVENT
    assert unknown.wholesale == WholesaleCharge(830, 5, "XDR")
    known = only(event, **{"messaging-services": {1: "sms out"}})
    assert (known.usage_type, known.direction, known.party) == (UsageType.SMS, Direction.OUT, "4930123456")


def test_settings_are_judged() -> None:
    check_settings({"messaging-services": {1: "sms out"}})
    for wrong in ({"messaging-services": {1: "sms"}}, {"messaging-services": {"x": "sms out"}}, {"colour": "red"}):
        with pytest.raises(FeedInvalid):
            check_settings(wrong)


def test_content_refunds_are_taken_off_and_camel_fees_added() -> None:
    content = (
        "contentTransaction",
        {
            "contentServiceUsed": [
                {"chargeInformationList": [charge(100)]},
                {"chargeRefundIndicator": 1, "chargeInformationList": [charge(40)]},
            ]
        },
    )
    call = batch(CALL)["callEventDetails"][0]
    call[1]["camelServiceUsed"] = {"camelServiceKey": 1, "camelInvocationFee": 11}
    sent = batch(content, call, total=100 + 2011, tax=380)
    sent["auditControlInfo"]["totalChargeRefund"] = 40
    file = parsed(sent)
    assert file.disagreements == ()
    assert file.declared.charge == file.summed.charge == WholesaleCharge(100 + 2011 - 40, 5, "XDR")


@pytest.mark.parametrize(
    ("total", "tax", "count", "field"),
    [
        (2001, 380, 1, "totalCharge"),
        (2000, 381, 1, "totalTaxValue"),
        (2000, 380, 2, "callEventDetailsCount"),
    ],
)
def test_wrong_totals_are_named(total: int, tax: int, count: int, field: str) -> None:
    (problem,) = parsed(batch(CALL, total=total, tax=tax, count=count)).disagreements
    assert problem.field == field


@pytest.mark.parametrize(("specification", "release"), [(3, 13), (3, 0), (2, 4), (4, 12)])
def test_a_version_that_is_not_known(specification: int, release: int) -> None:
    sent = batch(CALL)
    sent["batchControlInfo"].update(specificationVersionNumber=specification, releaseVersionNumber=release)
    with pytest.raises(FileRefused) as caught:
        parsed(sent)
    assert caught.value.refusal is Refusal.UNKNOWN_VERSION
    assert caught.value.value == f"{specification}.{release}"


@pytest.mark.parametrize("group", ["accountingInfo", "networkInfo", "callEventDetails", "auditControlInfo"])
def test_a_group_that_is_missing(group: str) -> None:
    sent = batch(CALL)
    del sent[group]
    with pytest.raises(FileRefused) as caught:
        parsed(sent)
    assert caught.value.refusal is Refusal.MISSING_GROUP
    assert group in caught.value.field


@pytest.mark.parametrize("item", ["sender", "recipient", "fileSequenceNumber"])
def test_an_item_of_the_header_that_is_missing(item: str) -> None:
    sent = batch(CALL)
    del sent["batchControlInfo"][item]
    with pytest.raises(FileRefused) as caught:
        parsed(sent)
    assert caught.value.refusal is Refusal.MISSING_GROUP


def test_a_truncated_file_names_the_octet() -> None:
    data = encode(("transferBatch", batch(CALL, DATA)))
    with pytest.raises(FileRefused, match=f"at offset {len(data) - 9}") as caught:
        read(data[:-9], {})
    assert (caught.value.refusal, caught.value.offset) == (Refusal.UNREADABLE, len(data) - 9)


def test_a_currency_that_is_none() -> None:
    sent = batch(CALL)
    sent["accountingInfo"]["tapCurrency"] = b"QQQ"
    with pytest.raises(FileRefused, match="is no currency"):
        parsed(sent)


def test_the_currency_is_special_drawing_rights_unless_the_file_says_otherwise() -> None:
    sent = batch(CALL)
    sent["accountingInfo"]["tapCurrency"] = b"USD"
    (record,) = parsed(sent).records
    assert record.wholesale == WholesaleCharge(2000, 5, "USD")


@pytest.mark.parametrize("places", [-1, 13, 10**9])
def test_decimal_places_that_cannot_be(places: int) -> None:
    sent = batch(CALL)
    sent["accountingInfo"]["tapDecimalPlaces"] = places
    with pytest.raises(FileRefused) as caught:
        parsed(sent)
    assert caught.value.field == "tapDecimalPlaces"


def test_a_time_with_an_unknown_offset_code_is_no_time() -> None:
    event = batch(CALL)["callEventDetails"][0]
    event[1]["basicCallInformation"]["callEventStartTimeStamp"]["utcTimeOffsetCode"] = 9
    assert only(event).started_at is None


def test_an_empty_batch_and_a_notification() -> None:
    empty = parsed(batch())
    assert (empty.records, empty.disagreements) == ((), ())
    notification = read(encode(("notification", batch()["batchControlInfo"])), {})
    assert notification.notification
    assert notification.sequence == "00042"


def test_test_data_is_marked() -> None:
    sent = batch(CALL)
    sent["batchControlInfo"]["fileTypeIndicator"] = b"T"
    assert parsed(sent).test


def _element(number: int, content: bytes, *, group: bool = True) -> bytes:
    return header((1, number), len(content), constructed=group) + content


def test_a_file_of_release_3_10_says_it_in_other_groups() -> None:
    """Untagged choices, other number tags, volumes in a list, totals by charge type: written by hand from the tags."""
    sim = _element(199, _element(129, bcd("204041234567890"), group=False))
    start = _element(44, _element(16, b"20261102093000", group=False) + _element(232, b"\x01", group=False))
    charges = _element(
        70,
        _element(69, _element(64, _element(63, _element(71, b"00", group=False) + _element(62, b"\x0a", group=False)))),
    )
    destination = _element(89, _element(33, bcd("4930123456"), group=False))
    basic = _element(147, sim + destination + start + _element(223, b"\x3c", group=False))
    service = _element(36, _element(218, b"11", group=False))
    call = _element(9, basic + _element(38, _element(39, service + charges)))
    volumes = _element(
        120, _element(119, _element(250, b"\x05", group=False) + _element(251, b"\x06", group=False)) * 2
    )
    data_basic = _element(114, _element(115, sim) + start + _element(72, b"\x07", group=False))
    data = _element(14, data_basic + _element(121, volumes + charges))
    totals = _element(224, _element(222, _element(71, b"00", group=False) + _element(241, b"\x14", group=False)))
    audit = _element(15, totals + _element(226, b"\x00", group=False) + _element(43, b"\x02", group=False))
    control = _element(
        4,
        _element(196, b"DEUD2", group=False)
        + _element(182, b"NLDRM", group=False)
        + _element(109, b"00042", group=False)
        + _element(201, b"\x03", group=False)
        + _element(189, b"\x0a", group=False),
    )
    accounting = _element(5, _element(244, b"\x03", group=False))
    network = _element(
        6, _element(234, _element(233, _element(232, b"\x01", group=False) + _element(231, b"+0100", group=False)))
    )
    file = read(_element(1, control + accounting + network + _element(3, call + data) + audit), {})
    assert (file.version, file.disagreements, file.notes) == ("3.10", (), ())
    voice, octets = file.records
    assert isinstance(voice, RawUsage)
    assert isinstance(octets, RawUsage)
    assert (voice.imsi, voice.party, voice.quantity.amount) == ("204041234567890", "4930123456", 60_000)
    assert (octets.imsi, octets.quantity.amount, octets.event_reference) == ("204041234567890", 22, "7")
    assert file.declared.charge == file.summed.charge == WholesaleCharge(20, 3, "XDR")


def test_words() -> None:
    assert digits(bcd("12345")) == "12345"
    assert digits(b"\x21\xf3") == "21", "a filler ends the digits"
    assert [offset_minutes(text) for text in ("+0100", "-0330", "+100", "", "0100", "+9900")] == [60, -210, 60] + [
        None
    ] * 3
    assert local_instant("20261231240000", 60) == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert local_instant("20261331000000", 60) is None
