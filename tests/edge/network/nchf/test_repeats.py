"""What is sent again, to whichever node, is answered again and charged once; what is wrong is told."""

from __future__ import annotations

from typing import Any

import pytest

from linehouse.edge.network import nchf
from linehouse.edge.network.nchf import access
from linehouse.platform.control.models import Brand
from linehouse.platform.scope import CONTROL, realm_scope
from tests.edge.network.nchf.bodies import call, container, data, group, message, pdu, request
from tests.edge.network.nchf.test_sessions import lawful, left, rows

MB = 10**6


def test_a_create_sent_again_opens_no_second_session(line, smf):
    asked = data(0, group(want=100 * MB))
    again = {**asked, "retransmissionIndicator": True, "invocationTimeStamp": "2026-11-01T07:59:30Z"}
    first, second, third = smf(("", "", asked), ("", "", asked), ("", "", again), nodes=2)
    assert first.headers["location"] == second.headers["location"] == third.headers["location"]
    assert (first.body, first.body["multipleUnitInformation"]) == (second.body, third.body["multipleUnitInformation"])
    assert left(line, "data")[1] == 100 * MB
    assert rows("SELECT count(*) FROM charging_session") == [(1,)]


def test_another_session_under_a_number_that_came_round_again_is_another(line, smf):
    first = smf.create(data(0, group(want=MB)))
    smf.release(first.reference, data(1))
    later = smf.create({**data(0, group(want=MB)), "invocationTimeStamp": "2026-11-01T07:59:59Z"})
    assert later.reference != first.reference
    assert left(line, "data")[1] == MB
    # And this one sent again is that one, though its number was used before.
    assert (
        smf.create({**data(0, group(want=MB)), "invocationTimeStamp": "2026-11-01T07:59:59Z"}).reference
        == later.reference
    )
    assert rows("SELECT count(*) FROM charging_session") == [(2,)]


def test_an_update_sent_again_at_another_node_is_charged_once(line, smf):
    reference = smf.create(call(0, want=120)).reference
    asked = call(1, container(1, time=61), want=60)
    replies = smf(*[("update", reference, asked)] * 6, nodes=3)
    assert [one.status for one in replies] == [200] * 6
    assert all(one.body == replies[0].body for one in replies)
    late = {**asked, "retransmissionIndicator": True, "invocationTimeStamp": "2026-11-01T07:59:50Z"}
    assert smf.update(reference, late).units == replies[0].units
    assert left(line)[2] == 1_000_000
    ends = call(2, container(2, time=59), ask=False)
    assert [smf.release(reference, ends).status for _ in range(3)] == [204] * 3
    assert left(line) == (4_000_000, 0, 1_000_000)
    lawful()


def test_a_peer_that_does_not_count_is_told_apart_by_its_containers(line, smf):
    def uncounted(body):
        return {name: value for name, value in body.items() if name != "invocationSequenceNumber"}

    reference = smf.create(uncounted(call(0, want=120))).reference
    first = uncounted(call(0, container(1, time=30), want=60))
    second = uncounted(call(0, container(2, time=31), want=60))
    assert [smf.update(reference, one).status for one in (first, first, second)] == [200] * 3
    assert rows("SELECT sum(quantity) FROM charging_rated_usage") == [(61_000,)]


def test_the_same_invocation_with_another_content_is_refused_and_moves_nothing(line, smf):
    reference = smf.create(call(0, want=60)).reference
    smf.update(reference, call(1, container(1, time=10), want=60))
    before = left(line)
    other = smf.update(reference, call(1, container(1, time=11), want=60))
    assert (other.status, other.body["cause"]) == (400, "CHARGING_FAILED")
    assert left(line) == before


def test_usage_of_a_session_that_nobody_knows_is_charged_once_and_told_unknown(line, smf):
    reference = "robin.0123456789abcdef0123456789abcdef"
    asked = call(3, container(1, time=60), want=60)
    for _ in range(2):
        told = smf.update(reference, asked)
        assert (told.status, told.body["cause"]) == (404, "CONTEXT_NOT_FOUND")
    assert left(line) == (4_500_000, 0, 500_000)
    released = smf.release("robin.00000000000000000000000000000000", call(1, ask=False))
    assert released.status == 404
    lawful()


@pytest.mark.parametrize("reference", ["nobody.1", "1", "wren.0123", "robin", "robin.%00", "robin." + "x" * 80])
def test_a_reference_that_cannot_be_ours_is_unknown(line, smf, reference):
    assert smf.update(reference, data(1, group())).status == 404


def test_a_session_that_is_over_is_not_gone_on_with(line, smf):
    reference = smf.create(data(0, group(want=MB))).reference
    assert smf.release(reference, data(1)).status == 204
    assert smf.update(reference, data(2, group(want=MB))).status == 404
    assert smf.release(reference, data(3)).status == 404


def test_a_later_request_need_not_say_again_who_and_where(line, smf):
    reference = smf.create(data(0, group(want=100 * MB))).reference
    bare = {
        "subscriberIdentifier": "",
        **request(1, multipleUnitUsage=[group(10, container(1, totalVolume=MB), want=MB)]),
    }
    told = smf.update(reference, bare)
    assert (told.status, told.units[10]["grantedUnit"]) == (200, {"totalVolume": MB})
    assert left(line, "data")[1:] == (MB, MB)


def test_a_number_will_do_instead_of_the_card(line, smf):
    by_number = {**pdu(), "userInformation": {"servedGPSI": f"msisdn-{line.msisdn.digits}"}}
    assert smf.create({**data(0, group(want=MB), session=by_number), "subscriberIdentifier": ""}).status == 201
    assert smf.create({**message(1), "subscriberIdentifier": f"msisdn-{line.msisdn.digits}"}).status == 201


@pytest.mark.parametrize(
    ("who", "status", "cause"),
    [
        ("imsi-204049999999999", 404, "USER_UNKNOWN"),
        ("msisdn-31600000000", 404, "USER_UNKNOWN"),
        ("", 400, "MANDATORY_IE_MISSING"),
        ("extid-a@b", 400, "MANDATORY_IE_MISSING"),
    ],
)
def test_nobody_of_ours(line, smf, who, status, cause):
    told = smf.create({**data(0, group()), "subscriberIdentifier": who})
    assert (told.status, told.body["cause"], told.body["status"]) == (status, cause, status)


def test_who_may_not_come_in(line, smf, installation):
    asked = data(0, group(want=MB))
    none = smf.create(asked, authorization="")
    assert (none.status, none.headers["www-authenticate"]) == (401, "Bearer")
    assert smf.create(asked, authorization="Bearer wrong").status == 401
    smf.trusted = "10.0.0.0/8=robin"
    assert smf.create(asked, authorization="").status == 401
    smf.trusted = "127.0.0.1=wren"
    assert smf.create(asked, authorization="").status == 403
    assert left(line, "data")[1] == 0


@pytest.mark.parametrize("trusted", ["127.0.0.1=robin", "127.0.0.0/8", "10.1.1.1=wren, ::1, 127.0.0.1"])
def test_a_trusted_address_needs_no_token(line, smf, trusted):
    smf.trusted = trusted
    reference = smf.create(data(0, group(want=MB)), authorization="").reference
    assert smf.update(reference, data(1, group(want=MB)), authorization="").status == 200


def test_a_client_certificate_needs_no_token(line, smf):
    smf.options = {"certified": True}
    assert smf.create(data(0, group(want=MB)), authorization="").status == 201


@pytest.mark.usefixtures("second_brand")
def test_the_brand_whose_subscriber_it_is(line, smf):
    smf.trusted = "127.0.0.1"
    told = smf.create(data(0, group(want=MB)), authorization="")
    assert (told.status, told.reference[:6]) == (201, "robin.")
    stranger = smf.create({**data(0, group()), "subscriberIdentifier": "imsi-204049999999999"}, authorization="")
    assert (stranger.status, stranger.body["cause"]) == (404, "USER_UNKNOWN")


@pytest.mark.usefixtures("second_brand")
def test_the_brand_whose_host_name_was_called(line, smf):
    smf.trusted, smf.authority = "127.0.0.1", "wren.localhost:8081"
    stranger = smf.create(data(0, group(want=MB)), authorization="")
    assert (stranger.status, stranger.body["cause"]) == (404, "USER_UNKNOWN")
    smf.authority = "robin.localhost:8081"
    told = smf.create(data(0, group(want=MB)), authorization="")
    assert (told.status, told.headers["location"][:28]) == (201, "http://robin.localhost:8081/")


def test_a_frozen_brand_is_not_charged_for(line, smf, monkeypatch):
    monkeypatch.setattr(access, "_seen", {})
    with realm_scope(CONTROL):
        Brand.objects.filter(key="robin").update(frozen=True)
    try:
        assert smf.create(data(0, group(want=MB))).status == 503
        smf.trusted = "127.0.0.1=robin"
        assert smf.create(data(0, group(want=MB)), authorization="").status == 503
    finally:
        with realm_scope(CONTROL):
            Brand.objects.filter(key="robin").update(frozen=False)


def test_what_is_wrong_is_named(line, smf):
    def wrong(**changes):
        told = smf.create({**data(0, group(want=MB)), **changes})
        assert told.status == 400
        return told.body["cause"], [one["param"] for one in told.body.get("invalidParams", [])]

    assert wrong(invocationTimeStamp="yesterday") == ("MANDATORY_IE_INCORRECT", ["/invocationTimeStamp"])
    assert wrong(invocationTimeStamp="2026-11-01T08:00:00") == ("MANDATORY_IE_INCORRECT", ["/invocationTimeStamp"])
    assert wrong(nfConsumerIdentification={}) == (
        "MANDATORY_IE_MISSING",
        ["/nfConsumerIdentification/nodeFunctionality"],
    )
    usage: list[dict[str, Any]] = [{"ratingGroup": 1}, {"ratingGroup": 2, "usedUnitContainer": [{"totalVolume": 1}]}]
    place = "/multipleUnitUsage/1/usedUnitContainer/0"
    assert wrong(multipleUnitUsage=usage) == ("MANDATORY_IE_MISSING", [f"{place}/localSequenceNumber"])
    usage[1]["usedUnitContainer"] = [{"localSequenceNumber": 1, "totalVolume": -1}]
    assert wrong(multipleUnitUsage=usage) == ("MANDATORY_IE_INCORRECT", [f"{place}/totalVolume"])
    usage[1]["usedUnitContainer"] = [{"localSequenceNumber": 1, "totalVolume": 2**60}]
    assert wrong(multipleUnitUsage=usage) == ("MANDATORY_IE_INCORRECT", [f"{place}/totalVolume"])
    assert left(line, "data")[1] == 0


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"{", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"[]", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"{}", {"content_type": "text/plain"}, 415),
        (b"{}", {"content_type": ""}, 415),
        (b" " * (nchf.http.LARGEST + 1), {}, 413),
    ],
)
def test_a_body_that_is_none(line, smf, body, headers, status):
    told = smf.create(body, **headers)
    assert (told.status, told.headers["content-type"]) == (status, "application/problem+json")


def test_headers_of_the_service_based_interface_go_back(line, smf):
    told = smf.create(
        data(0, group(want=MB)), **{"3gpp-sbi-correlation-info": "imsi-1", "3gpp-sbi-message-priority": "3"}
    )
    assert (told.headers["3gpp-sbi-correlation-info"], told.headers["3gpp-sbi-message-priority"]) == ("imsi-1", "3")


def test_words_of_a_later_release_are_let_pass(line, smf):
    usage = group(10, container(1, "A_TRIGGER_OF_TOMORROW", totalVolume=MB, newUnits=4), want=MB, another={"a": [1]})
    told = smf.create(data(0, usage, supportedFeatures="ff", aNewAttribute={"x": 1}))
    assert (told.status, told.units[10]["resultCode"]) == (201, "SUCCESS")


def test_settings_are_told(line, smf):
    smf.options = {"failure_handling": "RETRY_AND_TERMINATE", "quota_holding": 300}
    told = smf.create(data(0, group(want=MB)))
    assert told.body["invocationResult"] == {"failureHandling": "RETRY_AND_TERMINATE"}
    assert told.units[10]["quotaHoldingTime"] == 300
