"""Credit control on a real database: what a gateway asks over TCP, what it is answered, and what moved."""

from __future__ import annotations

import asyncio
from typing import Any

from linehouse.balance import service as balance
from linehouse.edge.network.diameter.codec import PROXIABLE, Message
from linehouse.edge.network.diameter.listener import Places, client_tls
from linehouse.platform.access.diameter import PeerView, allow_peer, serve_realm
from linehouse.platform.checks import verify
from linehouse.platform.control.models import Brand
from linehouse.platform.scope import CONTROL, realm_scope
from tests.conftest import START
from tests.edge.network.diameter.gateway import Gateway, call, service, subscriber, unit

VOICE = {"Service_Context_Id": "ext.01.001.8.32260@3gpp.org"}
USA = call("sip:+12125550123@ims.example;user=phone")
"""0.50 a minute from the credit of 5.00."""
GB = 10**9
MSCC = "Multiple-Services-Credit-Control"


def left(line, what="start-credit"):
    bucket = balance.bucket(f"{line.number}/{what}")
    return bucket.left, bucket.reserved, bucket.used


def lawful():
    broken = [(result.name, result.verdict.findings) for result in verify() if not result.holds]
    assert broken == []


def services(answer):
    return answer.fields[MSCC]


def result(answer):
    return answer.number("Result-Code")


def test_a_data_session_is_granted_debited_and_ended(line, play):
    who = subscriber(line.msisdn.digits)
    size = balance.bucket(f"{line.number}/data").granted or 0
    seen = []

    async def script(process):
        gateway = await process.gateway()
        common = {"Subscription_Id": who, "Multiple_Services_Indicator": 1}

        async def ask(kind, number, *mscc):
            answer = await gateway.ccr(kind, number, **common, Multiple_Services_Credit_Control=list(mscc))
            seen.append(answer)
            return answer

        await ask(1, 0, service(10, unit(total=GB)))
        await ask(2, 1, service(10, unit(total=10**8), unit(coming=5 * 10**8, going=4 * 10**8, time=77)))
        await ask(3, 2, service(10, used=unit(total=50 * 10**6, reason=2)))

    play(script)
    begun, going, ended = seen
    assert [result(one) for one in seen] == [2001] * 3
    assert [one.number("CC-Request-Number") for one in seen] == [0, 1, 2]
    [first] = services(begun)
    assert first["Granted-Service-Unit"] == [{"CC-Total-Octets": [GB]}]
    assert (first["Rating-Group"], first["Result-Code"], first["Validity-Time"]) == ([10], [2001], [3600])
    assert services(going)[0]["Granted-Service-Unit"] == [{"CC-Total-Octets": [10**8]}]
    assert "Granted-Service-Unit" not in services(ended)[0]
    assert left(line, "data") == (size - 950 * 10**6, 0, 950 * 10**6)
    lawful()


def test_a_call_is_cut_when_the_credit_ends_and_the_next_one_is_refused(line, play):
    common = {**VOICE, "Subscription_Id": subscriber(line.msisdn.digits), "Service_Information": USA}

    async def script(process):
        gateway = await process.gateway()
        first = await gateway.ccr(
            1, 0, **common, Multiple_Services_Credit_Control=service(100, unit(time=1_200), Service_Identifier=[1000])
        )
        second = await gateway.ccr(
            1, 0, **{**common, "Session_Id": "other"}, Multiple_Services_Credit_Control=service(100, unit(time=60))
        )
        ended = await gateway.ccr(
            3, 1, **common, Multiple_Services_Credit_Control=service(100, used=unit(time=61), Service_Identifier=[1000])
        )
        return first, second, ended

    first, second, ended = play(script)
    [granted] = services(first)
    assert granted["Granted-Service-Unit"] == [{"CC-Time": [600]}]
    assert granted["Final-Unit-Indication"] == [{"Final-Unit-Action": [0]}]
    assert (granted["Service-Identifier"], granted["Rating-Group"]) == ([1000], [100])
    assert (result(second), services(second)[0]["Result-Code"]) == (4012, [4012])
    assert ended.fields["Cost-Information"] == [{"Unit-Value": [{"Value-Digits": [1]}], "Currency-Code": [978]}]
    assert left(line) == (4_000_000, 0, 1_000_000)
    lawful()


def test_the_same_request_gets_the_stored_answer_from_another_node(line, play):
    who = {"Subscription_Id": subscriber(line.msisdn.digits), "Event_Timestamp": START}
    asked = {**who, "Multiple_Services_Credit_Control": [service(10, unit(total=GB)), service(20, unit(total=GB))]}

    async def script(one, two):
        first = await one.gateway()
        told = await first.ccr(1, 0, **asked, Destination_Host="charging.linehouse.invalid")
        other = await two.gateway()
        again = await other.ccr_again(1, 0, **asked)
        changed = {**asked, "Multiple_Services_Credit_Control": service(10, unit(total=2 * GB))}
        reused = await other.ccr(1, 0, **changed)
        return told, again, reused

    told, again, reused = play(script, nodes=2)
    assert services(again) == services(told)
    assert (result(again), result(reused)) == (2001, 5012)
    assert "this request number" in reused.text("Error-Message")
    assert [one["Rating-Group"] for one in services(told)] == [[10], [20]]
    assert left(line, "data")[1:] == (2 * GB, 0)
    lawful()


def test_one_bad_rating_group_does_not_fail_the_others_and_faults_name_their_avp(line, play):
    who = {"Subscription_Id": subscriber(line.msisdn.digits)}

    async def script(process):
        gateway = await process.gateway()
        mixed = await gateway.ccr(
            1, 0, **who, Multiple_Services_Credit_Control=[service(10, unit(total=GB)), service(20, unit(units=3))]
        )
        stranger = await gateway.ccr(1, 0, Session_Id="s2", Subscription_Id=subscriber("31699999999"))
        nobody = await gateway.ccr(1, 0, Session_Id="s3")
        context = await gateway.ccr(1, 0, Session_Id="s4", **who, Service_Context_Id="32273@3gpp.org")
        lost = await gateway.ccr(
            2, 7, Session_Id="s5", **who, Multiple_Services_Credit_Control=service(10, used=unit(total=10**6))
        )
        event = await gateway.ccr(4, 0, Session_Id="s6", **who, Requested_Action=None)
        return mixed, stranger, nobody, context, lost, event

    mixed, stranger, nobody, context, lost, event = play(script)
    assert result(mixed) == 2001
    assert [one["Result-Code"] for one in services(mixed)] == [[2001], [5031]]
    assert services(mixed)[1]["Failed-AVP"][0][:4] == (437).to_bytes(4, "big")
    assert [result(one) for one in (stranger, nobody, context, lost, event)] == [5030, 5005, 5031, 5002, 5005]
    assert stranger.fields["Failed-AVP"][0][:4] == (443).to_bytes(4, "big")
    assert context.fields["Failed-AVP"][0][:4] == (461).to_bytes(4, "big")
    assert (stranger.number("CC-Request-Type"), stranger.number("CC-Request-Number")) == (1, 0)
    # What a session that nobody knows has used is booked all the same.
    assert left(line, "data")[2] == 10**6
    lawful()


def test_open5gs_names_no_rating_group_and_no_total_and_is_charged(line, play):
    """QoS-Information in the service, a Requested-Action in a session, and CC-Time beside octets: as it sends them."""
    size = balance.bucket(f"{line.number}/data").granted or 0
    qos = [b"\0\0\x04\x04\x80\0\0\x10\0\0\x28\xaf\0\0\0\x09"]

    async def script(process):
        gateway = await process.gateway()
        common = {
            "Subscription_Id": subscriber(line.msisdn.digits),
            "Requested_Action": 0,
            "AoC_Request_Type": 1,
        }
        begun = await gateway.ccr(
            1,
            0,
            **common,
            Multiple_Services_Credit_Control=service(want=unit(total=1_000_000), QoS_Information=qos),
        )
        ended = await gateway.ccr(
            3,
            1,
            **common,
            Multiple_Services_Credit_Control=service(
                used=unit(coming=400_000, going=600_000, time=30), Reporting_Reason=[2], QoS_Information=qos
            ),
        )
        return begun, ended

    begun, ended = play(script)
    assert [result(one) for one in (begun, ended)] == [2001, 2001]
    assert services(begun)[0]["Granted-Service-Unit"] == [{"CC-Total-Octets": [1_000_000]}]
    assert "Rating-Group" not in services(begun)[0]
    assert left(line, "data") == (size - 10**6, 0, 10**6)


def test_events_are_debited_given_back_priced_and_looked_at(line, play):
    sms = {
        "Service_Context_Id": "32274@3gpp.org",
        "Subscription_Id": subscriber(line.msisdn.digits),
        "Service_Information": {
            "SMS-Information": [
                {
                    "SM-Message-Type": [0],
                    "Recipient-Info": [{"Recipient-Address": [{"Address-Type": [1], "Address-Data": ["12125550123"]}]}],
                }
            ]
        },
    }

    async def script(process):
        gateway = await process.gateway()
        priced = await gateway.ccr(
            4, 0, Session_Id="p", **sms, Requested_Action=3, Requested_Service_Unit=unit(units=1)
        )
        enough = await gateway.ccr(
            4, 0, Session_Id="b", **sms, Requested_Action=2, Requested_Service_Unit=unit(units=1)
        )
        too_many = await gateway.ccr(
            4, 0, Session_Id="m", **sms, Requested_Action=2, Requested_Service_Unit=unit(units=10_000)
        )
        debited = await gateway.ccr(4, 0, Session_Id="d", **sms, Requested_Action=0)
        given = await gateway.ccr(4, 1, Session_Id="d", **sms, Requested_Action=1)
        twice = await gateway.ccr(4, 2, Session_Id="d", **sms, Requested_Action=1)
        all_of_it = await gateway.ccr(
            4, 0, Session_Id="a", **sms, Requested_Action=0, Requested_Service_Unit=unit(units=10_000)
        )
        return priced, enough, too_many, debited, given, twice, all_of_it

    priced, enough, too_many, debited, given, twice, all_of_it = play(script)
    [cost] = priced.fields["Cost-Information"]
    assert (result(priced), cost["Currency-Code"]) == (2001, [978])
    assert [one.number("Check-Balance-Result") for one in (enough, too_many)] == [0, 1]
    assert debited.fields["Granted-Service-Unit"] == [{"CC-Service-Specific-Units": [1]}]
    assert debited.fields["Cost-Information"] == [cost]
    assert [result(one) for one in (debited, given, twice, all_of_it)] == [2001, 2001, 5012, 4012]
    assert left(line)[:2] == (5_000_000, 0)
    lawful()


def test_a_call_for_help_passes_without_credit_control(line, play):
    async def script(process):
        gateway = await process.gateway()
        return [
            await gateway.ccr(
                1,
                0,
                **VOICE,
                Session_Id=party,
                Subscription_Id=subscriber("31699999999"),
                Service_Information=call(party),
                Multiple_Services_Credit_Control=service(100, unit(time=60)),
            )
            for party in ("tel:112", "urn:service:sos.police")
        ]

    for told in play(script):
        assert (result(told), services(told)) == (4011, [{"Rating-Group": [100], "Result-Code": [4011]}])


def test_units_at_the_level_of_the_command_are_answered_there(line, play):
    common = {**VOICE, "Subscription_Id": subscriber(line.msisdn.digits), "Service_Information": USA}

    async def script(process):
        gateway = await process.gateway()
        begun = await gateway.ccr(1, 0, **common, Requested_Service_Unit=unit(time=60))
        ended = await gateway.ccr(3, 1, **common, Used_Service_Unit=unit(time=30))
        return begun, ended

    begun, ended = play(script)
    assert begun.fields["Granted-Service-Unit"] == [{"CC-Time": [60]}]
    assert MSCC not in begun.fields
    assert [result(one) for one in (begun, ended)] == [2001, 2001]
    assert left(line)[2] == 500_000


def test_a_session_is_asked_again_ended_and_forgotten_when_nobody_has_it(line, play):
    """A wish of another room reaches the gateway; and a gateway that began anew leaves nothing reserved."""
    who = {"Subscription_Id": subscriber(line.msisdn.digits)}

    async def script(process):
        gateway = await process.gateway(state=1)
        told = []
        for number, (ends, code) in enumerate([(False, 2002), (True, 2001), (False, 5002)]):
            await gateway.ccr(
                1, 0, Session_Id=f"s{number}", **who, Multiple_Services_Credit_Control=service(10, unit(total=GB // 4))
            )
            [charger] = process.node.chargers.values()
            await charger.pool.execute(
                "INSERT INTO charging_wish (subscription_id, session, reason, ends, wanted_at) "
                "SELECT subscription_id, session, 'test', $1, now() FROM charging_session WHERE session = $2",
                ends,
                f"diameter:gw.example:s{number}",
            )
            telling = asyncio.create_task(charger.ask_again())
            asked = await gateway.read()
            told.append(
                (
                    asked.command,
                    asked.text("Session-Id"),
                    asked.fields.get("Rating-Group"),
                    asked.text("Destination-Host"),
                )
            )
            gateway.send(
                Message(asked.command, 4, PROXIABLE, asked.hop_by_hop, asked.end_to_end, {"Result-Code": [code]})
            )
            assert await telling == 1
        reserved = await charger.pool.fetchval("SELECT sum(reserved) FROM balance_bucket WHERE asset = 'octet'")
        await process.gateway(state=2)
        for _ in range(100):
            if await charger.pool.fetchval("SELECT count(*) FROM charging_session WHERE closed_at IS NULL") == 0:
                break
            await asyncio.sleep(0.02)
        return told, reserved

    told, reserved = play(script)
    assert told == [
        (258, "s0", [10], "pgw1.gw.example"),
        (274, "s1", None, "pgw1.gw.example"),
        (258, "s2", [10], "pgw1.gw.example"),
    ]
    assert reserved == GB // 2
    assert left(line, "data")[1:] == (0, 0)
    lawful()


def test_a_session_over_tls_is_charged_and_seen_by_engineers(line, play, certificates):
    places = {
        "certificate": str(certificates / "node.pem"),
        "key": str(certificates / "node.key"),
        "authorities": str(certificates / "ca.pem"),
    }
    ours = Places(
        "127.0.0.1",
        0,
        "pgw1.gw.example",
        certificate=str(certificates / "gw.pem"),
        key=str(certificates / "gw.key"),
        authorities=str(certificates / "ca.pem"),
    )
    who: dict[str, Any] = {"Subscription_Id": subscriber(line.msisdn.digits)}

    async def script(process):
        gateway = await Gateway.greet(process.listener.tls_port, tls=client_tls(ours))
        await gateway.ccr(1, 0, **who, Multiple_Services_Credit_Control=service(10, unit(total=GB)))
        ended = await gateway.ccr(3, 1, **who, Multiple_Services_Credit_Control=service(10, used=unit(total=10**8)))
        faulty = await gateway.ccr(1, 0, **who, CC_Request_Number=[1, 2])
        await process.listener.refresh()
        [charger] = process.node.chargers.values()
        await charger.observer.flush(charger.pool)
        traces = await charger.pool.fetch("SELECT way, name, result, detail FROM charging_trace ORDER BY id")
        peers = await charger.pool.fetch("SELECT peer, state FROM charging_peer")
        return result(ended), result(faulty), traces, [tuple(row) for row in peers]

    ended, faulty, traces, peers = play(script, **places)
    assert (ended, faulty) == (2001, 5009)
    assert [(row["way"], row["name"], row["result"]) for row in traces] == [
        ("in", "CCR-I", ""),
        ("out", "CCR-I", "2001"),
        ("in", "CCR-T", ""),
        ("out", "CCR-T", "2001"),
        ("out", "CCR", "5009"),
    ]
    assert line.msisdn.digits not in "".join(str(row["detail"]) for row in traces)
    assert peers == [("pgw1.gw.example", "open")]
    assert left(line, "data")[1:] == (0, 10**8)


def test_a_peer_of_one_brand_reaches_no_other(line, play, actor):
    """The other brand's gateway names Robin's realm, and Robin's number stays unknown to it."""
    with realm_scope(CONTROL):
        Brand.objects.create(key="wren", name="Wren", database="wren", frozen=True, created_at=START)
        allow_peer(PeerView(host="pgw.wren.example", brand="wren"), actor=actor, reason="another brand's gateway")
        serve_realm("robin.example", "robin", {}, actor=actor, reason="Robin's realm")

    async def script(process):
        found = []
        for host in ("pgw1.gw.example", "pgw.wren.example"):
            gateway = await process.gateway(host)
            told = await gateway.ccr(
                1,
                0,
                Subscription_Id=subscriber(line.msisdn.digits),
                Destination_Realm="robin.example",
                Multiple_Services_Credit_Control=service(10, unit(total=10**6)),
            )
            found.append(result(told))
        return found

    assert play(script) == [2001, 5030]
