"""Credit control on a real database: what a gateway asks over TCP, what it is answered, and what moved."""

from __future__ import annotations

from linehouse.balance import service as balance
from linehouse.platform.checks import verify
from tests.edge.network.diameter.gateway import call, service, subscriber, unit

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
