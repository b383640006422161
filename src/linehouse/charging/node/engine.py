"""The queue before the database: what waits while a batch is under way goes into the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import structlog

from linehouse.charging.errors import ChargingUnavailable
from linehouse.charging.node import policy_door
from linehouse.charging.node.asking_again import Reach, tell
from linehouse.charging.node.batch import Brand, answer, sweep
from linehouse.charging.node.degraded import Mode, Outage
from linehouse.charging.node.degraded_journal import TrustJournal
from linehouse.charging.node.known import KnownLines
from linehouse.charging.node.matching import settle_records
from linehouse.charging.node.observing import Observer
from linehouse.charging.node.requests import Asking
from linehouse.charging.node.writing import Overtaken
from linehouse.charging.online.degraded import Limits
from linehouse.kernel.error import DomainError
from linehouse.platform.clock.reading import business_now
from linehouse.rating.session.answers import Answer

_log = structlog.get_logger(__name__)
MOST = 256
"""Requests in one commit."""
PATIENCE = 8
"""How often a request makes way for whoever decides on its line, before it waits for the lock."""
_PAUSE = 0.002
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)
"""What says that the database is away, whatever was asked."""


@dataclass(eq=False)
class _Waiting:
    asking: Asking
    answered: asyncio.Future[Answer]
    passed: int = 0


@dataclass
class Charger:
    """Charges the lines of one brand. One batch at a time; everything that arrives meanwhile is the next one."""

    pool: asyncpg.Pool
    brand: Brand = field(default_factory=Brand)
    doors: dict[str, Reach] = field(default_factory=dict)
    """How the clients of sessions are reached, by kind of door; a door registers itself."""
    observer: Observer = field(default_factory=Observer)
    outage: Outage | None = None
    """Answers while the database is away; None: there are none then."""
    _queue: list[_Waiting] = field(default_factory=list)
    _work: asyncio.Task[None] | None = None

    async def ask(self, asking: Asking) -> Answer:
        """The answer, once it is durable. Raises DomainError; ChargingUnavailable when the database is away."""
        if self.outage is not None:
            if self.outage.mode is Mode.TRUST:
                return await self.outage.answer(asking)
            await self.outage.normal()
        waiting = _Waiting(asking, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())
        return await waiting.answered

    def trust(self, limits: Limits, folder: Path, database: str) -> None:
        """Answer on trust, up to these limits, while the database is away; ``folder`` keeps what is answered so."""
        self.brand.known = KnownLines()
        self.outage = Outage(limits, TrustJournal(folder, database), self, self.brand.known)
        self.outage.start()

    async def answers(self) -> bool:
        """Whether the database can be asked."""
        try:
            async with self.pool.acquire(timeout=2) as connection:
                await connection.execute("SELECT 1", timeout=2)
        except AWAY:
            return False
        return True

    async def charge_again(self, askings: Sequence[Asking]) -> Sequence[Answer | Exception]:
        """Charge what was answered on trust, in this order."""
        async with self.pool.acquire() as connection:
            found = await answer(connection, self.brand, askings, wait=True)
        return [found.by_place[place] for place in range(len(askings))]

    async def sweep(self, most: int = MOST) -> int:
        """Release reservations whose time is over; returns of how many sessions. Statuses that are due are decided."""
        async with self.pool.acquire() as connection:
            await policy_door.refresh(connection, self.brand.controls, await business_now(connection))
            return await sweep(connection, self.brand, most)

    async def settle_records(self) -> int:
        """Settle what records of files say of sessions that are over; returns of how many sessions."""
        return await settle_records(self)

    async def ask_again(self) -> int:
        """Tell sessions what is wished of them; returns how many are settled now."""
        return await tell(self.pool, self.doors)

    async def _run(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:MOST], self._queue[MOST:]
            patient = [one for one in batch if one.passed < PATIENCE]
            if patient:
                await self._batch(patient, wait=False)
            for one in batch:
                if one.passed >= PATIENCE and not one.answered.done():
                    await self._batch([one], wait=True)

    async def _batch(self, batch: Sequence[_Waiting], *, wait: bool) -> None:
        try:
            async with self.pool.acquire() as connection:
                found = await answer(connection, self.brand, [one.asking for one in batch], wait=wait)
        except AWAY as error:
            await self._away(batch, error)
        except Overtaken:
            self._queue += batch
        except Exception as error:  # noqa: BLE001 - one request must not take the others of its batch with it
            await self._one_by_one(batch, error, wait=wait)
        else:
            for place, outcome in found.by_place.items():
                _tell(batch[place].answered, outcome)
            again = [batch[place] for place in found.again]
            for one in again:
                one.passed += 1
            if again:
                await asyncio.sleep(_PAUSE)
            self._queue += again

    async def _away(self, batch: Sequence[_Waiting], error: Exception) -> None:
        if self.outage is None:
            self._fail(batch, unavailable(error))
            return
        self.outage.begin(error)
        outcomes = await asyncio.gather(*(self.outage.answer(one.asking) for one in batch), return_exceptions=True)
        for one, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, (Answer, Exception)):
                _tell(one.answered, outcome)

    async def _one_by_one(self, batch: Sequence[_Waiting], error: Exception, *, wait: bool) -> None:
        if len(batch) == 1:
            _log.error("a request could not be charged", session=batch[0].asking.session, error=repr(error))
            self._fail(batch, error)
            return
        for one in batch:
            await self._batch([one], wait=wait)

    @staticmethod
    def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
        for one in batch:
            _tell(one.answered, error)


def _tell(answered: asyncio.Future[Answer], outcome: Answer | Exception) -> None:
    if answered.done():
        return
    if isinstance(outcome, Exception):
        answered.set_exception(outcome)
    else:
        answered.set_result(outcome)


def unavailable(error: Exception) -> DomainError:
    """What a door answers while the database is away."""
    return ChargingUnavailable(f"the database does not answer ({type(error).__name__}); ask again with the same key")
