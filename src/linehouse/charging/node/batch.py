"""One transaction: requests of many lines, read under lock, decided in memory, written set-based, committed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from linehouse.charging.errors import IdentityConflict, NoTariff, SessionOfAnother, SubscriberUnknown
from linehouse.charging.node import reading
from linehouse.charging.node.controls_reading import ControlsShelf
from linehouse.charging.node.faults import Point, reach
from linehouse.charging.node.known import KnownLines
from linehouse.charging.node.requests import Asking, Who
from linehouse.charging.node.tariffs import TariffShelf
from linehouse.charging.node.told import asked_by, tell
from linehouse.charging.node.writing import Written, write
from linehouse.charging.online.charge import charge, lapsed
from linehouse.charging.online.subject import Subject
from linehouse.charging.sql.online import DUE_SESSIONS, LINES_AT, LINES_BY_ID, LOCK_LINES, WAIT_FOR_LINES
from linehouse.kernel.error import DomainError
from linehouse.platform.clock.reading import business_now, read_clock
from linehouse.rating.session.answers import Answer, Refusal
from linehouse.rating.session.requests import Request
from linehouse.rating.session.state import Answered, Session

_LATE = timedelta(days=40)
"""How far back a session may have begun whose usage still takes from the buckets of its time."""
Outcome = Answer | Exception
_Row = Mapping[str, Any]


@dataclass
class Answers:
    """What came of a batch, by the place of each request; those whose line is decided elsewhere come again."""

    by_place: dict[int, Outcome] = field(default_factory=dict)
    again: list[int] = field(default_factory=list)


class Brand:
    """What a process remembers of one brand between its batches."""

    def __init__(self) -> None:
        self.tariffs = TariffShelf()
        self.controls = ControlsShelf()
        self.accounts: dict[tuple[str, str], int] = {}
        self.known: KnownLines | None = None
        """Kept only where the process may have to answer without the database."""


async def answer(
    connection: asyncpg.Connection, brand: Brand, askings: Sequence[Asking], *, wait: bool = False
) -> Answers:
    """Answer these requests. ``wait``: also for lines that somebody else decides on at the moment."""
    found = Answers()
    async with connection.transaction():
        clock = await read_clock(connection)
        now = clock.now()
        await brand.tariffs.refresh(connection)
        rows = await connection.fetch(LINES_AT, _said(askings, "msisdn"), now, _said(askings, "imsi"))
        lines = {(row["by"], row["digits"]): row for row in rows}
        mine = await _locked(connection, rows, wait=wait)
        sessions = await reading.sessions(connection, [asking.session for asking in askings])
        before = await reading.answers(connection, [(asking.session, asking.key) for asking in askings])
        wanted = [row for row in rows if row["subscription_id"] in mine]
        held = await reading.held(connection, wanted, sessions.values(), brand.tariffs, now - _LATE, now)
        await reading.counters(connection, held, sessions.values(), now)
        await reading.controls(connection, held, brand.controls, brand.tariffs, now - _LATE, now)
        reach(Point.LOCKED)
        deciding = _Deciding(lines, held, sessions, before, now)
        begins = {place: one for place, asking in enumerate(askings) if (one := deciding.begins(asking, mine))}
        told = await tell(connection, begins, now) if begins else {}
        for place, asking in enumerate(askings):
            try:
                line = deciding.line_of(asking)
                if line is not None and line["subscription_id"] not in mine:
                    found.again.append(place)
                    continue
                found.by_place[place] = deciding.decide(asking, line, told.get(place))
            except DomainError as error:
                found.by_place[place] = error
        reach(Point.DECIDED)
        opened = await write(connection, deciding.written, now, brand.accounts)
        reach(Point.WRITTEN)
    reach(Point.COMMITTED)
    brand.accounts.update(opened)
    if brand.known is not None:
        brand.known.clock = clock
        for who, subject in deciding.asked():
            brand.known.remember(who, subject)
    return found


async def sweep(connection: asyncpg.Connection, brand: Brand, most: int) -> int:
    """Release what sessions keep beyond their time; returns how many sessions it was."""
    async with connection.transaction():
        now = await business_now(connection)
        due = await connection.fetch(DUE_SESSIONS, now, most)
        if not due:
            return 0
        await brand.tariffs.refresh(connection)
        rows = await connection.fetch(LINES_BY_ID, sorted({row["subscription_id"] for row in due}))
        mine = await _locked(connection, rows, wait=False)
        kept = await reading.sessions(connection, [row["session"] for row in due if row["subscription_id"] in mine])
        wanted = [row for row in rows if row["subscription_id"] in mine]
        held = await reading.held(connection, wanted, kept.values(), brand.tariffs, now - _LATE, now)
        await reading.counters(connection, held, kept.values(), now)
        await reading.controls(connection, held, brand.controls, brand.tariffs, now - _LATE, now)
        reach(Point.LOCKED)
        written = Written()
        for one in kept.values():
            effect = lapsed(held.of(one.subscription_id), one.session, now)
            held.keep(effect)
            written.add(effect, f"lapse@{now.isoformat()}", "", one.door)
        reach(Point.DECIDED)
        opened = await write(connection, written, now, brand.accounts)
        reach(Point.WRITTEN)
    reach(Point.COMMITTED)
    brand.accounts.update(opened)
    return len(written.sessions)


def _said(askings: Sequence[Asking], by: str) -> list[str]:
    return sorted({digits for asking in askings if (digits := getattr(asking.who, by))})


async def _locked(connection: asyncpg.Connection, lines: Any, *, wait: bool) -> set[UUID]:
    wanted = sorted({row["subscription_id"] for row in lines})
    rows = await connection.fetch(WAIT_FOR_LINES if wait else LOCK_LINES, wanted)
    return {row["subscription_id"] for row in rows}


class _Deciding:
    """The requests of a batch, one after the other, each on what those before it left."""

    def __init__(
        self,
        lines: Mapping[tuple[str, str], _Row],
        held: reading.Held,
        sessions: dict[str, reading.KeptSession],
        before: dict[tuple[str, str], Answered],
        now: datetime,
    ) -> None:
        self._lines = lines
        self._held = held
        self._sessions = sessions
        self._before = before
        self._now = now
        self.written = Written()

    def line_of(self, asking: Asking) -> _Row | None:
        """Whose request it is; None: nobody's. Raises IdentityConflict."""
        who = asking.who
        by_msisdn, by_imsi = self._lines.get(("msisdn", who.msisdn)), self._lines.get(("imsi", who.imsi))
        if by_msisdn and by_imsi and by_msisdn["subscription_id"] != by_imsi["subscription_id"]:
            raise IdentityConflict(
                "number and card are different lines'", field="imsi", value=who.imsi, expected="the card of the number"
            )
        return by_msisdn or by_imsi

    def begins(self, asking: Asking, mine: AbstractSet[UUID]) -> tuple[Subject, Request] | None:
        """The request, where it may begin something whose tariff or allowances want to be told more than it says."""
        try:
            line = self.line_of(asking)
            if line is None or line["subscription_id"] not in mine or (asking.session, asking.key) in self._before:
                return None
            subject = self._held.of(line["subscription_id"])
            if not subject.versions or not asked_by(subject):
                return None
            request = asking.make(subject, self._now if asking.given is None else asking.given.at)
        except DomainError:
            return None  # said when it is decided
        return subject, request

    def decide(self, asking: Asking, line: _Row | None, told: Request | None = None) -> Answer:
        """The answer; ``told`` is the request with what was looked up for it. Raises DomainError for what cannot be
        asked."""
        known = self._before.get((asking.session, asking.key))
        if known is not None:
            if known.fingerprint != asking.fingerprint:
                self.written.reused.append((asking, line["subscription_id"] if line is not None else None))
                return Answer(key=asking.key, refusal=Refusal.KEY_REUSED)
            return known.answer
        subject = self._subject(asking, line)
        kept = self._sessions.get(asking.session)
        if kept is not None and kept.subscription_id != subject.line.subscription_id:
            raise SessionOfAnother("the session is another line's", field="session", value=asking.session)
        now = self._now if asking.given is None else asking.given.at
        effect = charge(subject, self._known(kept), told or asking.make(subject, now), now)
        if asking.given is not None and effect.session is not None:
            effect = replace(effect, answer=asking.given.answer, session=replace(effect.session, degraded=True))
        answer = effect.answer
        if answer is None:
            raise RuntimeError("a request is always answered")
        if effect.session is not None:
            owner = subject.line.subscription_id
            # A door that says no address leaves the one that the session began with.
            door = asking.door if kept is None or asking.door.address else kept.door
            self._held.keep(effect)
            self._sessions[asking.session] = reading.KeptSession(owner, effect.session, door)
            self._before[asking.session, asking.key] = Answered(fingerprint=asking.fingerprint, answer=answer)
            self.written.add(effect, asking.key, asking.fingerprint, door, new=kept is None)
        return answer

    def asked(self) -> Iterator[tuple[Who, Subject]]:
        """Who asked, with the line as it is now."""
        for (by, digits), row in self._lines.items():
            if (subject := self._held.subjects.get(row["subscription_id"])) is not None:
                yield Who(**{by: digits}), subject

    def _subject(self, asking: Asking, line: _Row | None) -> Subject:
        by = "msisdn" if asking.who.msisdn else "imsi"
        said = getattr(asking.who, by)
        if line is None:
            raise SubscriberUnknown("nobody has this number", field=by, value=said, expected="one of ours")
        subject = self._held.of(line["subscription_id"])
        if not subject.versions:
            raise NoTariff("this line has no tariff", field=by, value=said, expected="a published tariff")
        return subject

    @staticmethod
    def _known(kept: reading.KeptSession | None) -> Session | None:
        return None if kept is None else kept.session
