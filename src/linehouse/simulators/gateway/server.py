"""The gateway's own thread: while it is wanted, its subscribers use their phones."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from linehouse.simulators.gateway.diameter import DiameterDoor
from linehouse.simulators.gateway.doors import Door, JsonDoor, NchfDoor
from linehouse.simulators.gateway.people import Person
from linehouse.simulators.gateway.target import Folder, Target

_log = structlog.get_logger(__name__)
_LOOK = 0.5
_COUNT = 2.0


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the charging process listens; no Diameter where it is 0."""

    http: int
    diameter: int = 0


def serve(home: Path, ports: Ports, found: Callable[[], None], stop: threading.Event) -> None:
    """Let subscribers be charged while that is wanted, until ``stop`` is set. ``found`` makes their brand."""
    folder = Folder(home)
    while not stop.wait(_LOOK):
        if not folder.wanted:
            continue
        if folder.target() is None:
            found()
        target = folder.target()
        if target is None:
            folder.want(on=False)
            continue
        asyncio.run(_live(folder, target, ports, stop))


async def _live(folder: Folder, target: Target, ports: Ports, stop: threading.Event) -> None:
    tally = folder.tally()
    doors = doors_of(target, ports)
    people = [Person(line, doors, f"{line.msisdn}/{sum(tally.asked.values())}", tally) for line in target.lines]
    tasks = [asyncio.create_task(one.live()) for one in people]
    _log.info("subscribers use their phones", brand=target.brand, lines=len(people))
    try:
        since = 0.0
        while folder.wanted and not stop.is_set():
            await asyncio.sleep(_LOOK)
            since += _LOOK
            if since >= _COUNT:
                since = 0.0
                folder.count(tally)
            for task in tasks:
                if task.done():
                    task.result()
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        for door in doors:
            await door.close()
        folder.count(tally)


def doors_of(target: Target, ports: Ports) -> list[Door]:
    """The ways to the charging process that there are."""
    host = f"{target.brand}.localhost"
    doors: list[Door] = [JsonDoor(ports.http, target.token, host), NchfDoor(ports.http, target.token, host)]
    if ports.diameter:
        doors.append(DiameterDoor(ports.diameter, target.peer, target.realm))
    return doors
