"""What the bucket function answers, as a function hears it: pure, with no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from linehouse.edge.network.nchf.mapping import NO_GROUP, Remembered, _Reading
from linehouse.edge.network.nchf.messages import ChargingDataRequest
from linehouse.edge.network.nchf.options import Options
from linehouse.edge.network.nchf.places import place_of
from linehouse.edge.network.nchf.told import response_of
from linehouse.rating.session.answers import Action, CutBy, Refusal, ServiceAnswer
from linehouse.rating.session.requests import Report, Side
from linehouse.rating.values import UsageType
from tests.edge.network.nchf.bodies import FRANCE, call, container, data, group, located, message

HOUR = timedelta(hours=1)
SWITCH = datetime(2026, 11, 1, 19, tzinfo=UTC)


def read(body: dict[str, Any]) -> ChargingDataRequest:
    return msgspec.json.decode(msgspec.json.encode(body), type=ChargingDataRequest)


def told(contract: Any, body: dict[str, Any], *answers: ServiceAnswer, **options: Any) -> list[dict[str, Any]]:
    """What is said for each rating group."""
    response = response_of(read(body), answers, Options("c", "http://chf", **options), begins=False)
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(response))
    if contract is not None:
        contract.is_a("ChargingDataResponse", plain)
    return list(plain.get("multipleUnitInformation", []))


def test_a_grant_with_everything_that_may_come_with_it(contract):
    answer = ServiceAnswer(
        service="10", granted=5_000, validity=HOUR, threshold=1_000, tariff_change=SWITCH, cut_by=CutBy.POLICY
    )
    assert told(contract, data(0, group(10, want=9_000)), answer, quota_holding=30) == [
        {
            "ratingGroup": 10,
            "resultCode": "SUCCESS",
            "grantedUnit": {"totalVolume": 5_000, "tariffTimeChange": "2026-11-01T19:00:00Z"},
            "validityTime": 3600,
            "quotaHoldingTime": 30,
            "volumeQuotaThreshold": 1_000,
        }
    ]


def test_thresholds_are_told_in_the_unit_of_the_grant(contract):
    [voice] = told(contract, call(0, want=60), ServiceAnswer(service="100", granted=60_999, threshold=10_500))
    assert (voice["grantedUnit"], voice["timeQuotaThreshold"]) == ({"time": 60}, 10)
    [sms] = told(contract, message(), ServiceAnswer(service="1", granted=5, threshold=2))
    assert (sms["grantedUnit"], sms["unitQuotaThreshold"]) == ({"serviceSpecificUnits": 5}, 2)


@pytest.mark.parametrize(
    ("action", "to", "final"),
    [
        (Action.TERMINATE, "", {"finalUnitAction": "TERMINATE"}),
        (Action.RESTRICT, "", {"finalUnitAction": "RESTRICT_ACCESS"}),
        (
            Action.REDIRECT,
            "https://top-up.example",
            {
                "finalUnitAction": "REDIRECT",
                "redirectServer": {
                    "redirectAddressType": "URL",
                    "redirectServerAddress": "https://top-up.example",
                },
            },
        ),
    ],
)
def test_the_last_grant(contract, action, to, final):
    answer = ServiceAnswer(service="10", granted=9, final=True, action=action, redirect_to=to, cut_by=CutBy.MONEY)
    [unit] = told(contract, data(0, group(10, want=9)), answer)
    assert unit["finalUnitIndication"] == final


@pytest.mark.parametrize(
    ("refusal", "result"),
    [
        (Refusal.CREDIT_LIMIT, "QUOTA_LIMIT_REACHED"),
        (Refusal.DENIED, "END_USER_SERVICE_DENIED"),
        (Refusal.UNRATED, "RATING_FAILED"),
        (Refusal.INVALID, "RATING_FAILED"),
        (Refusal.NOTHING_TO_REFUND, "END_USER_SERVICE_REJECTED"),
    ],
)
def test_refusals_by_rating_group(contract, refusal, result):
    first, second = told(
        contract,
        data(0, group(10, want=9), group(20, want=9)),
        ServiceAnswer(service="10", refusal=refusal, granted=0),
        ServiceAnswer(service="20", granted=9),
    )
    assert (first, second["resultCode"]) == ({"ratingGroup": 10, "resultCode": result}, "SUCCESS")


def test_a_refusal_may_send_somewhere_at_once(contract):
    answer = ServiceAnswer(
        service="10", refusal=Refusal.CREDIT_LIMIT, granted=0, final=True, action=Action.REDIRECT, redirect_to="sip:a@b"
    )
    [unit] = told(contract, data(0, group(10)), answer)
    assert unit["finalUnitIndication"]["redirectServer"] == {
        "redirectAddressType": "URI",
        "redirectServerAddress": "sip:a@b",
    }


def test_the_answer_for_the_quota_stands_behind_those_for_reports(contract):
    [unit] = told(
        contract,
        data(0, group(10)),
        ServiceAnswer(service="10"),
        ServiceAnswer(service="10!"),
        ServiceAnswer(service="10@208-01", granted=7),
    )
    assert unit["grantedUnit"] == {"totalVolume": 7}


def reports(body: dict[str, Any], memory: Remembered | None = None) -> list[tuple[str, bool, Report]]:
    """What is reported: where, whether it is charged afterwards, and how much on which side of a switch."""
    asked = read(body)
    reading = object.__new__(_Reading)
    reading._asked, reading._memory = asked, memory or Remembered()
    reading._place = place_of(asked)
    found = reading._reports("10", asked.usages[0], UsageType.DATA)
    return [(str(place), after, report) for place, after, report in found]


def test_usage_on_both_sides_of_a_tariff_switch():
    used = [
        container(3, totalVolume=7),
        container(2, "TARIFF_TIME_CHANGE", uplinkVolume=2, downlinkVolume=3),
        container(1, totalVolume=1),
    ]
    assert reports(data(1, group(10, *used))) == [
        ("204-04", False, Report(1, Side.BEFORE)),
        ("204-04", False, Report(5, Side.BEFORE)),
        ("204-04", False, Report(7, Side.AFTER)),
    ]


def test_usage_before_and_after_a_change_of_network():
    home = Remembered({"10": None})
    moved = container(1, "PLMN_CHANGE", totalVolume=1)
    here = container(2, totalVolume=2, **located(FRANCE))
    later = container(3, management="OFFLINE_CHARGING", totalVolume=4)
    assert reports(data(1, group(10, moved, here, later)), home) == [
        ("None", False, Report(1)),
        ("208-01", False, Report(2)),
        ("204-04", True, Report(4)),
    ]


def test_a_message_without_units_is_one_message():
    assert NO_GROUP < 0
    body = message()
    del body["multipleUnitUsage"]
    assert read(body).usages == []
