"""What usage tells: files came in, were read or refused; records wait in suspense or come round again."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class UsageFileReceived(Event, name="usage.file.received", version=1, aggregate="file_id"):
    """A file is kept and waits to be read."""

    file_id: UUID
    source: str
    format: str
    sha256: str
    size: int


class UsageFileRefused(Event, name="usage.file.refused", version=1, aggregate="file_id"):
    """A file was not taken in: a repeat, unreadable, not for us, or its totals disagree. It is kept all the same."""

    file_id: UUID
    source: str
    reason: str


class UsageFileProcessed(Event, name="usage.file.processed", version=1, aggregate="file_id"):
    """A file was taken in: ``records`` = ``normalised`` + ``duplicates`` + ``suspended``.

    ``chargeable`` is false for files that only report usage (NRTRDE, test data): their records are never priced.
    """

    file_id: UUID
    source: str
    format: str
    records: int
    normalised: int
    duplicates: int
    suspended: int
    chargeable: bool


class UsageRecordSuspended(Event, name="usage.record.suspended", version=1, aggregate="suspense_id"):
    """A record waits in suspense; ``customer_id`` is given where the subscriber was known."""

    suspense_id: UUID
    file_id: UUID
    position: int
    reason: str
    customer_id: UUID | None = None


class UsageRecordResubmitted(Event, name="usage.record.resubmitted", version=1, aggregate="record_id"):
    """A record came out of suspense and can be priced now."""

    record_id: UUID
    suspense_id: UUID
    file_id: UUID
    customer_id: UUID
