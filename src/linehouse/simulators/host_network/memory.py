"""What the host operator remembers, in one file that a crash leaves either old or new, never broken."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from linehouse.simulators.host_network.faults import Fault

LONGEST_DELAY_MS = 24 * 3_600_000


class Behaviour(msgspec.Struct, kw_only=True):
    """How the host works when nothing is wrong: at once, or later with a monitor after ``delay_ms``."""

    later: bool = True
    delay_ms: int = 200

    def __post_init__(self) -> None:
        if not 0 <= self.delay_ms <= LONGEST_DELAY_MS:
            raise ValueError(f"a request is finished after 0 to {LONGEST_DELAY_MS} milliseconds")


class MonitorRecord(msgspec.Struct, kw_only=True):
    """A request that was accepted and is finished later. ``error`` is what it will end with, if anything."""

    id: str
    service_id: str
    state: str
    due_at: datetime
    request_body: str
    wanted_state: str
    error: str = ""
    partial: bool = False
    notices: int = 1


class StoredAnswer(msgspec.Struct, kw_only=True):
    """An answer that is given again when its key comes again with the same request."""

    request: str
    status: int
    body: str
    location: str


class State(msgspec.Struct, kw_only=True):
    """Everything that survives a restart."""

    services: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    monitors: dict[str, MonitorRecord] = msgspec.field(default_factory=dict)
    answers: dict[str, StoredAnswer] = msgspec.field(default_factory=dict)
    listeners: dict[str, str] = msgspec.field(default_factory=dict)
    faults: list[Fault] = msgspec.field(default_factory=list)
    behaviour: Behaviour = msgspec.field(default_factory=Behaviour)
    next_number: int = 1


class Memory:
    """The file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "host-network.json"

    def load(self) -> State:
        """What was saved last; nothing when the file is new."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=State)
        except FileNotFoundError:
            return State()

    def save(self, state: State) -> None:
        """Write the whole state beside the old one and swap; durable when this returns."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        with fresh.open("wb") as out:
            out.write(msgspec.json.encode(state))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
