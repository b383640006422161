"""What can go wrong with usage."""

from __future__ import annotations

from enum import StrEnum

from linehouse.kernel.error import DomainError, Kind


class UsageFileUnknown(DomainError, code="usage.file_unknown", kind=Kind.NOT_FOUND):
    """No usage file with that id."""


class UsageRecordUnknown(DomainError, code="usage.record_unknown", kind=Kind.NOT_FOUND):
    """No usage record with that id."""


class SuspenseUnknown(DomainError, code="usage.suspense_unknown", kind=Kind.NOT_FOUND):
    """No record in suspense with that id."""


class FeedUnknown(DomainError, code="usage.feed_unknown", kind=Kind.NOT_FOUND):
    """No feed with that key, or none that this file name belongs to."""


class FeedInvalid(DomainError, code="usage.feed_invalid", kind=Kind.INVALID):
    """A feed description has an unknown word, or a value that cannot be."""


class FormatUnknown(DomainError, code="usage.format_unknown", kind=Kind.INVALID):
    """No reader is installed for this format."""


class CorrectionInvalid(DomainError, code="usage.correction_invalid", kind=Kind.INVALID):
    """A correction names a field that a usage record has not, or gives it a value that cannot be."""


class DeliveryReused(DomainError, code="usage.delivery_reused", kind=Kind.CONFLICT):
    """The same delivery key came with other content; the first content stands."""


class Refusal(StrEnum):
    """Why a whole file is refused."""

    DUPLICATE_FILE = "duplicate_file"
    SEQUENCE_REPEATED = "sequence_repeated"
    UNREADABLE = "unreadable"
    UNKNOWN_VERSION = "unknown_version"
    MISSING_GROUP = "missing_group"
    WRONG_TOTALS = "wrong_totals"
    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_SENDER = "wrong_sender"
    UNKNOWN_FORMAT = "unknown_format"


class Suspension(StrEnum):
    """Why one record waits in suspense."""

    UNREADABLE = "unreadable"
    UNSUPPORTED_EVENT = "unsupported_event"
    NO_START_TIME = "no_start_time"
    NO_IDENTITY = "no_identity"
    TOO_OLD = "too_old"
    IN_FUTURE = "in_future"
    NEGATIVE_QUANTITY = "negative_quantity"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    UNKNOWN_SUBSCRIBER = "unknown_subscriber"
    IDENTITY_CONFLICT = "identity_conflict"
    UNRATED = "unrated"


class FileRefused(DomainError, code="usage.file_refused", kind=Kind.REFUSED):
    """A usage file cannot be taken in; ``refusal`` says why, the message where (byte offset or line)."""

    def __init__(
        self,
        refusal: Refusal,
        message: str,
        *,
        offset: int | None = None,
        field: str = "",
        value: object = None,
        expected: str = "",
    ) -> None:
        super().__init__(message, field=field, value=value, expected=expected)
        self.refusal = refusal
        self.offset = offset
