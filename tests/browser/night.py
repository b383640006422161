"""A short month: what the journey needs, and something of everything that can go wrong with usage."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from linehouse.kernel.period import day_start
from linehouse.platform.advance import advance
from linehouse.platform.clock.service import business_now
from linehouse.run.story import scenes
from linehouse.run.story.scenes import ZONE, Play
from linehouse.simulators.cdr_feed.files import Fault
from linehouse.simulators.cdr_feed.host_csv import host_csv
from linehouse.simulators.cdr_feed.roaming_tap import roaming_tap
from linehouse.simulators.cdr_feed.usage import Habits, make_usage

SCENES = (scenes.stock, scenes.register, scenes.order_plans, scenes.order_booster)
AFTERWARDS = (scenes.bill, scenes.pay)


def play_short_month(play: Play) -> None:
    """Two customers, two nights of files with repeats and strangers, a few days abroad, a bill run, payments."""
    for scene in SCENES:
        scene(play)
    lines = [scenes.subscriber(play, "fenna"), scenes.subscriber(play, "joris")]
    start = business_now().astimezone(ZONE).date()
    habits = Habits(calls=5, largest_session_octets=300_000_000)
    for number in (1, 2):
        day = start + timedelta(days=number)
        uses = make_usage(f"short/{number}", lines, day, 1, ZONE, habits)
        faults = frozenset({Fault.REPEATED_RECORD, Fault.UNKNOWN_SUBSCRIBER}) if number == 2 else frozenset[Fault]()
        advance(day_start(day + timedelta(days=1), ZONE) + timedelta(hours=2), actor=play.stage.actor)
        scenes.drop(play, host_csv(uses, day, zone=ZONE, number=number, faults=faults))
    abroad = start.replace(day=18)
    advance(day_start(abroad + timedelta(days=1), ZONE) + timedelta(hours=2), actor=play.stage.actor)
    berlin = ZoneInfo("Europe/Berlin")
    calls = make_usage("short/abroad", lines[:1], abroad - timedelta(days=2), 2, berlin, Habits(calls=3))
    scenes.drop(play, roaming_tap(calls, business_now(), sender="DEUD2", recipient="NLDRM", number=1, zone=berlin))
    for scene in AFTERWARDS:
        scene(play)
