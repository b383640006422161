"""Sessions that are charged while they last, for whoever looks after a subscriber."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linehouse.charging import store
from linehouse.charging.errors import SessionUnknown
from linehouse.charging.online.records import SOURCE, session_uuid
from linehouse.charging.service.lines import Tariffs, lines_of
from linehouse.charging.values import RatedUsage
from linehouse.kernel.quantity import Quantity
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.rating.session.session_json import session_of
from linehouse.rating.session.state import ServiceState


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionService:
    """One service of a session. ``granted`` may be used until ``until``; ``reserved`` is kept for it, by bucket;
    ``debited`` is what buckets gave so far."""

    name: str
    usage_type: str
    rating_group: int | None
    granted: Quantity
    used: Quantity
    reserved: Mapping[str, int]
    debited: Mapping[str, int]
    until: datetime | None
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session as it stands. ``name`` is the house's, ``given`` the one that its client gave; ``lost``: it lapsed."""

    name: str
    given: str
    door: str
    subscription_id: UUID
    began_at: datetime
    closed_at: datetime | None
    lost: bool
    services: tuple[SessionService, ...]

    @property
    def open(self) -> bool:
        """Whether it still lasts."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class CycleCounter:
    """What a line used in its account's cycle, by a counter that its tariff declares."""

    key: str
    name: str
    used: Quantity


_CLOCKS_DIFFER = timedelta(days=2)
"""How much earlier than we heard of it a session may have begun by its client's clock."""
_READ = "SELECT session, subscription_id, state, door, began_at, closed_at FROM charging_session WHERE "


def sessions_of(subscription_id: UUID, *, closed: int = 5) -> tuple[list[SessionView], list[SessionView]]:
    """A line's open sessions, oldest first; and its last closed ones, newest first."""
    opened = _sessions("subscription_id = %s AND closed_at IS NULL ORDER BY began_at LIMIT 100", [subscription_id])
    ended = _sessions(
        "subscription_id = %s AND closed_at IS NOT NULL ORDER BY began_at DESC LIMIT %s", [subscription_id, closed]
    )
    return opened, ended


def session_named(name: str) -> SessionView:
    """One session by the house's name for it. Raises SessionUnknown."""
    found = _sessions("session = %s", [name])
    if not found:
        raise SessionUnknown("there is no such session", field="session", value=name)
    return found[0]


def records_of_session(session: SessionView) -> Sequence[RatedUsage]:
    """What was charged in a session, in order."""
    return store.rated(
        "u.subscription_id = %s AND u.started_at >= %s AND u.file_id = %s",
        [session.subscription_id, session.began_at - _CLOCKS_DIFFER, session_uuid(session.name)],
    )


def session_of_record(record: RatedUsage) -> SessionView | None:
    """The session that a record was charged in; None for one that came in a file, or when it is not kept any more."""
    if not record.record_key.startswith(f"{SOURCE}:"):
        return None
    names = (name for name, _ in _splits(record.record_key.removeprefix(f"{SOURCE}:")))
    name = next((one for one in names if session_uuid(one) == record.file_id), "")
    return next(iter(_sessions("session = %s", [name])), None) if name else None


def counters_of(subscription_id: UUID, at: datetime) -> list[CycleCounter]:
    """The counters that a line's tariff declares, with what was counted in the cycle of the instant."""
    line = lines_of([subscription_id]).get(subscription_id)
    tariff = Tariffs().at(line.tariff_key, at) if line is not None and line.tariff_key else None
    if line is None or tariff is None or not tariff.tariff.counters:
        return []
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT counter, used FROM charging_counter"
            " WHERE shard = 0 AND subscription_id = %s AND period_start = %s AND counter <> ''",
            [subscription_id, line.period_of(at)],
        )
        used = {row[0]: int(row[1]) for row in cursor.fetchall()}
    return [
        CycleCounter(key, one.name or key, Quantity(used.get(key, 0), one.what.usage_types[0].unit))
        for key, one in sorted(tariff.tariff.counters.items())
        if one.what.usage_types
    ]


def records_of_movements(moved: Iterable[tuple[str, str, datetime]]) -> dict[tuple[str, str], RatedUsage]:
    """The rated record behind each movement of online charging, by cause and bucket.

    Movements are told as (cause, bucket's reference, instant); those of other causes are left out.
    """
    wanted = [one for one in moved if one[0].startswith(f"{SOURCE}:")]
    if not wanted:
        return {}
    found: dict[tuple[str, str], RatedUsage] = {}
    instants = sorted({at for _, _, at in wanted})
    rows = store.entries(
        "u.shard = 0 AND u.rated_at = ANY(%s) AND u.record_key LIKE %s AND NOT u.reversal AND u.revision = 0",
        [instants, f"{SOURCE}:%"],
    )
    by_file: dict[UUID, list[RatedUsage]] = {}
    for row in rows:
        by_file.setdefault(row.file_id, []).append(row)
    for cause, ref, at in wanted:
        for session, key in _splits(cause.removeprefix(f"{SOURCE}:")):
            for row in by_file.get(session_uuid(session), ()):
                takes = ref in row.unit_takes or ref in row.money_takes
                if takes and row.rated_at == at and row.record_key.endswith(f":{key}"):
                    found[cause, ref] = row
    return found


def _splits(text: str) -> Iterable[tuple[str, str]]:
    """Every way to read a cause as a session's name and a key: both may hold colons."""
    for place, letter in enumerate(text):
        if letter == ":":
            yield text[:place], text[place + 1 :]


def _sessions(where: str, params: Sequence[Any]) -> list[SessionView]:
    with brand_cursor() as cursor:
        cursor.execute(_READ + where, list(params))
        rows = dict_rows(cursor)
    return [_view(row) for row in rows]


def _view(row: Mapping[str, Any]) -> SessionView:
    state = row["state"]
    session = session_of(json.loads(state) if isinstance(state, str) else state)
    return SessionView(
        name=row["session"],
        given=given_name(row["session"]),
        door=row["door"],
        subscription_id=row["subscription_id"],
        began_at=row["began_at"],
        closed_at=row["closed_at"],
        lost=session.lost,
        services=tuple(_service(name, one) for name, one in session.services.items()),
    )


def given_name(session: str) -> str:
    """The name that the client gave a session: without the house's door and client before it."""
    door, _, rest = session.partition(":")
    return rest.partition(":")[2] if door in ("json", "diameter") and ":" in rest else rest or session


def _service(name: str, state: ServiceState) -> SessionService:
    unit = state.event.usage_type.unit
    return SessionService(
        name=name,
        usage_type=state.event.usage_type.value,
        rating_group=state.event.rating_group,
        granted=Quantity(state.granted, unit),
        used=Quantity(state.used, unit),
        reserved=state.reserved,
        debited=state.debited,
        until=state.until,
        over=state.over,
    )
