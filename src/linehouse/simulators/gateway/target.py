"""Whether subscribers use their phones, whose lines they have, and what was charged: files of the home."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec


class Line(msgspec.Struct, frozen=True):
    """A line that is used: its number and its card's, in digits, and whether it has little credit."""

    msisdn: str
    imsi: str
    short: bool = False


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to charge and what to call. ``token`` is the client's at the doors over HTTP."""

    brand: str
    token: str
    realm: str
    peer: str
    lines: list[Line]


class Tally(msgspec.Struct):
    """Requests so far, by door, and how many of their services were refused."""

    asked: dict[str, int] = msgspec.field(default_factory=dict)
    refused: int = 0
    failed: int = 0
    last_failure: str = ""


class Folder:
    """The files of the gateway below a home."""

    def __init__(self, home: Path) -> None:
        """Below that home; nothing is made yet."""
        self._folder = home / "simulators" / "gateway"

    @property
    def wanted(self) -> bool:
        """Whether subscribers are to use their phones."""
        return (self._folder / "wanted").exists()

    def want(self, *, on: bool) -> None:
        """They are to, or not any more."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if on:
            (self._folder / "wanted").touch()
        else:
            (self._folder / "wanted").unlink(missing_ok=True)

    def target(self) -> Target | None:
        """Whom to charge; None while that is not known."""
        try:
            return msgspec.json.decode((self._folder / "target.json").read_bytes(), type=Target)
        except FileNotFoundError:
            return None

    def aim(self, target: Target) -> None:
        """Tell whom to charge; nobody else reads the file."""
        self._write("target.json", target)

    def forget(self) -> None:
        """Nobody is charged any more."""
        (self._folder / "target.json").unlink(missing_ok=True)

    def tally(self) -> Tally:
        """What was done so far."""
        try:
            return msgspec.json.decode((self._folder / "tally.json").read_bytes(), type=Tally)
        except FileNotFoundError:
            return Tally()

    def count(self, tally: Tally) -> None:
        """Keep what was done."""
        self._write("tally.json", tally)

    def _write(self, name: str, value: msgspec.Struct) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        growing = self._folder / f".{name}.part"
        with os.fdopen(os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(value))
        growing.rename(self._folder / name)
