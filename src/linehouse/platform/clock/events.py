"""What happens to the business clock."""

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class ClockAdvanced(Event, name="clock.business.advanced", aggregate="move_id"):
    """The clock was moved from one instant to another; everything due in between has run."""

    move_id: UUID
    moved_from: datetime
    moved_to: datetime
    generation: int
