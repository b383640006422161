"""A packet gateway is let in and charges a line's month to its end: granted, cut, refused, topped up, asked again."""

from __future__ import annotations

import asyncio

from linehouse.balance import service as balance
from linehouse.edge.network.diameter.codec import PROXIABLE, Message
from linehouse.platform.checks import verify
from tests.charging.test_rerate_equal import credit
from tests.edge.network.diameter.conftest import line, play
from tests.edge.network.diameter.gateway import call, service, subscriber, unit

__all__ = ["line", "play"]
TOP_UP = ""
USA = call("tel:+12125550123")
MSCC = "Multiple_Services_Credit_Control"


def test_a_call_is_cut_at_the_last_cent_and_goes_on_after_a_top_up(line, play, actor, drain) -> None:
    """0.50 a minute from a credit of 5.00: ten minutes and no second more, until there is more."""
    asked = {
        "Service_Context_Id": "32260@3gpp.org",
        "Subscription_Id": subscriber(line.msisdn.digits),
        "Service_Information": USA,
    }

    async def begins(process):
        gateway = await process.gateway()
        first = await gateway.ccr(1, 0, **asked, **{MSCC: service(100, unit(time=1_800))})
        used_up = await gateway.ccr(2, 1, **asked, **{MSCC: service(100, unit(time=60), unit(time=600))})
        return first, used_up

    async def goes_on(process):
        gateway = await process.gateway()
        [charger] = await process.listener.houses.all()
        telling = asyncio.create_task(charger.ask_again())
        told = await gateway.read()
        gateway.send(Message(258, 4, PROXIABLE, told.hop_by_hop, told.end_to_end, {"Result-Code": [2002]}))
        await telling
        on = await gateway.ccr(2, 2, **asked, **{MSCC: service(100, unit(time=600))})
        ended = await gateway.ccr(3, 3, **asked, **{MSCC: service(100, used=unit(time=30))})
        return told, on, ended

    first, used_up = play(begins)
    balance.grant([credit(line, 1_000_000)], actor=actor)
    drain()
    told, on, ended = play(goes_on)
    granted = [one.fields["Multiple-Services-Credit-Control"][0] for one in (first, used_up, on)]
    assert granted[0]["Granted-Service-Unit"] == [{"CC-Time": [600]}]
    assert granted[0]["Final-Unit-Indication"] == [{"Final-Unit-Action": [0]}]
    assert (granted[1]["Result-Code"], "Granted-Service-Unit" in granted[1]) == ([4012], False)
    assert (told.command, told.fields["Rating-Group"]) == (258, [100])
    assert granted[2]["Granted-Service-Unit"] == [{"CC-Time": [120]}]
    assert ended.fields["Cost-Information"][0]["Unit-Value"] == [{"Value-Digits": [55], "Exponent": [-1]}]
    left = [
        (one.left, one.reserved)
        for one in map(balance.bucket, (f"{line.number}/start-credit", f"{line.number}/voucher"))
    ]
    assert left == [(0, 0), (500_000, 0)]
    assert [one.name for one in verify() if not one.holds] == []
