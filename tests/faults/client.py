"""A client of the JSON door that remembers every answer, and asks again with the same key until there is one."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
RETRY = 0.1
PATIENCE = 60
DEBITED = "once"
_VOICE = {"usageType": "voice", "otherParty": "+12125550123"}


class Chance:
    """Choices that come again with the same seed: bytes of a hash of the seed and a counter."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._drawn = 0

    def below(self, most: int) -> int:
        """From 0 to ``most`` - 1."""
        self._drawn += 1
        drawn = hashlib.sha256(f"{self._seed}/{self._drawn}".encode()).digest()
        return int.from_bytes(drawn[:8], "big") % most

    def choice(self, things: Sequence[T]) -> T:
        """One of them."""
        return things[self.below(len(things))]

    def happens(self, in_ten: int) -> bool:
        """So often of ten."""
        return self.below(10) < in_ten


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer of the server to one request."""

    msisdn: str
    session: str
    key: str
    operation: str
    body: dict[str, Any]
    status: int
    answer: dict[str, Any]


@dataclass
class Client:
    """Several conversations at once, each with its own lines, over all nodes in turn. Choices come from the seed."""

    ports: Sequence[int]
    token: str
    seed: int
    first: int = 0
    """The number of the first conversation: two clients that number alike would speak of the same sessions."""
    heard: list[Heard] = field(default_factory=list)
    lost: int = 0
    """Requests whose answer was lost at least once."""

    async def talk(self, lines: Sequence[str], conversations: int, calls: int) -> None:
        """Every conversation makes that many calls, one after the other, on any of the lines."""
        async with httpx.AsyncClient(timeout=15) as http:
            await asyncio.gather(*(self._converse(http, lines, self.first + n, calls) for n in range(conversations)))

    async def _converse(self, http: httpx.AsyncClient, lines: Sequence[str], place: int, calls: int) -> None:
        chance = Chance(f"{self.seed}/{place}")
        for number in range(calls):
            line = chance.choice(lines)
            session = f"{place}-{number}"
            if chance.happens(4):
                mode = chance.choice(["debit", "up-to", "all"])
                used = [{"quantity": f"{1 + chance.below(200)} s"}]
                await self._ask(http, chance, line, session, "1", DEBITED, {"used": used}, mode=mode)
                continue
            await self._ask(http, chance, line, session, "1", "start", {"want": "2 min"})
            for update in range(chance.below(4)):
                used = [{"quantity": f"{chance.below(121)} s"}]
                await self._ask(http, chance, line, session, f"{update + 2}", "update", {"used": used, "want": "1 min"})
            if chance.happens(8):
                used = [{"quantity": f"{chance.below(61)} s"}]
                await self._ask(http, chance, line, session, "9", "finish", {"used": used})

    async def _ask(
        self,
        http: httpx.AsyncClient,
        chance: Chance,
        line: str,
        session: str,
        key: str,
        operation: str,
        service: dict[str, Any],
        **more: Any,
    ) -> None:
        body = {"msisdn": line, "session": session, "key": key, "services": [{**_VOICE, **service}], **more}
        await self.send(http, chance, operation, body)
        if chance.happens(2):
            # A repeat, as gateways send them, perhaps to the other node.
            await self.send(http, chance, operation, body)

    async def send(self, http: httpx.AsyncClient, chance: Chance, operation: str, body: dict[str, Any]) -> None:
        """Until it is answered."""
        headers = {"authorization": f"Bearer {self.token}"}
        deadline = asyncio.get_running_loop().time() + PATIENCE
        failed = False
        while True:
            port = chance.choice(self.ports)
            try:
                got = await http.post(f"http://127.0.0.1:{port}/charging/v1/{operation}", json=body, headers=headers)
            except httpx.HTTPError:
                got = None
            if got is not None and got.status_code not in (500, 503):
                break
            if not failed:
                failed = True
                self.lost += 1
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"no answer to {body}: {got.text if got is not None else 'nobody there'}")
            await asyncio.sleep(RETRY)
        self.heard.append(
            Heard(body["msisdn"], body["session"], body["key"], operation, body, got.status_code, got.json())
        )
