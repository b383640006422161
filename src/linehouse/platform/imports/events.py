"""What happens to imports. Rows are counted; what stands in them is not told."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class ImportReceived(Event, name="imports.import.received", aggregate="import_id"):
    """A file was taken in to be imported."""

    import_id: UUID
    number: str
    kind: str
    rows: int


class ImportStateChanged(Event, name="imports.import.state_changed", aggregate="import_id"):
    """A try, a run or an undo has begun or ended, with the counts at that moment."""

    import_id: UUID
    number: str
    old: str
    new: str
    taken: int
    known: int
    refused: int
