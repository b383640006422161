"""What the work list tells."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class TaskRaised(Event, name="worklist.task.raised", aggregate="task_id"):
    """Something waits for a person; ``occurrence`` above 1 means that it has happened before."""

    task_id: UUID
    kind: str
    key: str
    queue: str
    occurrence: int
    customer_id: UUID | None = None


class TaskTaken(Event, name="worklist.task.taken", aggregate="task_id"):
    """Somebody has the task; ``owner_id`` is the actor's id, empty when it was given back."""

    task_id: UUID
    kind: str
    owner_id: str
    customer_id: UUID | None = None


class TaskSettled(Event, name="worklist.task.settled", aggregate="task_id"):
    """The task is done or dismissed; ``elsewhere`` says that its object was mended and nobody had to close it."""

    task_id: UUID
    kind: str
    key: str
    state: str
    elsewhere: bool
    customer_id: UUID | None = None
