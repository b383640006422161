"""The end of the law's keys: of who was erased, once the last document that the law keeps has outlived its time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import sql

from linehouse.platform.personal import keys
from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.declare import OnErasure, tables
from linehouse.platform.personal.models import SubjectKey
from linehouse.platform.personal.person import keys_of
from linehouse.platform.personal.rows import condition, number_of
from linehouse.platform.personal.sweep import months_before


def end_law_keys(now: datetime) -> int:
    """Destroy the keys of erased people's documents that nothing within retention needs; returns how many."""
    erased = SubjectKey.objects.filter(purpose=Purpose.PERSONAL, wrapped__isnull=True).values_list("subject", flat=True)
    ended = 0
    for subject in erased:
        for owner in (subject, *keys_of(subject).get("customers", ())):
            if _alive(owner) and not _within(subject, now):
                ended += keys.destroy(owner, [Purpose.LAW], now)
    return ended


def _alive(owner: UUID) -> bool:
    return SubjectKey.objects.filter(subject=owner, purpose=Purpose.LAW, wrapped__isnull=False).exists()


def _within(subject: UUID, now: datetime) -> bool:
    known = keys_of(subject)
    for table in tables():
        spans = [column.months for column in table.columns.values() if column.erasure is OnErasure.LAW]
        months = max((span for span in spans if span is not None), default=None)
        if months is None or not table.since or table.of == "false":
            continue
        young = sql.SQL("{} AND t.{} >= %(before)s").format(condition(table), sql.Identifier(table.since))
        if number_of(table, young, {**known, "before": months_before(now, months)}):
            return True
    return False
