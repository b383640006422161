"""Degraded mode: the database is away, and lines that this node knows are answered on trust. Off without limits.

What is answered so is kept in a synced file first (`degraded_journal`). As soon as the database answers again it is
charged under the same keys, and its answers stay; until that is done this node answers nobody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

import asyncpg
import structlog

from linehouse.charging.errors import ChargingUnavailable
from linehouse.charging.node.degraded_journal import Kept, TrustJournal, encoded
from linehouse.charging.node.known import KnownLines
from linehouse.charging.node.requests import Asking, Given
from linehouse.charging.online.degraded import MOVES_NOTHING, Limits, Trust, to_charge
from linehouse.charging.online.subject import Subject
from linehouse.rating.session.answers import Answer, Refusal
from linehouse.rating.session.requests import Operation

_log = structlog.get_logger(__name__)
_LOOK_AGAIN = 0.5
"""Seconds between two looks whether the database is there."""
_AT_ONCE = 256


class Database(Protocol):
    """What ends an outage."""

    async def answers(self) -> bool:
        """Whether the database can be asked again."""
        ...

    async def charge_again(self, askings: Sequence[Asking]) -> Sequence[Answer | Exception]:
        """Charge what was answered on trust, in this order. Raises while the database is away."""
        ...


class Mode(StrEnum):
    """How a node answers."""

    NORMAL = "normal"
    TRUST = "trust"
    """The database is away."""
    RECOVERING = "recovering"
    """It is back, and what was answered on trust is charged; who asks now waits for that."""


@dataclass
class Outage:
    """One brand's degraded mode in one process."""

    limits: Limits
    journal: TrustJournal
    database: Database
    known: KnownLines = field(default_factory=KnownLines)
    mode: Mode = Mode.NORMAL
    _trust: Trust = field(init=False)
    _answered: dict[tuple[str, str], tuple[str, Answer]] = field(default_factory=dict)
    _ending: asyncio.Task[None] | None = None
    _normal: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._trust = Trust(self.limits)
        self._normal.set()

    @property
    def exposure(self) -> int:
        """What is granted on trust at the moment, micro-units."""
        return self._trust.exposure

    def start(self) -> None:
        """The process begins: what was left on this machine from an outage before is charged first."""
        if self.journal.waits():
            self._leave_normal(Mode.RECOVERING)

    def begin(self, why: Exception) -> None:
        """The database is away: until it is back and everything is charged, answers are given on trust."""
        if self.mode is not Mode.NORMAL:
            return
        _log.error("the database is away; answers are given on trust", database=self.journal.database, why=repr(why))
        self._leave_normal(Mode.TRUST)

    def _leave_normal(self, mode: Mode) -> None:
        self.mode = mode
        self._normal.clear()
        if self._ending is None or self._ending.done():
            self._ending = asyncio.create_task(self._end())

    async def normal(self) -> None:
        """Return when answers are given as always."""
        await self._normal.wait()

    async def answer(self, asking: Asking) -> Answer:
        """Answer on trust. Raises ChargingUnavailable for a line that this node never charged, and for refunds."""
        if self.mode is not Mode.TRUST:
            raise ChargingUnavailable("the database was away for a moment; ask again with the same key")
        known, clock = self.known.line(asking.who), self.known.clock
        if known is None or clock is None or not known.versions:
            raise ChargingUnavailable("the database does not answer, and this node does not know the line; ask again")
        if (before := self._answered.get((asking.session, asking.key))) is not None:
            fingerprint, answer = before
            return answer if fingerprint == asking.fingerprint else Answer(key=asking.key, refusal=Refusal.KEY_REUSED)
        now = clock.now()
        request = asking.make(Subject(line=known.line, versions=known.versions, buckets={}, policy=known.policy), now)
        if request.operation is Operation.REFUND:
            raise ChargingUnavailable("nothing is given back while the database is away; ask again with the same key")
        answer = self._trust.answer(known, request, now)
        if request.operation in MOVES_NOTHING:
            return answer
        kept = Kept(
            who=asking.who,
            door=replace(asking.door, address=dict(asking.door.address)),
            session=asking.session,
            key=asking.key,
            fingerprint=asking.fingerprint,
            at=now,
            request=request,
            answer=answer,
        )
        line = encoded(kept)
        self._answered[asking.session, asking.key] = asking.fingerprint, answer
        try:
            await self.journal.keep(line)
        except OSError as error:
            del self._answered[asking.session, asking.key]
            raise ChargingUnavailable(f"neither database nor disk take the request ({error}); ask again") from error
        return answer

    async def _end(self) -> None:
        """Wait for the database, charge everything, and go on as always."""
        while True:
            if await self.database.answers():
                self.mode = Mode.RECOVERING
                try:
                    await self._recover()
                    break
                except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
                    _log.warning("not charged yet", database=self.journal.database, error=repr(error))
                self.mode = Mode.TRUST
            await asyncio.sleep(_LOOK_AGAIN)
        self._trust = Trust(self.limits)
        self._answered.clear()
        self.mode = Mode.NORMAL
        self._normal.set()

    async def _recover(self) -> None:
        """Charge what this process, or one that died, answered on trust. Raises while the database is away."""
        await self.journal.written()
        with self.journal.left() as kept:
            for start in range(0, len(kept), _AT_ONCE):
                some = kept[start : start + _AT_ONCE]
                came = await self.database.charge_again([_again(one) for one in some])
                for one, outcome in zip(some, came, strict=True):
                    if isinstance(outcome, Exception):
                        self.journal.put_aside(one, outcome)
        _log.warning("charged what was answered on trust", database=self.journal.database, requests=len(kept))


def _again(kept: Kept) -> Asking:
    request = to_charge(kept.request, kept.answer)
    return Asking(
        who=kept.who,
        session=kept.session,
        key=kept.key,
        fingerprint=kept.fingerprint,
        make=lambda _subject, _now: request,
        door=kept.door,
        given=Given(kept.at, kept.answer),
    )
