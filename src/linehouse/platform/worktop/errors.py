"""What can go wrong with what a reader has arranged."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class SavedFilterUnknown(DomainError, code="worktop.filter_unknown", kind=Kind.NOT_FOUND):
    """There is no such saved filter, or it is somebody else's."""


class UndoTooLate(DomainError, code="worktop.undo_too_late", kind=Kind.REFUSED):
    """The act was undone already, or the time in which it could be undone is over."""


class UndoUnknown(DomainError, code="worktop.undo_unknown", kind=Kind.NOT_FOUND):
    """Nobody offered to undo this, or it was somebody else's act."""
