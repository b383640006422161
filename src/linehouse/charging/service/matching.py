"""Records of files that tell of usage which was charged while it happened: kept beside it, not charged again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from linehouse.charging import store
from linehouse.charging.as_event import event_of
from linehouse.charging.online.matching import Known, Told, match
from linehouse.charging.values import Line
from linehouse.rating.session.session_json import session_of
from linehouse.rating.values import UsageType
from linehouse.usage.values import NormalisedUsage


def take_matched(records: Sequence[NormalisedUsage], lines: Mapping[UUID, Line], now: datetime) -> set[UUID]:
    """Keep those that are the usage of a session, for charging to settle the difference; returns the records' ids."""
    told = [
        Told(record.key, record.subscription_id, record.event_reference, event_of(record))
        for record in records
        if record.subscription_id in lines and not record.corrections
    ]
    sessions = _sessions(told)
    if not sessions:
        return set()
    found = match(told, sessions)
    mine = {record.key: record for record in records if record.key in found}
    store.insert_matches(
        [
            (
                key,
                record.id,
                record.file_id,
                record.subscription_id,
                found[key],
                record.usage_type.value,
                record.quantity.amount,
            )
            for key, record in mine.items()
        ],
        now,
    )
    return {record.id for record in mine.values()}


def _sessions(told: Sequence[Told]) -> list[Known]:
    if not told:
        return []
    starts = [one.event.started_at for one in told]
    rows = store.sessions_near(
        {one.subscription_id for one in told},
        {one.reference for one in told if one.reference},
        min(starts),
        max(starts),
    )
    return [
        Known(
            row["subscription_id"],
            row["reference"] or "",
            session_of(json.loads(row["state"]) if isinstance(row["state"], str) else row["state"]),
            frozenset(UsageType(kind) for kind in row["taken"]),
        )
        for row in rows
    ]
