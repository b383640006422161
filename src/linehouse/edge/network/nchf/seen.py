"""One request of a network function and its answer, as the network's engineers see them."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import msgspec

from linehouse.charging.node.observing import Observer, Way
from linehouse.edge.network.nchf.http import Asked, Told, told

DOOR = "nchf"


class Seen:
    """What is observed of one request. Nothing is, before it is known whose brand's it is."""

    def __init__(self, name: str) -> None:
        self.subscription: UUID | None = None
        self.refused = ""
        self._name = name
        self._began = time.monotonic_ns()
        self._observer: Observer | None = None
        self._session = ""
        self._peer = ""
        self._content: msgspec.Struct | None = None

    def asked(self, observer: Observer, session: str, peer: str, content: msgspec.Struct) -> None:
        """The request was understood; it may be asked of several brands in turn."""
        self._observer, self._session, self._peer = observer, session, peer
        self._tell("in", "", 0, content)

    def says(self, asked: Asked, status: int, value: msgspec.Struct, *headers: tuple[str, str]) -> Told:
        """The answer, with its content remembered."""
        self._content = value
        return told(asked, status, value, *headers)

    def answered(self, answer: Told, content: msgspec.Struct | None = None) -> Told:
        """The answer goes out."""
        micros = (time.monotonic_ns() - self._began) // 1_000
        self._tell("out", str(answer.status), micros, content or self._content)
        return answer

    def _tell(self, way: Way, result: str, micros: int, content: Any) -> None:
        if self._observer is None:
            return
        self._observer.message(
            door=DOOR,
            peer=self._peer,
            session=self._session,
            subscription=self.subscription,
            way=way,
            name=self._name,
            result=result,
            micros=micros,
            detail=content,
            refused=self.refused,
        )
