"""How the client of an Nchf session is reached: a notification to the address that it gave (TS 32.291 5.2.2.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec
import structlog

from linehouse.charging.node import Door
from linehouse.edge.network.nchf.mapping import AFTER, rating_group_of
from linehouse.edge.network.nchf.messages import ChargingNotifyRequest, ReauthorizationDetails

_log = structlog.get_logger(__name__)
CALLBACK = "Nchf_ConvergedCharging_Notify"
_TIMEOUT = 2.0
_TRIES = 2
_PAUSE = 0.2
_HOPS = 3
_ELSEWHERE = (307, 308)
_LATER = (408, 429)


def client() -> httpx.AsyncClient:
    """HTTP/2: by prior knowledge without TLS, by ALPN with it."""
    return httpx.AsyncClient(http1=False, http2=True, timeout=_TIMEOUT, follow_redirects=False)


class Notifier:
    """Tells network functions what they did not ask for."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    async def __call__(self, session: str, door: Door, services: Sequence[str], *, end: bool) -> bool:
        """REAUTHORIZATION of the session's rating groups, or ABORT_CHARGING; True: nothing is left to tell."""
        uri = door.address.get("notify_uri", "")
        if not uri:
            # It gave no address: it asks again when its quota is used up or its validity is over.
            return True
        if end:
            value = ChargingNotifyRequest("ABORT_CHARGING")
        else:
            groups = {rating_group_of(one) for one in services if not one.endswith(AFTER)}
            value = ChargingNotifyRequest(
                "REAUTHORIZATION", [ReauthorizationDetails(group) for group in sorted(groups) if group >= 0]
            )
        return await self.post(uri, msgspec.json.encode(value), CALLBACK)

    async def post(self, uri: str, body: bytes, callback: str) -> bool:
        """Send it until somebody takes it: redirects are followed, what fails for now is tried once more."""
        headers = {"content-type": "application/json", "3gpp-sbi-callback": callback}
        for again in range(_TRIES):
            if again:
                await asyncio.sleep(_PAUSE)
            status = await self._send(uri, body, headers)
            if status is None or status >= 500 or status in _LATER:
                continue
            if status >= 400:
                # It does not know the session any more, or does not want to hear: asking again changes nothing.
                _log.warning("a notification was refused", uri=_place(uri), status=status)
            return True
        return False

    async def _send(self, uri: str, body: bytes, headers: dict[str, str]) -> int | None:
        if self._client is None:
            self._client = client()
        try:
            for _ in range(_HOPS + 1):
                answer = await self._client.post(uri, content=body, headers=headers)
                if answer.status_code not in _ELSEWHERE or "location" not in answer.headers:
                    return answer.status_code
                uri = urljoin(uri, answer.headers["location"])
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            _log.warning("a notification did not arrive", uri=_place(uri), error=repr(error))
            return None
        _log.warning("a notification was sent from place to place", uri=_place(uri))
        return None

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            await self._client.aclose()


def _place(uri: str) -> str:
    """Where it went, without what names a session."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
