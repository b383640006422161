"""Sy on a real database: a policy function asks, is told of a change that usage over Gy makes, and ends."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from linehouse.edge.network.diameter.codec import PROXIABLE, Message
from tests.charging.controls.house import publish
from tests.edge.network.diameter.gateway import Gateway, service, subscriber, unit

SY = 16_777_302
SLR, SNR, STR = 8_388_635, 8_388_636, 275
GB = 10**9
MONTH_ENDS = datetime(2026, 11, 30, 23, tzinfo=UTC)


@pytest.fixture
def controlled(line, actor, drain, monkeypatch):
    """The line with policy counters: at 2 GB of data its speed is reduced."""
    publish(actor)
    drain()
    return line


async def sy(gateway: Gateway, command: int, **fields: object) -> Message:
    given: dict[str, list[object]] = {
        "Session-Id": ["pcrf;1"],
        "Destination-Realm": ["linehouse.invalid"],
        "Auth-Application-Id": [SY],
    }
    for name, value in fields.items():
        given[name.replace("_", "-")] = value if isinstance(value, list) else [value]
    return await gateway.ask(command, given, application=SY)


def test_a_policy_function_is_told_when_usage_changes_a_status(controlled, play):
    who = subscriber(controlled.msisdn.digits)

    async def script(process):
        policy, gateway = await process.gateway("pcrf.gw.example"), await process.gateway()
        told = [await sy(policy, SLR, SL_Request_Type=0, Subscription_Id=who)]
        told.append(await sy(policy, SLR, SL_Request_Type=1, Policy_Counter_Identifier="speed"))
        told.append(
            await sy(policy, SLR, SL_Request_Type=0, Subscription_Id=who, Policy_Counter_Identifier=["speed", "x"])
        )
        stranger = subscriber("31699999999")
        told.append(await sy(policy, SLR, Session_Id="s", SL_Request_Type=0, Subscription_Id=stranger))
        told.append(await sy(policy, SLR, Session_Id="t", SL_Request_Type=1))
        mscc = "Multiple_Services_Credit_Control"
        await gateway.ccr(1, 0, Subscription_Id=who, **{mscc: service(10, unit(total=GB))})
        await gateway.ccr(2, 1, Subscription_Id=who, **{mscc: service(10, unit(total=GB), unit(total=2 * GB))})
        pushing = asyncio.create_task(process.listener.push())
        asked = await policy.read()
        success: dict[str, list[object]] = {"Result-Code": [2001]}
        policy.send(Message(SNR, SY, PROXIABLE, asked.hop_by_hop, asked.end_to_end, success))
        await pushing
        ended = [await sy(policy, STR, Termination_Cause=1) for _ in range(2)]
        return told, asked, ended

    told, asked, ended = play(script)
    reports = [one.fields.get("Policy-Counter-Status-Report") for one in told]
    full = {"Policy-Counter-Identifier": ["speed"], "Policy-Counter-Status": ["full-speed"]}
    assert reports[:2] == [[full], [full]]
    assert [one.number("Result-Code") for one in told] == [2001, 2001, None, 5030, 5002]
    assert told[2].fields["Experimental-Result"] == [{"Vendor-Id": [10415], "Experimental-Result-Code": [5570]}]
    assert (asked.command, asked.application, asked.text("Session-Id")) == (SNR, SY, "pcrf;1")
    [report] = asked.fields["Policy-Counter-Status-Report"]
    # With the next month full speed comes back by itself.
    pending = {"Policy-Counter-Status": ["full-speed"], "Pending-Policy-Counter-Change-Time": [MONTH_ENDS]}
    assert report == {
        "Policy-Counter-Identifier": ["speed"],
        "Policy-Counter-Status": ["reduced"],
        "Pending-Policy-Counter-Information": [pending],
    }
    assert [one.number("Result-Code") for one in ended] == [2001, 5002]
