"""What the stock of vouchers tells. No PIN and no hash is ever told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class VoucherBatchMade(Event, name="resource.voucher_batch.made", version=1, aggregate="batch_id"):
    """All vouchers of a batch were made."""

    batch_id: UUID
    number: str
    count: int
    currency: str
    face_micros: int
    expires_at: datetime


class VoucherBatchMoved(Event, name="resource.voucher_batch.moved", version=1, aggregate="batch_id"):
    """A batch was frozen or opened again."""

    batch_id: UUID
    number: str
    old: str
    new: str


class VoucherPinsExported(Event, name="resource.voucher_batch.exported", version=1, aggregate="batch_id"):
    """The PINs left the house in an encrypted file; nobody here knows them any more."""

    batch_id: UUID
    number: str
    document_id: UUID


class VouchersMoved(Event, name="resource.vouchers.moved", version=1, aggregate="batch_id"):
    """Vouchers of a batch moved to a state together: the first and last serial, and how many."""

    batch_id: UUID
    number: str
    new: str
    count: int
    first: str
    last: str


class PinsLockedEvent(Event, name="resource.pins.locked", version=1, aggregate="lock_id"):
    """Too many wrong PINs came from a line or a channel."""

    lock_id: UUID
    kind: str
    key: str
    wrong: int
    locked_until: datetime
