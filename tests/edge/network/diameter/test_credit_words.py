"""Credit control without a database: what requests mean, and how decisions are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.edge.network.diameter.avp import Fields
from linehouse.edge.network.diameter.codec import REQUEST, Message, decode, encode
from linehouse.edge.network.diameter.credit.answer import answer_of
from linehouse.edge.network.diameter.credit.contexts import context_of, mistake_in
from linehouse.edge.network.diameter.credit.identities import is_emergency, party_of, who_of
from linehouse.edge.network.diameter.credit.places import offset_of, plmn_of_access, plmn_of_location, plmn_of_visited
from linehouse.edge.network.diameter.credit.request import Credit, fingerprint_of, read, time_of
from linehouse.edge.network.diameter.credit.units import micros_of, value_of
from linehouse.edge.network.diameter.credit.usage import device_of, used_of
from linehouse.edge.network.diameter.dictionary import AVPS
from linehouse.edge.network.diameter.results import Fault, Result
from linehouse.kernel.money import Money
from linehouse.rating.session.answers import Action, Answer, CutBy, Refusal, ServiceAnswer
from linehouse.rating.session.requests import Operation, Report, Side
from linehouse.rating.values import Direction, UsageType
from tests.edge.network.diameter.gateway import call, service, subscriber, unit
from tests.edge.network.diameter.test_codec import CALL, _fields

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MSCC = "Multiple-Services-Credit-Control"


def ccr(kind: int = 1, context: str = "32251@3gpp.org", /, **fields: object) -> Message:
    given: Fields = {
        "Session-Id": ["gw;1"],
        "Origin-Host": ["gw.example"],
        "Origin-Realm": ["Example"],
        "Destination-Realm": ["linehouse.invalid"],
        "Service-Context-Id": [context],
        "CC-Request-Type": [kind],
        "CC-Request-Number": [3],
        "Subscription-Id": [subscriber("31612345678")],
    }
    for name, value in fields.items():
        given[name.replace("_", "-")] = value if isinstance(value, list) else [value]
    return Message(272, 4, REQUEST, fields=given)


def credit(kind: int = 1, context: str = "32251@3gpp.org", /, **fields: object) -> Credit:
    return read(ccr(kind, context, **fields), {})


def test_a_real_call_of_kamailio_is_understood() -> None:
    requests = [read(decode(bytes.fromhex(line)), {}) for line in CALL.read_text().split()]
    first, last = requests[0], requests[-1]
    assert (first.name, first.key) == ("diameter:ims.test:scscf.ims.test;212248042;1", "0")
    assert [one.operation for one in requests] == [Operation.START, *[Operation.UPDATE] * 3, Operation.FINISH]
    assert (first.context.usage, first.used.direction) == (UsageType.VOICE, Direction.OUT)
    assert party_of(first.used.party, "GB") == "+447700900123"
    [service_asked] = first.services
    assert (service_asked.name, service_asked.rating_group) == ("rg100/si1000", 100)
    assert service_asked.wanted is not None
    assert service_asked.wanted.amount == 10_000
    assert (last.services[0].wanted, last.services[0].used) == (None, (Report(2_000),))


@pytest.mark.parametrize(
    ("identities", "who"),
    [
        ([(0, "+31612345678"), (1, "204041234567890")], ("31612345678", "204041234567890")),
        ([(2, "sip:+31612345678@ims.example;user=phone")], ("31612345678", "")),
        ([(2, "tel:+31612345678")], ("31612345678", "")),
        ([(3, "0204041234567890@nai.epc.mnc004.mcc204.3gppnetwork.org")], ("", "204041234567890")),
        ([(4, "204041234567890@ims.mnc004.mcc204.3gppnetwork.org")], ("", "204041234567890")),
        ([(2, "sip:alice@example")], ("", "")),
    ],
)
def test_who_is_charged(identities: list[tuple[int, str]], who: tuple[str, str]) -> None:
    found = who_of(identities)
    assert (found.msisdn, found.imsi) == who


@pytest.mark.parametrize(
    ("address", "country", "party"),
    [
        ("tel:+12125550123", "NL", "+12125550123"),
        ("sip:0201234567@ims.example;user=phone", "NL", "+31201234567"),
        ("sip:0012125550123@ims.example", "NL", "+12125550123"),
        ("tel:1233;phone-context=example", "NL", "1233"),
        ("sip:alice@example", "NL", ""),
    ],
)
def test_who_is_called(address: str, country: str, party: str) -> None:
    assert party_of(address, country) == party


def test_calls_for_help_are_known_where_they_are_made() -> None:
    assert [is_emergency(one, "DE") for one in ("tel:110", "tel:112", "urn:service:sos.fire", "tel:115")] == [
        True,
        True,
        True,
        False,
    ]


def test_where_the_subscriber_is() -> None:
    eutran = bytes([130, 0x02, 0xF4, 0x40, 0, 1, 0x02, 0xF4, 0x40, 0, 0, 0, 1])
    assert str(plmn_of_location(eutran)) == "204-04"
    assert str(plmn_of_location(bytes([0, 0x13, 0x00, 0x14, 0, 1, 0, 2]))) == "310-410"
    assert plmn_of_location(b"\x82\x02") is None
    assert str(plmn_of_visited("ims.mnc004.mcc204.3gppnetwork.org")) == "204-04"
    assert str(plmn_of_access(b"3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=20404123456789")) == "204-04"
    assert str(plmn_of_access(b'3GPP-E-UTRAN-FDD; utran-cell-id-3gpp="31041012345"')) == "310-410"
    offsets = [offset_of(bytes([one, 0])) for one in (0x40, 0x4A, 0xF0)]
    assert offsets == [timedelta(hours=1), -timedelta(hours=6), None]


@pytest.mark.parametrize(
    ("information", "direction", "party"),
    [
        (call("tel:+12125550123"), Direction.OUT, "tel:+12125550123"),
        (call("tel:+12125550123", 1), Direction.IN, "tel:+12125550123"),
        (
            {
                "IMS-Information": [
                    {
                        "Role-Of-Node": [0],
                        "Calling-Party-Address": ["tel:+442071234567"],
                        "Called-Party-Address": ["tel:+12125550123"],
                        "Requested-Party-Address": ["tel:+31612345678"],
                    }
                ]
            },
            Direction.FORWARDED,
            "tel:+12125550123",
        ),
        (
            {
                "SMS-Information": [
                    {
                        "Originator-Received-Address": [{"Address-Type": [1], "Address-Data": ["12125550123"]}],
                        "Recipient-Info": [
                            {"Recipient-Address": [{"Address-Type": [1], "Address-Data": ["31612345678"]}]}
                        ],
                    }
                ]
            },
            Direction.IN,
            "+12125550123",
        ),
        (
            {
                "MMS-Information": [
                    {
                        "Message-Type": [1],
                        "Recipient-Address": [{"Address-Type": [1], "Address-Data": ["+12125550123/TYPE=PLMN"]}],
                    }
                ]
            },
            Direction.OUT,
            "+12125550123",
        ),
    ],
)
def test_direction_and_other_party(information: Fields, direction: Direction, party: str) -> None:
    found = used_of({"Service-Information": [information]}, "31612345678")
    assert (found.direction, found.party) == (direction, party)


def test_what_a_gateway_tells_of_the_bearer_reaches_the_tariff() -> None:
    packet: Fields = {
        "3GPP-SGSN-MCC-MNC": ["20801"],
        "3GPP-MS-TimeZone": [b"\x40\x00"],
        "Called-Station-Id": ["internet"],
    }
    found = used_of({"Service-Information": [{"PS-Information": [packet]}]}, "")
    event = found.event(UsageType.DATA, NOON, home=None, country="NL", rating_group=10, service_id="7")
    assert (str(event.serving_plmn), event.apn, event.utc_offset) == ("208-01", "internet", timedelta(hours=1))
    assert (event.rating_group, event.service_id) == (10, "7")


@pytest.mark.parametrize(
    ("kind", "value", "device"),
    [
        (0, b"3569380123456789", "35693801"),
        (0, bytes.fromhex("5396830121436587"), "35693810"),
        (1, b"00-00-00-00-00-00", ""),
        (0, b"\0", ""),
    ],
)
def test_the_device_is_known_by_its_type(kind: int, value: bytes, device: str) -> None:
    told_of: Fields = {"User-Equipment-Info-Type": [kind], "User-Equipment-Info-Value": [value]}
    assert device_of({"User-Equipment-Info": [told_of]}) == device


@pytest.mark.parametrize(
    ("used", "reports"),
    [
        (unit(total=5, coming=1, going=1), (Report(5),)),
        (unit(coming=2, going=3, time=60), (Report(5),)),
        (unit(time=60), ()),
        (unit(total=5, side=0), (Report(5, Side.BEFORE),)),
        (unit(total=5, side=1), (Report(5, Side.AFTER),)),
        (unit(total=5, side=2), (Report(5, Side.UNKNOWN),)),
    ],
)
def test_usage_in_any_form(used: Fields, reports: tuple[Report, ...]) -> None:
    [asked] = credit(2, Multiple_Services_Credit_Control=service(10, unit(total=1), used)).services
    assert asked.used == reports


def test_the_last_report_of_a_service_gets_no_new_quota_wherever_it_says_so() -> None:
    inside = credit(2, Multiple_Services_Credit_Control=service(1, unit(total=1), unit(total=1, reason=2)))
    beside = credit(2, Multiple_Services_Credit_Control=service(1, unit(total=1), unit(total=1), Reporting_Reason=[2]))
    renewed = credit(2, Multiple_Services_Credit_Control=service(1, unit(total=1), unit(total=1, reason=3)))
    assert [one.services[0].wanted is None for one in (inside, beside, renewed)] == [True, True, False]


@pytest.mark.parametrize(
    ("digits", "exponent", "micros"), [(5, 0, 5_000_000), (250, -2, 2_500_000), (5, 1, 50_000_000), (1, -7, None)]
)
def test_money(digits: int, exponent: int, micros: int | None) -> None:
    assert micros_of({"Unit-Value": [{"Value-Digits": [digits], "Exponent": [exponent]}]}) == micros


@given(st.integers(-(10**15), 10**15))
def test_money_that_is_told_is_read_again(micros: int) -> None:
    assert micros_of({"Unit-Value": [value_of(micros)]}) == micros


def told(asked: Credit, *answers: ServiceAnswer, refusal: Refusal | None = None) -> tuple[Result, Fields]:
    return answer_of(asked, Answer(key=asked.key, services=answers, refusal=refusal))


def granted(**more: object) -> ServiceAnswer:
    plain = ServiceAnswer(service="rg10", granted=10**6, validity=timedelta(hours=1), cost=Money(0, "EUR"))
    return replace(plain, **more)  # type: ignore[arg-type]  # names and values of the test


def one_service(fields: Fields) -> Fields:
    [found] = fields[MSCC]
    assert isinstance(found, dict)
    return found


def test_a_grant_with_threshold_and_tariff_change() -> None:
    asked = credit(Multiple_Services_Credit_Control=service(10, unit(total=10**6)))
    result, fields = told(asked, granted(threshold=1_000, tariff_change=NOON))
    assert result is Result.SUCCESS
    mine = one_service(fields)
    assert mine["Granted-Service-Unit"] == [{"Tariff-Time-Change": [NOON], "CC-Total-Octets": [10**6]}]
    assert (mine["Volume-Quota-Threshold"], mine["Validity-Time"]) == ([1_000], [3600])
    assert encode(Message(272, 4, 0, fields=fields))


@pytest.mark.parametrize(
    ("wanted", "name"),
    [(unit(coming=5), "CC-Input-Octets"), (unit(going=5), "CC-Output-Octets"), ({}, "CC-Total-Octets")],
)
def test_the_grant_has_the_kind_that_was_asked_for(wanted: Fields, name: str) -> None:
    _, fields = told(credit(Multiple_Services_Credit_Control=service(10, wanted)), granted())
    assert one_service(fields)["Granted-Service-Unit"] == [{name: [10**6]}]


@pytest.mark.parametrize(
    ("action", "to", "indication"),
    [
        (Action.TERMINATE, "", {"Final-Unit-Action": [0]}),
        (
            Action.REDIRECT,
            "https://top-up.example",
            {
                "Final-Unit-Action": [1],
                "Redirect-Server": [
                    {"Redirect-Address-Type": [2], "Redirect-Server-Address": ["https://top-up.example"]}
                ],
            },
        ),
        (
            Action.REDIRECT,
            "192.0.2.1",
            {
                "Final-Unit-Action": [1],
                "Redirect-Server": [{"Redirect-Address-Type": [0], "Redirect-Server-Address": ["192.0.2.1"]}],
            },
        ),
        (Action.RESTRICT, "", {"Final-Unit-Action": [2], "Filter-Id": ["walled"]}),
    ],
)
def test_the_last_grant_says_what_comes_after_it(action: Action, to: str, indication: Fields) -> None:
    said = {"32251": {"restrict-filter": "walled", "restarts": "900", "quota-holding-time": "60"}}
    asked = read(ccr(Multiple_Services_Credit_Control=service(10, unit(total=1))), said)
    last = granted(final=True, action=action, redirect_to=to, threshold=5, cut_by=CutBy.MONEY)
    mine = one_service(told(asked, last)[1])
    assert mine["Final-Unit-Indication"] == [indication]
    assert "Volume-Quota-Threshold" not in mine
    assert mine["Quota-Holding-Time"] == [60]
    refused = granted(refusal=Refusal.CREDIT_LIMIT, granted=0, final=True, action=action, redirect_to=to)
    mine = one_service(told(asked, refused)[1])
    assert mine["Result-Code"] == [4012]
    assert ("Final-Unit-Indication" in mine) is (action is not Action.TERMINATE)
    assert mine.get("Validity-Time") == (None if action is Action.TERMINATE else [900])


def test_less_than_a_second_is_nothing() -> None:
    asked = credit(1, "32260@3gpp.org", Multiple_Services_Credit_Control=service(10, unit(time=60)))
    result, fields = told(asked, granted(granted=999, final=True, action=Action.TERMINATE))
    assert (result, one_service(fields)["Result-Code"]) == (Result.CREDIT_LIMIT_REACHED, [4012])


@pytest.mark.parametrize(
    ("refusal", "result"),
    [
        (Refusal.CREDIT_LIMIT, 4012),
        (Refusal.DENIED, 4010),
        (Refusal.UNRATED, 5031),
        (Refusal.INVALID, 5031),
        (Refusal.NOTHING_TO_REFUND, 5012),
    ],
)
def test_refusals_of_a_service(refusal: Refusal, result: int) -> None:
    two = [service(10, unit(total=1)), service(20, unit(total=1))]
    asked = credit(2, Multiple_Services_Credit_Control=two)
    whole, fields = told(asked, granted(refusal=refusal, granted=0), granted())
    codes = [one["Result-Code"] for one in fields[MSCC] if isinstance(one, dict)]
    assert (whole, codes) == (Result.SUCCESS, [[result], [2001]])
    first = fields[MSCC][0]
    assert isinstance(first, dict)
    assert ("Failed-AVP" in first) is (result == 5031)


def test_refusals_of_the_whole() -> None:
    asked = credit(2, Multiple_Services_Credit_Control=service(10, unit(total=1)))
    assert told(asked, refusal=Refusal.KEY_REUSED)[0] is Result.UNABLE_TO_COMPLY
    assert told(asked, granted(refusal=Refusal.UNKNOWN_SESSION))[0] is Result.UNKNOWN_SESSION_ID


def test_how_failures_are_met_is_told_where_a_realm_says_it() -> None:
    said = {"32251": {"failure": "continue", "failover": "yes"}, "32274": {"direct-debit-failure": "continue"}}
    begun = told(read(ccr(Multiple_Services_Credit_Control=service(10, unit(total=1))), said), granted())[1]
    assert (begun["CC-Session-Failover"], begun["Credit-Control-Failure-Handling"]) == ([1], [1])
    event = told(read(ccr(4, "32274@3gpp.org", Requested_Action=0), said), granted(granted=1))[1]
    assert event["Direct-Debiting-Failure-Handling"] == [1]
    assert mistake_in(said) == ""
    assert "perhaps" in mistake_in({"32251": {"failure": "perhaps"}})
    assert "there is no x" in mistake_in({"32251": {"x": "1"}})


def test_a_realm_may_have_contexts_of_its_own() -> None:
    said = {"parking@brand.example": {"usage": "event"}}
    found = context_of("v1.parking@brand.example", said)
    assert found is not None
    assert found.usage is UsageType.EVENT
    assert context_of("v1.parking@brand.example", {}) is None
    money: Fields = {"Unit-Value": [{"Value-Digits": [25], "Exponent": [-1]}], "Currency-Code": [978]}
    asked = read(
        ccr(4, "parking@brand.example", Requested_Action=0, Requested_Service_Unit={"CC-Money": [money]}), said
    )
    assert asked.services[0].wanted is not None
    assert (asked.services[0].wanted.amount, asked.services[0].wanted.micros) == (1, 2_500_000)
    fields = told(asked, granted(granted=1))[1]
    assert fields["Granted-Service-Unit"] == [{"CC-Money": [money]}]


def test_a_repeat_is_the_same_whatever_way_it_took() -> None:
    first = ccr(Event_Timestamp=NOON, Destination_Host="a.example")
    again = ccr(Event_Timestamp=NOON + timedelta(seconds=9), Destination_Host="b.example", Route_Record=["r.example"])
    other = ccr(2)
    assert fingerprint_of(first) == fingerprint_of(again) != fingerprint_of(other)


def test_whose_clock_counts() -> None:
    late = ccr(4, "32274@3gpp.org", Requested_Action=0, Event_Timestamp=NOON - timedelta(days=3))
    assert time_of(read(late, {}), NOON) == NOON - timedelta(days=3)
    near = credit(Event_Timestamp=NOON - timedelta(minutes=2))
    assert time_of(near, NOON) == NOON - timedelta(minutes=2)
    assert time_of(credit(Event_Timestamp=NOON - timedelta(hours=2)), NOON) == NOON
    assert time_of(credit(Event_Timestamp=NOON + timedelta(hours=2)), NOON) == NOON


_OPTIONAL = (MSCC, "Service-Information", "Requested-Service-Unit", "Used-Service-Unit", "Requested-Action")


@given(
    st.sampled_from((1, 2, 3, 4)),
    st.sampled_from(("32251@3gpp.org", "32260@3gpp.org", "32274@3gpp.org", "32270@3gpp.org", "x")),
    st.fixed_dictionaries(
        {},
        optional={
            name: st.lists(_fields(AVPS[name], 0), min_size=1, max_size=2) for name in _OPTIONAL if AVPS[name].members
        },
    ),
    st.sampled_from((None, 0, 1, 2, 3)),
)
def test_any_request_is_read_or_has_a_fault(kind: int, context: str, more: Fields, action: int | None) -> None:
    message = ccr(kind, context)
    message.fields.update(more)
    if action is not None:
        message.fields["Requested-Action"] = [action]
    try:
        asked = read(decode(encode(message)), {})
    except Fault:
        return
    answers = [granted() for one in asked.services if one.fault is None]
    _, fields = told(asked, *answers)
    assert decode(encode(Message(272, 4, 0, fields=fields))).fault is None
