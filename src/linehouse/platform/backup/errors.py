"""Refusals of backup and restore."""

from linehouse.kernel.error import DomainError, Kind


class BackupDamaged(DomainError, code="backup.damaged", kind=Kind.REFUSED):
    """A file of a backup or of the archive is not what was written: changed, cut, or sealed by another key."""


class KeyMissing(DomainError, code="backup.key_missing", kind=Kind.UNAVAILABLE):
    """The key that sealed a backup is not in the key file."""


class BackupUnknown(DomainError, code="backup.unknown", kind=Kind.NOT_FOUND):
    """There is no such backup on the shelf."""


class BackupFailed(DomainError, code="backup.failed", kind=Kind.UNAVAILABLE):
    """A backup could not be made; nothing half-made stays."""


class RestoreRefused(DomainError, code="backup.restore_refused", kind=Kind.CONFLICT):
    """A restore would overwrite something, or the instant asked for lies outside of what was kept."""


class ArchiveGap(DomainError, code="backup.archive_gap", kind=Kind.REFUSED):
    """The archive of the write-ahead log lacks a piece between the backup and the instant asked for."""
