"""Data keys: made with the first personal value of a subject, loaded many at a time, destroyed by an erasure."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connections, transaction

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.ids import new_id
from linehouse.platform.clock.service import business_now
from linehouse.platform.personal.cipher import BRAND, KEY_BYTES, Purpose, unwrap, wrap
from linehouse.platform.personal.errors import SubjectErased
from linehouse.platform.personal.masters import masters
from linehouse.platform.scope import current_brand
from linehouse.platform.sql import brand_cursor

Owner = tuple[UUID, Purpose]

KEPT_FOR = timedelta(seconds=5)
"""How long a process goes on with a key that another has destroyed."""
_MOST_KEPT = 20_000
_MOST_WANTED = 5_000

_kept: dict[tuple[str, UUID, Purpose], tuple[bytes, datetime]] = {}
_wanted: ContextVar[set[tuple[str, UUID, Purpose]] | None] = ContextVar("wanted keys", default=None)


def want(subject: UUID, purpose: Purpose) -> None:
    """Say that a key will be needed soon; the next load brings all that were said, in one query."""
    wanted = _wanted.get()
    if wanted is None or len(wanted) >= _MOST_WANTED:
        wanted = set()
        _wanted.set(wanted)
    wanted.add((current_brand(), subject, purpose))


def reading_key(subject: UUID, purpose: Purpose) -> bytes | None:
    """The key; None when it was destroyed or never was."""
    brand, now = current_brand(), MachineClock().now()
    found = _kept.get((_place(brand), subject, purpose))
    if found is not None and found[1] > now:
        return found[0]
    made = _made_here(brand, (subject, purpose))
    if made is not None:
        return made
    wanted = _wanted.get() or set()
    owners = {(one, kind) for key, one, kind in wanted if key == brand} | {(subject, purpose)}
    _wanted.set(None)
    return _load(owners)[subject, purpose]


def reading_keys(owners: Iterable[Owner]) -> dict[Owner, bytes | None]:
    """Many keys in one query; None for those that were destroyed or never were."""
    return _load(set(owners))


def kept_keys(owners: Iterable[Owner]) -> dict[Owner, bytes | None]:
    """Many keys, those that this process does not hold in one query; None as ``reading_keys`` has it."""
    brand, now = current_brand(), MachineClock().now()
    place, found, missing = _place(brand), dict[Owner, bytes | None](), set[Owner]()
    for owner in owners:
        kept = _kept.get((place, *owner))
        key = kept[0] if kept is not None and kept[1] > now else _made_here(brand, owner)
        if key is None:
            missing.add(owner)
        else:
            found[owner] = key
    return found | _load(missing) if missing else found


def writing_key(subject: UUID, purpose: Purpose) -> bytes:
    """The key, made when the subject has none. Raises SubjectErased for one that was destroyed."""
    brand = current_brand()
    found = _kept.get((_place(brand), subject, purpose))
    if found is not None and found[1] > MachineClock().now():
        return found[0]
    made = _made_here(brand, (subject, purpose))
    if made is not None:
        return made
    key = _load({(subject, purpose)})[subject, purpose]
    return key if key is not None else _make(subject, purpose)


def destroy(subject: UUID, purposes: Iterable[Purpose], at: datetime) -> int:
    """Destroy keys of a subject; a subject that had none gets a mark, so that none is made later. Returns how many."""
    brand, wanted = current_brand(), list(purposes)
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO personal_subjectkey (id, subject, purpose, master, wrapped, made_at, destroyed_at)
            SELECT i.id, %s, i.purpose, '', NULL, %s, %s FROM unnest(%s::uuid[], %s::text[]) AS i(id, purpose)
            ON CONFLICT (subject, purpose) DO UPDATE SET wrapped = NULL, destroyed_at = EXCLUDED.destroyed_at
            WHERE personal_subjectkey.wrapped IS NOT NULL
            """,
            [subject, at, at, [new_id() for _ in wanted], [str(purpose) for purpose in wanted]],
        )
        count = int(cursor.rowcount)
    for purpose in wanted:
        _kept.pop((_place(brand), subject, purpose), None)
    # Another thread may have read it again before this commits.
    place = _place(brand)
    transaction.on_commit(lambda: [_kept.pop((place, subject, purpose), None) for purpose in wanted], using=brand)
    return count


def forget() -> None:
    """Forget what this process has kept of keys."""
    _kept.clear()
    _wanted.set(None)


def label(subject: UUID, purpose: Purpose) -> str:
    """To what a wrapped key is bound."""
    # A brand's database may be restored under another key of the registry, so the brand is no part of it.
    return f"{purpose}:{subject}"


def _load(owners: set[Owner]) -> dict[Owner, bytes | None]:
    brand = current_brand()
    found: dict[Owner, bytes | None] = dict.fromkeys(owners)
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT subject, purpose, master, wrapped FROM personal_subjectkey WHERE subject = ANY(%s)",
            [list({subject for subject, _ in owners})],
        )
        rows = cursor.fetchall()
    for subject, purpose, master, wrapped in rows:
        owner = (subject, Purpose(purpose))
        found[owner] = None if wrapped is None else unwrap(bytes(wrapped), masters().key(master), label(*owner))
    _keep(brand, found)
    return found


def _keep(brand: str, found: dict[Owner, bytes | None]) -> None:
    if len(_kept) + len(found) > _MOST_KEPT:
        _kept.clear()
    until, place = MachineClock().now() + KEPT_FOR, _place(brand)
    for owner, key in found.items():
        # A key that this transaction has made is not kept: a rollback takes it back from the table alone.
        if key is not None and _made_here(brand, owner) is None:
            _kept[place, *owner] = (key, until)


def _place(brand: str) -> str:
    """The database that serves the brand now: one made anew under the same key has keys of its own."""
    return str(connections[brand].settings_dict["NAME"])


def _made_here(brand: str, owner: Owner) -> bytes | None:
    for _, callback, *_ in reversed(connections[brand].run_on_commit):
        if isinstance(callback, _Made) and callback.owner == owner:
            return callback.key
    return None


class _Made:
    """A key that the open transaction has made. It stands in the list of what follows the commit, which a rollback, of
    a savepoint too, shortens exactly as it shortens the table."""

    def __init__(self, brand: str, owner: Owner, key: bytes) -> None:
        self.owner, self.key = owner, key
        self._brand = brand

    def __call__(self) -> None:
        _kept[_place(self._brand), *self.owner] = (self.key, MachineClock().now() + KEPT_FOR)


def _make(subject: UUID, purpose: Purpose) -> bytes:
    brand, key = current_brand(), secrets.token_bytes(KEY_BYTES)
    master = masters().current()
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO personal_subjectkey (id, subject, purpose, master, wrapped, made_at)
            VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (subject, purpose) DO NOTHING
            """,
            [
                new_id(),
                subject,
                purpose,
                master.id,
                wrap(key, master.key, label(subject, purpose)),
                business_now(),
            ],
        )
        ours = cursor.rowcount == 1
        if ours and masters().current().id != master.id:
            # The master key was changed since it was read; the rotation may have passed this table already.
            master = masters().current()
            cursor.execute(
                "UPDATE personal_subjectkey SET master = %s, wrapped = %s WHERE subject = %s AND purpose = %s",
                [master.id, wrap(key, master.key, label(subject, purpose)), subject, purpose],
            )
    if ours:
        transaction.on_commit(_Made(brand, (subject, purpose), key), using=brand)
        return key
    theirs = _load({(subject, purpose)})[subject, purpose]
    if theirs is None:
        raise SubjectErased("the person was erased", field="subject", value=str(subject), expected="another person")
    return theirs


def brand_key(purpose: Purpose) -> bytes:
    """The brand's own key for the purpose."""
    return writing_key(BRAND, purpose)
