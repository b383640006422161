"""Lock-out of a log-in after repeated failures: in the database, so that every process and a restart know of it.

An address is locked whether or not somebody has it, so that the lock tells nobody who works here.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from linehouse.kernel.clock import MachineClock
from linehouse.platform.access.changes import record_of_person, require_reason
from linehouse.platform.access.models import LogInFailures, User
from linehouse.platform.scope import CONTROL, current_realm
from linehouse.platform.work import SYSTEM, Actor

FAILURES = 5
"""So many failures within WINDOW lock an address for LOCKED."""
WINDOW = timedelta(minutes=15)
LOCKED = timedelta(minutes=15)


def locked_until(address: str) -> datetime | None:
    """Until when the address is locked in the current realm; None when it is not."""
    row = LogInFailures.objects.filter(address_hash=_hash(address)).first()
    if row is None or row.locked_until is None or row.locked_until <= MachineClock().now():
        return None
    return row.locked_until


def note_failure(address: str) -> None:
    """Count a failed log-in; the one that is too many locks the address and is put on record."""
    now = MachineClock().now()
    with transaction.atomic(using=current_realm()):
        row, _ = LogInFailures.objects.select_for_update().get_or_create(
            address_hash=_hash(address), defaults={"first_at": now}
        )
        if now - row.first_at > WINDOW:
            row.failures, row.first_at = 0, now
        row.failures += 1
        locks = row.failures >= FAILURES
        if locks:
            row.failures, row.first_at, row.locked_until = 0, now, now + LOCKED
        row.save()
    if locks:
        _on_record("log-in locked", address, SYSTEM, f"{FAILURES} failures within {WINDOW}")


def note_success(address: str) -> None:
    """Forget earlier failures with the address."""
    LogInFailures.objects.filter(address_hash=_hash(address)).delete()


def unlock(address: str, *, actor: Actor, reason: str) -> None:
    """Let somebody try again at once; the record says who let them."""
    why = require_reason(reason)
    note_success(address)
    _on_record("log-in unlocked", address, actor, why)


def _on_record(what: str, address: str, actor: Actor, reason: str) -> None:
    """A line in every brand for which the person works; nobody's address leaves none, nor does a subscriber's."""
    if current_realm() != CONTROL:
        return
    user = User.objects.filter(email=address.lower()).first()
    if user is None:
        return
    record_of_person(what, user.id, user.name or user.email, actor=actor, reason=reason)


def _hash(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()
