"""What came of debiting, or giving back, within one request."""

from __future__ import annotations

from dataclasses import dataclass

from linehouse.rating.session.going import Going
from linehouse.rating.session.state import ServiceState


@dataclass(slots=True)
class Settled:
    """What came of the reports of one request."""

    service: ServiceState
    charged: int = 0
    uncollected: int = 0
    loss: int = 0
    blocked: int = 0
    unrated: int = 0
    consumed: Going | None = None
