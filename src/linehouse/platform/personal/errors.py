"""Errors of personal values."""

from linehouse.kernel.error import DomainError, Kind


class MasterKeyMissing(DomainError, code="personal.master_key_missing", kind=Kind.UNAVAILABLE):
    """Keys of the database are wrapped by a master key that the keys folder does not hold."""


class KeysFolderRefused(DomainError, code="personal.keys_folder_refused", kind=Kind.UNAVAILABLE):
    """The folder of the master keys cannot be made or read, or others than its owner may read it."""


class SealBroken(DomainError, code="personal.seal_broken", kind=Kind.UNAVAILABLE):
    """A stored value is not what its place says: changed, moved from another row or column, or no ciphertext at all."""


class SubjectErased(DomainError, code="personal.subject_erased", kind=Kind.CONFLICT):
    """The person was erased; nothing personal is recorded of them again."""
