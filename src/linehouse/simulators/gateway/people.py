"""What simulated subscribers do with their phones: browse, call, send messages, each at its own pace."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from linehouse.simulators.cdr_feed.chance import Chance
from linehouse.simulators.gateway.doors import Door, Service, Step, Told, Unanswered, Use, charging_id
from linehouse.simulators.gateway.target import Line, Tally

_log = structlog.get_logger(__name__)
_CALLED = ("+31201234567", "+31687654321", "+12125550123", "+441632960000")
_MEGABYTE = 10**6


class Person:
    """One of them: a line, the doors that its network elements speak, and chance."""

    def __init__(self, line: Line, doors: Sequence[Door], seed: str, tally: Tally, *, pace: float = 1.0) -> None:
        """``pace`` 1 is gentle: a request each few seconds; 0 waits for nothing."""
        self._line, self._doors, self._tally, self._pace = line, doors, tally, pace
        self._chance = Chance(seed)

    async def live(self) -> None:
        """Use the phone until cancelled; what no answer came to is left alone, as networks do."""
        while True:
            await self._wait(3, 14)
            try:
                await self.once()
            except Unanswered as error:
                self._tally.failed += 1
                self._tally.last_failure = str(error)[:200]
                _log.info("a charging request had no answer", reason=str(error)[:200])
                await self._wait(5, 10)

    async def once(self) -> None:
        """One session from its beginning to its end. Raises Unanswered."""
        doors = self._doors
        door = doors[self._chance.below(len(doors))]
        service = Service.DATA if door.name == "nchf" else self._chance.choose([Service.DATA, Service.VOICE])
        if door.name == "json":
            service = Service.VOICE
        party = self._chance.choose(_CALLED) if service is Service.VOICE else ""
        number = charging_id()
        use = Use(self._line, service, f"{self._line.msisdn[-4:]}-{number}", party)
        size, unit = (20, _MEGABYTE) if service is Service.DATA else (30, 1)
        wanted = size * unit
        told = await self._ask(door, use, Step.START, 0, wanted)
        used = 0
        try:
            for _ in range(self._chance.between(1, 5)):
                if not told.granted:
                    break
                await self._wait(3, 8)
                used = min(told.granted, self._chance.between(1, size) * unit)
                if told.last and used == told.granted:
                    # The last of the credit is used: there is nothing to ask for.
                    break
                report, used = used, 0
                told = await self._ask(door, use, Step.UPDATE, report, wanted)
        finally:
            # Also when the simulation is stopped: what was begun is ended, or its reservation would wait for its time.
            await self._ask(door, use, Step.FINISH, used, 0)

    async def _ask(self, door: Door, use: Use, step: Step, used: int, wanted: int) -> Told:
        self._tally.asked[door.name] = self._tally.asked.get(door.name, 0) + 1
        told = await door.ask(use, step, used, wanted)
        if told.refusal:
            self._tally.refused += 1
        return told

    async def _wait(self, least: int, most: int) -> None:
        await asyncio.sleep(self._chance.between(least * 10, most * 10) / 10 * self._pace)
