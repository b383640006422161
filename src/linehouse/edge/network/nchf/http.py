"""A request and an answer of the service-based interface, without the server that carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from linehouse.edge.network.nchf.problems import Cause, Problem, malformed

T = TypeVar("T")
LARGEST = 1_000_000
"""Octets of a body."""
_JSON = "application/json"
_PROBLEM = "application/problem+json"
_RETURNED = ("3gpp-sbi-correlation-info", "3gpp-sbi-message-priority")
"""Headers that go back as they came (TS 29.500 5.2.3)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: ``headers`` by lower-case name, ``peer`` the caller's address, ``reference`` that of its path."""

    body: bytes
    headers: Mapping[str, str]
    peer: str
    scheme: str
    authority: str
    version: str
    reference: str = ""

    @property
    def base(self) -> str:
        """Where the caller found us; empty when it does not say."""
        return f"{self.scheme}://{self.authority}" if self.authority else ""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def told(asked: Asked, status: int, value: Any = None, *headers: tuple[str, str]) -> Told:
    """An answer with a JSON value, or without a body."""
    more = tuple((name, asked.headers[name]) for name in _RETURNED if name in asked.headers)
    if value is None:
        return Told(status, (*headers, *more))
    return Told(status, (("content-type", _JSON), *headers, *more), msgspec.json.encode(value))


def problem_told(asked: Asked, problem: Problem) -> Told:
    """An answer that says why there is no other."""
    more = tuple((name, asked.headers[name]) for name in _RETURNED if name in asked.headers)
    return Told(
        problem.status,
        (("content-type", _PROBLEM), *problem.headers, *more),
        msgspec.json.encode(problem.details),
    )


def content_of(asked: Asked) -> bytes:
    """The body of a request that has one. Raises Problem."""
    headers = asked.headers
    if len(asked.body) > LARGEST:
        raise Problem(413, detail=f"a body has at most {LARGEST} octets")
    if not asked.body:
        if asked.version.startswith("1") and "content-length" not in headers and "transfer-encoding" not in headers:
            raise Problem(411, Cause.INVALID_MSG_FORMAT, "the request has no Content-Length")
        raise Problem(400, Cause.INVALID_MSG_FORMAT, "the request has no body")
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != _JSON:
        raise Problem(415, Cause.INVALID_MSG_FORMAT, f"the body is {media or 'of no told kind'}, not {_JSON}")
    return asked.body


def decoded(asked: Asked, kind: type[T]) -> T:
    """The body as a value. Raises Problem that names the attribute."""
    try:
        return msgspec.json.decode(content_of(asked), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise malformed(str(error)) from None
    except (RecursionError, OverflowError):
        raise Problem(
            400, Cause.INVALID_MSG_FORMAT, "the body is nested too deeply or holds an impossible value"
        ) from None
