"""A Diameter peer on Erlang's own stack, as a process: it takes Erlang terms and answers in lines of JSON."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.peers.programs import free_port, listens, program, until

HERE = Path(__file__).parent / "erlang"
PATIENCE = 20.0


class Atom(str):
    """A name of Erlang's, where a text would be wrong."""

    __slots__ = ()


def term(value: object) -> str:
    """A value as Erlang writes it."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case Atom():
            return f"'{value}'"
        case str():
            return term(value.encode())
        case bytes():
            return f"<<{','.join(map(str, value))}>>"
        case datetime():
            return f"{{{{{value:%Y,%-m,%-d}}},{{{value:%-H,%-M,%-S}}}}}"
        case Mapping():
            return "#{" + ",".join(f"'{key}' => {term(inner)}" for key, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(term, value)) + "]"
    raise TypeError(f"{value!r} has no Erlang term")


def flat(value: Any) -> Any:
    """What was read, with an AVP that may stand once as itself: Erlang's maps have lists of one for them."""
    if isinstance(value, dict):
        return {key: flat(inner[0] if _alone(key, inner) else inner) for key, inner in value.items()}
    return [flat(one) for one in value] if isinstance(value, list) else value


_SEVERAL = frozenset({"Multiple-Services-Credit-Control", "Failed-AVP", "AVP", "Subscription-Id", "Route-Record"})


def _alone(key: str, value: object) -> bool:
    return isinstance(value, list) and len(value) == 1 and key not in _SEVERAL


@dataclass
class Erlang:
    """The process, and all that it has said."""

    process: subprocess.Popen[str]
    said: list[dict[str, Any]] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _tags: Iterator[int] = field(default_factory=count)
    _connected: set[str] = field(default_factory=set)

    def listen(self) -> None:
        """Take in what it says, until it ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                if line.startswith("{"):
                    self.said.append(json.loads(line))
                else:
                    self.noise.append(line)
                self._news.notify_all()

    def tell(self, *terms: object) -> None:
        """A tuple of terms for it."""
        assert self.process.stdin is not None
        self.process.stdin.write("{" + ",".join(map(term, terms)) + "}.\n")
        self.process.stdin.flush()

    def until(
        self, true: Callable[[dict[str, Any]], bool], since: int = 0, seconds: float = PATIENCE
    ) -> dict[str, Any]:
        """The first thing that it said, or says soon, of which this is true."""
        deadline = time.monotonic() + seconds
        with self._news:
            while True:
                found = next((one for one in self.said[since:] if true(one)), None)
                if found is not None:
                    return found
                if not self._news.wait(deadline - time.monotonic()) or time.monotonic() > deadline:
                    pytest.fail(f"Erlang did not say it:\n{self.said[-5:]}\n{''.join(self.noise)[-3000:]}")

    def connect(self, name: str, port: int) -> str:
        """Connect to somebody on this machine; returns the peer's host."""
        since = len(self.said)
        self.tell(Atom("connect"), Atom(name), port)
        self._connected.add(name)
        return str(self.until(lambda one: one["is"] == "up", since)["peer"])

    def serve(self) -> int:
        """Listen on this machine; returns the port."""
        port = free_port()
        self.tell(Atom("listen"), port)
        until(lambda: listens(port))
        return port

    def leave(self, name: str) -> None:
        """DPR, and the connection closes."""
        since = len(self.said)
        self.tell(Atom("leave"), Atom(name))
        self._connected.discard(name)
        self.until(lambda one: one["is"] == "down", since)

    def leave_all(self) -> None:
        """All connections close, also those that are not up."""
        for name in sorted(self._connected):
            self.tell(Atom("leave"), Atom(name))
        self._connected.clear()

    def ask(self, message: Mapping[str, object], **options: object) -> dict[str, Any]:
        """A credit-control request, and what came back; its ``avps`` are flat."""
        return self.answer(self.begin(message, **options))

    def begin(self, message: Mapping[str, object], **options: object) -> str:
        """A credit-control request whose answer is asked for later, by the tag that is returned."""
        tag = f"t{next(self._tags)}"
        self.tell(Atom("ask"), tag, message, options)
        return tag

    def answer(self, tag: str) -> dict[str, Any]:
        """What came back."""
        got = self.until(lambda one: one.get("tag") == tag)
        return {**got, "avps": flat(got.get("avps", {}))}

    def load(self, message: Mapping[str, object], seconds: float = 60, **options: object) -> dict[str, Any]:
        """The same request for many lines: how many answers of each result, and how soon."""
        tag = f"t{next(self._tags)}"
        self.tell(Atom("load"), tag, message, options)
        return self.until(lambda one: one.get("tag") == tag, seconds=seconds)

    def requests(self, command: str) -> list[dict[str, Any]]:
        """What it was asked, by the command's name."""
        return [flat(one["avps"]) for one in self.said if one["is"] == "request" and one["command"] == command]


@contextmanager
def erlang(folder: Path, host: str, realm: str, role: str = "client") -> Iterator[Erlang]:
    """The peer, until the block ends; it compiles its dictionary in the folder first."""
    folder.mkdir(parents=True)
    command = [program("escript"), str(HERE / "peer.escript"), str(folder), str(HERE / "ro.dia"), host, realm, role]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder
    ) as process:
        one = Erlang(process)
        reader = threading.Thread(target=one.listen, daemon=True)
        reader.start()
        try:
            one.until(lambda said: said["is"] == "ready")
            yield one
        finally:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join(5)
