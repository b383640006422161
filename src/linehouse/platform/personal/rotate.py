"""A new master key: every data key is wrapped by it, brand by brand, and the old ones are destroyed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from linehouse.platform.personal import keys
from linehouse.platform.personal.cipher import Purpose, unwrap, wrap
from linehouse.platform.personal.masters import Master, masters
from linehouse.platform.personal.models import SubjectKey
from linehouse.platform.scope import brand_scope
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import SYSTEM, unit_of_work

BATCH = 1000
Progress = Callable[[str, int, int], None]
"""Told the brand, how many keys are done, and how many there are."""


def rotate(brands: Iterable[str], progress: Progress, *, new: bool = True) -> int:
    """Wrap every key of the brands by a new master key, or, to go on after an interruption, by the current one.

    Old master keys are destroyed when no key of these brands needs them; the brands must be all of the installation.
    Returns how many keys were wrapped.
    """
    ring = masters()
    master = ring.renew() if new else ring.current()
    count = 0
    for brand in brands:
        with brand_scope(brand):
            count += _rewrap(brand, master, progress)
    for old in ring.ids():
        if old != master.id:
            ring.retire(old)
    return count


def _rewrap(brand: str, master: Master, progress: Progress) -> int:
    rows = SubjectKey.objects.exclude(master=master.id).filter(wrapped__isnull=False)
    total, done = rows.count(), 0
    while True:
        with unit_of_work(SYSTEM, "a new master key"):
            with brand_cursor() as cursor:
                # Whoever is making a key is waited for, so that an empty batch means that none is left.
                cursor.execute("LOCK TABLE personal_subjectkey IN SHARE ROW EXCLUSIVE MODE")
            batch = list(rows.select_for_update().order_by("id")[:BATCH])
            for row in batch:
                label = keys.label(row.subject, Purpose(row.purpose))
                key = unwrap(bytes(row.wrapped or b""), masters().key(row.master), label)
                row.wrapped, row.master = wrap(key, master.key, label), master.id
            SubjectKey.objects.bulk_update(batch, ["wrapped", "master"])
        if not batch:
            return done
        done += len(batch)
        progress(brand, done, total)
