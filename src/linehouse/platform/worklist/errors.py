"""Refusals of the work list."""

from linehouse.kernel.error import DomainError, Kind


class TaskNotFound(DomainError, code="worklist.task_not_found", kind=Kind.NOT_FOUND):
    """There is no such task, or none that the reader may see."""


class StillWaiting(DomainError, code="worklist.still_waiting", kind=Kind.REFUSED):
    """The task ends by itself when its object is mended; it cannot be declared done before that."""


class NothingToRetry(DomainError, code="worklist.nothing_to_retry", kind=Kind.REFUSED):
    """The kind of task has no act that can be repeated, or the task is settled."""


class UnknownKind(DomainError, code="worklist.unknown_kind", kind=Kind.INVALID):
    """No room declares this kind of task."""
