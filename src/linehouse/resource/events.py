"""What the stock tells."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class StockImported(Event, name="resource.stock.imported", aggregate="delivery_id"):
    """A delivery of numbers or cards came in. ``kind`` is ``number`` or ``sim``."""

    delivery_id: UUID
    kind: str
    taken: int
    known: int
    imported_at: datetime


class StockWithdrawn(Event, name="resource.stock.withdrawn", aggregate="resource_id"):
    """A number or card that nobody ever held was taken out of stock. ``kind`` is ``number`` or ``sim``."""

    resource_id: UUID
    kind: str
    withdrawn_at: datetime


class NumberMoved(Event, name="resource.number.moved", aggregate="number_id"):
    """A number moved to another state."""

    number_id: UUID
    old: str
    new: str


class SimMoved(Event, name="resource.sim.moved", aggregate="sim_id"):
    """A SIM card moved to another state."""

    sim_id: UUID
    old: str
    new: str


class PukRevealed(Event, name="resource.puk.revealed", aggregate="sim_id"):
    """Somebody was shown the PUK of a card, and said why."""

    sim_id: UUID
    holder: str
    reason: str
    revealed_at: datetime
