"""Rate limits, quotas and the meter of API clients.

The rate limit is a bucket of one minute's calls, refilled evenly, in the memory of each web process: with several web
processes each allows its client the whole rate. Calls are counted in memory and written to PostgreSQL at most every
FLUSHED_EVERY; the monthly quota is judged by what was written and what this process has counted since. So several
processes together may exceed a quota by what they serve within that time, and a process that is killed loses at most
the calls of that time from the meter. Months and days are those of UTC by the machine clock.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, IntegrityError, connections, transaction
from django.db.models import Sum

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.ids import new_id
from linehouse.platform.access.clients import ClientIdentity
from linehouse.platform.control.models import ClientUsage
from linehouse.platform.scope import CONTROL

FLUSHED_EVERY = timedelta(seconds=2)
_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """How a client stands: what it may call in the window of a minute, what is left, and when it is whole again."""

    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """The RateLimit header fields of an answer."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A call that is not served: by the rate (``quota`` false) or because the month's quota is used up."""

    retry_after: int
    quota: bool
    rate: Rate | None


@dataclass(slots=True)
class _Bucket:
    """``level`` is in millionths of a minute's calls."""

    level: int
    at: datetime


@dataclass(slots=True)
class _Count:
    calls: int = 0
    refused: int = 0
    failed: int = 0
    limited: int = 0


_Key = tuple[str, UUID, date, str]
_lock = threading.Lock()
_flushing = threading.Lock()
_buckets: dict[tuple[str, UUID], _Bucket] = {}
_pending: dict[_Key, _Count] = {}
_months: dict[tuple[str, UUID, date], int] = {}
_flushed: list[datetime] = []


def _database() -> str:
    return str(connections[CONTROL].settings_dict["NAME"])


def take(identity: ClientIdentity, api: str) -> Rate | TurnedAway | None:
    """Let one call in, or turn it away; None where the client has no rate limit. One query a month and process."""
    now = MachineClock().now()
    if identity.monthly_quota is not None and _used(identity.id, now) >= identity.monthly_quota:
        with _lock:
            _count(identity.id, now, api).limited += 1
        return TurnedAway(_until_next_month(now), quota=True, rate=None)
    if identity.per_minute is None:
        return None
    limit = identity.per_minute
    with _lock:
        bucket = _buckets.setdefault((_database(), identity.id), _Bucket(limit * _MINUTE, now))
        passed = max(0, (now - bucket.at) // timedelta(microseconds=1))
        bucket.level = min(limit * _MINUTE, bucket.level + passed * limit)
        bucket.at = now
        fits = bucket.level >= _MINUTE
        if fits:
            bucket.level -= _MINUTE
        missing = limit * _MINUTE - bucket.level
        rate = Rate(limit, bucket.level // _MINUTE, -(-missing // (limit * 1_000_000)) if limit else 60)
        wait = -(-(_MINUTE - bucket.level) // (limit * 1_000_000)) if limit else 60
        if not fits:
            _count(identity.id, now, api).limited += 1
    if not fits:
        return TurnedAway(max(1, wait), quota=False, rate=rate)
    return rate


def count(identity: ClientIdentity, api: str, status: int) -> None:
    """Put an answered call on the meter, and write the meter down when it is time to."""
    now = MachineClock().now()
    with _lock:
        counted = _count(identity.id, now, api)
        counted.calls += 1
        counted.refused += 400 <= status < 500
        counted.failed += status >= 500
    if not _flushed or now - _flushed[0] >= FLUSHED_EVERY:
        flush()


def flush() -> None:
    """Write down what this process has counted; what cannot be written now is kept for the next time."""
    if not _flushing.acquire(blocking=False):
        return
    try:
        with _lock:
            mine = {key: value for key, value in _pending.items() if key[0] == _database()}
            for key in mine:
                del _pending[key]
            _months.clear()
            _flushed[:] = [MachineClock().now()]
        for (_, client_id, day, api), counted in mine.items():
            _write(client_id, day, api, counted)
    finally:
        _flushing.release()


def flush_at_exit() -> None:
    """Write down what is left when a process ends; a database that is gone already loses it."""
    try:
        flush()
    except DatabaseError:
        return


def _write(client_id: UUID, day: date, api: str, counted: _Count) -> None:
    try:
        with transaction.atomic(using=CONTROL), connections[CONTROL].cursor() as cursor:
            cursor.execute(
                "INSERT INTO control_clientusage AS u (id, client_id, day, api, calls, refused, failed, limited)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (client_id, day, api) DO UPDATE SET calls = u.calls + EXCLUDED.calls,"
                " refused = u.refused + EXCLUDED.refused, failed = u.failed + EXCLUDED.failed,"
                " limited = u.limited + EXCLUDED.limited",
                [new_id(), client_id, day, api, counted.calls, counted.refused, counted.failed, counted.limited],
            )
    except IntegrityError:
        # The client is gone with its brand: nobody is left to whom the calls belong.
        return


def _count(client_id: UUID, now: datetime, api: str) -> _Count:
    return _pending.setdefault((_database(), client_id, now.date(), api), _Count())


def _used(client_id: UUID, now: datetime) -> int:
    """Calls of this month: what was written, and what this process has counted since."""
    database, first = _database(), now.date().replace(day=1)
    key = (database, client_id, first)
    written = _months.get(key)
    if written is None:
        rows = ClientUsage.objects.filter(client_id=client_id, day__gte=first)
        written = int(rows.aggregate(calls=Sum("calls"))["calls"] or 0)
        _months[key] = written
    with _lock:
        waiting = sum(
            counted.calls
            for (where, whose, day, _), counted in _pending.items()
            if (where, whose) == (database, client_id) and day >= first
        )
    return written + waiting


def _until_next_month(now: datetime) -> int:
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (start + timedelta(days=32)).replace(day=1)
    return max(1, -(-(following - now) // timedelta(seconds=1)))


@dataclass(frozen=True, slots=True)
class DayOfCalls:
    """What a client did with one API on one day of UTC."""

    day: date
    api: str
    calls: int
    refused: int
    failed: int
    limited: int


def usage_of(client_id: UUID, since: date) -> list[DayOfCalls]:
    """The meter of a client by day and API, oldest first; this process's count is written down before."""
    flush()
    rows = ClientUsage.objects.filter(client_id=client_id, day__gte=since).order_by("day", "api")
    return [DayOfCalls(r.day, r.api, r.calls, r.refused, r.failed, r.limited) for r in rows]
