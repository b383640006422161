"""What a charging data request says, in the words of pricing: pure, with no database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from linehouse.edge.network.nchf import mapping, parties, places
from linehouse.edge.network.nchf.messages import ChargingDataRequest
from linehouse.edge.network.nchf.options import trusted_from
from linehouse.edge.network.nchf.problems import malformed
from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Plmn
from linehouse.rating.session.requests import Operation
from linehouse.rating.values import Direction, UsageType
from tests.edge.network.nchf.bodies import FRANCE, HOME, call, container, data, group, located, message, pdu, request


def read(body: dict[str, Any]) -> ChargingDataRequest:
    return msgspec.json.decode(msgspec.json.encode(body), type=ChargingDataRequest)


@pytest.mark.parametrize(
    ("body", "imsi", "msisdn"),
    [
        (data(subscriberIdentifier="imsi-204040000000001"), "204040000000001", ""),
        (
            data(subscriberIdentifier="nai-0204040000000001@nai.5gc.mnc004.mcc204.3gppnetwork.org"),
            "204040000000001",
            "",
        ),
        (data(subscriberIdentifier="msisdn-31612345678"), "", "31612345678"),
        (data(session={"userInformation": {"servedGPSI": "msisdn-31612345678"}}), "", "31612345678"),
        (data(subscriberIdentifier="nai-somebody@example.org"), "", ""),
        (data(subscriberIdentifier="imsi-1"), "", ""),
        (call(0, callingPartyAddresses=["sip:+31612345678@ims.example;user=phone"]), "", "31612345678"),
        (call(0, roleOfNode="TERMINATING", calledPartyAddress="tel:+31612345678"), "", "31612345678"),
        (call(0, callingPartyAddresses=["sip:anonymous@anonymous.invalid"]), "", ""),
        (message(originatorInfo={}), "", ""),
    ],
)
def test_whose_it_is(body, imsi, msisdn):
    assert parties.subscriber_of(read(body)) == parties.Named(msisdn, imsi)


def test_who_receives_a_message_is_charged_for_receiving_it():
    body = message()
    body["sMSChargingInformation"] |= {
        "sMMessageType": "DELIVERY",
        "originatorInfo": {"originatorSUPI": "imsi-208010000000001", "originatorGPSI": "msisdn-33612345678"},
        "recipientInfo": [{"recipientSUPI": "imsi-204040000000001"}],
    }
    asked = read(body)
    assert asked.sms is not None
    assert parties.subscriber_of(asked).imsi == "204040000000001"
    assert (parties.message_direction(asked.sms), parties.message_peer(asked.sms)) == (
        Direction.IN,
        "msisdn-33612345678",
    )


@pytest.mark.parametrize(
    ("ims", "direction", "peer"),
    [
        ({}, Direction.OUT, "+12125550123"),
        ({"calledPartyAddress": "tel:0201234567;phone-context=+31"}, Direction.OUT, "+31201234567"),
        ({"calledPartyAddress": "sip:+33123456789@ims.example;user=phone"}, Direction.OUT, "+33123456789"),
        ({"calledPartyAddress": "", "requestedPartyAddress": ["tel:1200"]}, Direction.OUT, "1200"),
        ({"calledPartyAddress": "urn:service:sos.police"}, Direction.OUT, "112"),
        ({"imsEmergencyIndication": True, "calledPartyAddress": "tel:911"}, Direction.OUT, "112"),
        ({"calledPartyAddress": "sip:alice@example.org"}, Direction.OUT, ""),
        (
            {"roleOfNode": "TERMINATING", "callingPartyAddresses": ["sip:x@y", "tel:+33123456789"]},
            Direction.IN,
            "+33123456789",
        ),
        ({"roleOfNode": "FORWARDING"}, Direction.FORWARDED, "+12125550123"),
    ],
)
def test_who_is_called(ims, direction, peer):
    asked = read(call(0, **ims))
    assert parties.call_direction(asked) is direction
    assert parties.other_party(parties.call_peer(asked), "NL") == peer


def test_a_diverted_call_goes_where_it_was_diverted():
    body = call(0, roleOfNode="TERMINATING")
    body["mMTelChargingInformation"] = {
        "supplementaryServices": [{"supplementaryServiceType": "CFU", "associatedPartyAddress": "tel:+33123456789"}]
    }
    asked = read(body)
    assert parties.call_direction(asked) is Direction.FORWARDED
    assert parties.call_peer(asked) == "tel:+33123456789"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (data(session=pdu(plmn=FRANCE)), "208-01"),
        (data(session={"userLocationinfo": {"eutraLocation": {"tai": {"plmnId": FRANCE, "tac": "1"}}}}), "208-01"),
        (data(session={"userLocationinfo": {"n3gaLocation": {}}}), None),
        (data(session={"pduSessionInformation": {"servingNetworkFunctionID": {
            "servingNetworkFunctionInformation": {"nodeFunctionality": "AMF", "nFPLMNID": FRANCE}}}}), "208-01"),
        (data(session={}, roamingQBCInformation={"multipleQFIcontainer": [
            {"localSequenceNumber": 1, "qFIContainerInformation": {"userLocationInformation": located(FRANCE)[
                "pDUContainerInformation"]["userLocationInformation"]}}]}), "208-01"),
        (call(0, imsVisitedNetworkIdentifier="ims.mnc001.mcc208.3gppnetwork.org"), "208-01"),
        (call(0, imsVisitedNetworkIdentifier="ims.mnc410.mcc310.3gppnetwork.org"), "310-410"),
        (data(session=pdu(plmn={"mcc": "1", "mnc": "x"})), None),
        (call(0), None),
    ],
)  # fmt: skip
def test_where_it_is(body, place):
    found = places.place_of(read(body))
    assert found == (Plmn.parse(place) if place else None)


@pytest.mark.parametrize(
    ("zone", "offset"), [("+01:00", 60), ("-03:30", -210), ("+02:00+1", 120), ("+0100", 60), ("", None), ("soon", None)]
)
def test_what_the_clock_says_there(zone, offset):
    found = places.offset_of(read(data(session={"uetimeZone": zone})))
    assert found == (timedelta(minutes=offset) if offset is not None else None)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (data(0, group()), UsageType.DATA),
        (message(), UsageType.SMS),
        (call(0), UsageType.VOICE),
        (call(0, eventType={"sIPMethod": "MESSAGE"}), UsageType.SMS),
        (request(0, multipleUnitUsage=[{"ratingGroup": 1, "requestedUnit": {"time": 1}}]), UsageType.VOICE),
        (request(0, multipleUnitUsage=[{"ratingGroup": 1, "requestedUnit": {"totalVolume": 1}}]), UsageType.DATA),
        (
            request(0, multipleUnitUsage=[{"ratingGroup": 1, "usedUnitContainer": [container(1, uplinkVolume=0)]}]),
            UsageType.DATA,
        ),
        (
            request(0, multipleUnitUsage=[{"ratingGroup": 1, "requestedUnit": {"serviceSpecificUnits": 1}}]),
            UsageType.EVENT,
        ),
        (request(0, nEFChargingInformation={"aPIName": "x"}), UsageType.EVENT),
    ],
)
def test_what_is_used(body, kind):
    asked = read(body)
    assert mapping.usage_type_of(asked, asked.usages[0] if asked.usages else None) is kind


def test_names_of_services():
    home = frozenset({Plmn("204", "04")})
    names = [
        mapping.service_name("10", None, home, after=False),
        mapping.service_name("10", Plmn("204", "04"), home, after=True),
        mapping.service_name("10#2", Plmn("208", "01"), home, after=True),
    ]
    assert names == ["10", "10!", "10#2@208-01!"]
    assert [mapping.group_named(one) for one in names] == ["10", "10", "10#2"]
    assert [mapping.rating_group_of(one) for one in names] == [10, 10, 10]
    known = mapping.remembered(["10", "20@208-01", "10@310-410", "20!"], closed=False)
    assert known.places == {"10": Plmn("310", "410"), "20": Plmn("208", "01")}
    assert mapping.named_groups(read(data(0, group(1), group(2), group(1))).usages) == ["1", "2", "1#2"]


def test_when_a_session_must_be_recalled():
    assert not mapping.needs_memory(read(data(1, group(10, container(1, totalVolume=1)))))
    assert mapping.needs_memory(read(data(1, session={})))
    assert mapping.needs_memory(read(data(1, group(10, container(1, "PLMN_CHANGE", totalVolume=1)))))
    assert not mapping.needs_memory(read(data(1, group(10, container(1, "PLMN_CHANGE", **located(HOME))))))


def test_events_in_one_piece():
    assert mapping.one_time_operation(read(message())) is Operation.DEBIT_ALL
    assert mapping.one_time_operation(read(message(kind="PEC"))) is Operation.DEBIT
    told = message(kind="")
    told["multipleUnitUsage"][0]["usedUnitContainer"] = [container(1, serviceSpecificUnits=1)]
    assert mapping.one_time_operation(read(told)) is Operation.DEBIT


@pytest.mark.parametrize(
    ("message", "cause", "param"),
    [
        ("Expected `int` >= 0 - at `$.a.b[0].c`", "MANDATORY_IE_INCORRECT", "/a/b/0/c"),
        ("Object missing required field `x` - at `$.a[...]`", "MANDATORY_IE_MISSING", "/a/.../x"),
        ("Object missing required field `x`", "MANDATORY_IE_MISSING", "/x"),
        ("JSON is malformed: unexpected (byte 1)", "INVALID_MSG_FORMAT", None),
    ],
)
def test_where_a_body_is_wrong(message, cause, param):
    problem = malformed(message)
    assert (problem.status, problem.cause) == (400, cause)
    assert [one.param for one in problem.invalid] == ([param] if param else [])


def test_trusted_addresses():
    found = trusted_from("10.1.0.0/16=robin, 2001:db8::/32 ,")
    assert [(str(one.network), one.brand) for one in found] == [("10.1.0.0/16", "robin"), ("2001:db8::/32", "")]
    with pytest.raises(Invalid, match="no network"):
        trusted_from("somewhere=robin")
