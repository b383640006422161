"""Whole sessions over Nchf on a real database: what is granted, what moves, what is kept."""

from __future__ import annotations

from linehouse.balance import service as balance
from linehouse.platform.checks import verify
from linehouse.platform.sql import brand_cursor
from tests.edge.network.nchf.bodies import FRANCE, call, container, data, group, located, message, pdu

GB = 10**9
MB = 10**6
UPF, OTHER = "9d1b6a5e-0d3e-4c1a-8f27-1a2b3c4d5e6f", "7c2b6a5e-0d3e-4c1a-8f27-1a2b3c4d5e6f"


def left(line, what="start-credit"):
    bucket = balance.bucket(f"{line.number}/{what}")
    return bucket.left, bucket.reserved, bucket.used


def lawful():
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []


def rows(text, *params):
    with brand_cursor() as cursor:
        cursor.execute(text, list(params))
        return cursor.fetchall()


def test_a_data_session_takes_quota_and_gives_back_what_was_not_used(line, smf):
    size = left(line, "data")[0]
    begun = smf.create(data(0, group(want=GB)))
    assert (begun.status, begun.headers["location"][:38]) == (201, "http://chf.robin.example:8081/nchf-con")
    assert begun.units[10]["grantedUnit"] == {"totalVolume": GB}
    assert (begun.units[10]["resultCode"], begun.units[10]["validityTime"]) == ("SUCCESS", 3600)
    assert begun.body["invocationResult"] == {"failureHandling": "TERMINATE"}
    assert (begun.body["sessionFailover"], begun.body["invocationSequenceNumber"]) == ("FAILOVER_SUPPORTED", 0)
    assert begun.body["triggers"] == [{"triggerType": "PLMN_CHANGE", "triggerCategory": "IMMEDIATE_REPORT"}]
    assert left(line, "data") == (size - GB, GB, 0)
    ref = begun.reference
    going = smf.update(ref, data(1, group(10, container(1, "QUOTA_THRESHOLD", totalVolume=900 * MB), want=GB)))
    assert (going.status, going.units[10]["grantedUnit"]) == (200, {"totalVolume": GB})
    assert left(line, "data") == (size - 1_900 * MB, GB, 900 * MB)
    ended = smf.release(ref, data(2, group(10, container(2, "FINAL", uplinkVolume=MB, downlinkVolume=MB), ask=False)))
    assert (ended.status, ended.body) == (204, None)
    assert left(line, "data") == (size - 902 * MB, 0, 902 * MB)
    lawful()


def test_several_rating_groups_are_answered_one_by_one(line, smf):
    begun = smf.create(data(0, group(10, want=MB), group(20, want=2 * MB), group(30, ask=False), group(40)))
    assert {number: one["grantedUnit"]["totalVolume"] for number, one in begun.units.items()} == {
        10: MB,
        20: 2 * MB,
        40: 10 * MB,
    }
    again = smf.update(
        begun.reference, data(1, group(10, container(1, totalVolume=MB), ask=False), group(30, want=MB, uPFID=UPF))
    )
    assert list(again.units) == [30]
    assert again.units[30]["uPFID"] == UPF
    assert left(line, "data")[1:] == (13 * MB, MB)


def test_a_call_is_granted_in_seconds_and_ends_with_the_money(line, smf):
    # The United States: 0.50 a minute from the credit of 5.00.
    begun = smf.create(call(0, want=480))
    assert begun.units[100]["grantedUnit"] == {"time": 480}
    assert left(line) == (1_000_000, 4_000_000, 0)
    last = smf.update(begun.reference, call(1, container(1, time=480), want=480))
    assert last.units[100]["grantedUnit"] == {"time": 120}
    assert last.units[100]["finalUnitIndication"] == {"finalUnitAction": "TERMINATE"}
    none = smf.update(begun.reference, call(2, container(2, "QUOTA_EXHAUSTED", time=120), want=60))
    assert (none.status, none.units[100]["resultCode"]) == (200, "QUOTA_LIMIT_REACHED")
    assert "grantedUnit" not in none.units[100]
    assert smf.release(begun.reference, call(3, ask=False)).status == 204
    assert left(line) == (0, 0, 5_000_000)
    assert rows("SELECT sum(amount), sum(quantity) FROM charging_rated_usage") == [(5_000_000, 600_000)]
    lawful()


def test_a_refused_session_is_told_by_rating_group_and_a_refused_event_as_a_whole(line, smf):
    smf.create(call(0, want=600))
    second = smf.create(call(0, want=60, imsChargingIdentifier="icid-2"))
    assert (second.status, second.units[100]["resultCode"]) == (201, "QUOTA_LIMIT_REACHED")
    event = smf.create(message(9))
    assert (event.status, event.body["cause"]) == (403, "QUOTA_LIMIT_REACHED")
    assert event.headers["content-type"] == "application/problem+json"


def test_a_short_message_is_charged_once_as_an_event(line, smf):
    before = left(line)[0]
    first = smf.create(message(1))
    assert (first.status, "location" in first.headers) == (201, False)
    assert first.units[1] == {
        "ratingGroup": 1,
        "resultCode": "SUCCESS",
        "grantedUnit": {"serviceSpecificUnits": 1},
    }
    price = before - left(line)[0]
    assert price > 0
    assert smf.create(message(1, retransmissionIndicator=True)).body == first.body
    assert before - left(line)[0] == price
    # What has been delivered is told afterwards, with the units in a container.
    post = message(2, kind="PEC")
    post["multipleUnitUsage"] = [{"ratingGroup": 1, "usedUnitContainer": [container(1, serviceSpecificUnits=3)]}]
    assert smf.create(post).status == 201
    assert before - left(line)[0] == 4 * price
    assert rows("SELECT usage_type, peer, quantity FROM charging_rated_usage ORDER BY sequence") == [
        ("sms", "+12125550123", 1),
        ("sms", "+12125550123", 3),
    ]
    lawful()


def test_usage_beside_the_quota_is_charged_afterwards(line, smf):
    begun = smf.create(data(0, group(want=100 * MB)))
    smf.update(
        begun.reference,
        data(
            1,
            group(
                10,
                container(1, management="OFFLINE_CHARGING", totalVolume=7 * MB),
                container(2, management="QUOTA_MANAGEMENT_SUSPENDED", totalVolume=5 * MB),
                container(3, management="A_WORD_OF_TOMORROW", totalVolume=3 * MB),
                ask=False,
            ),
        ),
    )
    # The quota of 100 MB is still there in whole.
    assert left(line, "data")[1:] == (100 * MB, 15 * MB)
    smf.release(begun.reference, data(2, group(10, container(4, totalVolume=100 * MB), ask=False)))
    assert left(line, "data")[1:] == (0, 115 * MB)
    lawful()


def test_what_is_used_abroad_is_charged_apart(line, smf):
    begun = smf.create(data(0, group(want=100 * MB)))
    moved = smf.update(
        begun.reference,
        data(
            1,
            group(10, container(1, "PLMN_CHANGE", totalVolume=30 * MB), want=50 * MB),
            session=pdu(plmn=FRANCE),
        ),
    )
    assert moved.units[10]["grantedUnit"] == {"totalVolume": 50 * MB}
    used = group(10, container(2, "PLMN_CHANGE", totalVolume=20 * MB, **located(FRANCE)), want=MB)
    smf.update(begun.reference, data(2, used))
    # No word of where: it is where it was.
    smf.release(
        begun.reference,
        {**data(3, group(10, container(3, totalVolume=MB), ask=False)), "pDUSessionChargingInformation": {}},
    )
    assert rows("SELECT network, sum(quantity) FROM charging_rated_usage GROUP BY 1 ORDER BY 2") == [
        ("208-01", 21 * MB),
        ("204-04", 30 * MB),
    ]
    assert left(line, "data")[1] == 0
    lawful()


def test_the_same_user_plane_quota_twice_in_one_request(line, smf):
    begun = smf.create(data(0, group(10, want=MB, uPFID=UPF), group(10, want=MB, uPFID=OTHER)))
    told = begun.body["multipleUnitInformation"]
    assert [(one["uPFID"], one["grantedUnit"]["totalVolume"]) for one in told] == [(UPF, MB), (OTHER, MB)]
    assert left(line, "data")[1] == 2 * MB
    smf.release(begun.reference, data(1))
    assert left(line, "data")[1] == 0


def test_a_quota_of_seconds_has_no_price_in_a_data_session(line, smf):
    begun = smf.create(data(0, {"ratingGroup": 10, "requestedUnit": {"time": 60}}))
    assert (begun.status, begun.units[10]["resultCode"]) == (201, "RATING_FAILED")


def test_a_call_for_help_is_let_pass_without_credit_and_without_a_subscriber(line, smf):
    smf.create(call(0, want=600))
    before = left(line)
    for told in (
        {"calledPartyAddress": "urn:service:sos.fire"},
        {"imsEmergencyIndication": True},
        {"calledPartyAddress": "tel:112"},
    ):
        for who in (smf.subscriber, ""):
            begun = smf.create({**call(0, want=60, **told), "subscriberIdentifier": who})
            assert (begun.status, begun.units[100]["resultCode"]) == (201, "QUOTA_MANAGEMENT_NOT_APPLICABLE")
            went_on = smf.update(begun.reference, call(1, container(1, time=60), want=60, **told))
            assert (went_on.status, went_on.units[100]["resultCode"]) == (200, "QUOTA_MANAGEMENT_NOT_APPLICABLE")
            assert smf.release(begun.reference, call(2, ask=False, **told)).status == 204
    assert left(line) == before
