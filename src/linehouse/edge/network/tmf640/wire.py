"""One HTTP exchange with the network: sent, answered or not, and recorded either way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from linehouse.activation.values import Exchange
from linehouse.edge.network.tmf640.masking import masked
from linehouse.kernel.clock import MachineClock

API = "/tmf-api/ServiceActivationAndConfiguration/v4"
"""Base path that the published TMF640 v4 specification gives."""
ANSWER_LIMIT = 1_000_000
"""Octets of an answer that are read; a network that sends more is not heard out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. ``status`` 0: none came, and ``body`` says why."""

    status: int
    body: str
    location: str = ""

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        try:
            parsed = json.loads(self.body)
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}

    def json_list(self) -> list[dict[str, Any]]:
        """The body as a list of JSON objects; empty where it is none."""
        try:
            parsed = json.loads(self.body)
        except ValueError:
            return []
        return [item for item in parsed if isinstance(item, dict)] if isinstance(parsed, list) else []


@dataclass(slots=True)
class Conversation:
    """The exchanges of one call to the connector, in order."""

    client: httpx.Client
    exchanges: list[Exchange] = field(default_factory=list)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        key: str = "",
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """One exchange. Silence, a broken connection and a broken answer are answers of status 0."""
        sent = json.dumps(body, separators=(",", ":")) if body is not None else ""
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        at, began = MachineClock().now(), time.monotonic()
        request = self.client.build_request(method, API + path, content=sent or None, headers=headers, params=query)
        answer = self._answer(request)
        self.exchanges.append(
            Exchange(
                method=method,
                path=masked(str(request.url.raw_path, "ascii")),
                request_body=masked(sent) if sent else "",
                status=answer.status,
                response_body=masked(answer.body),
                at=at,
                milliseconds=int((time.monotonic() - began) * 1000),
            )
        )
        return answer

    def _answer(self, request: httpx.Request) -> Answer:
        try:
            response = self.client.send(request, stream=True)
            try:
                received = b""
                for part in response.iter_bytes():
                    received += part
                    if len(received) > ANSWER_LIMIT:
                        return Answer(0, f"the answer is longer than {ANSWER_LIMIT} octets")
            finally:
                response.close()
        except httpx.HTTPError as error:
            return Answer(0, f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        return Answer(response.status_code, received.decode("utf-8", "replace"), response.headers.get("Location", ""))


ClientFactory = Callable[[], httpx.Client]
