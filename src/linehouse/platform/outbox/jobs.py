"""What the event log does on its own: events of processes that know no consumers are brought to them."""

from __future__ import annotations

from uuid import UUID

from linehouse.platform.jobs.registry import Payload, job
from linehouse.platform.outbox.service import deliver
from linehouse.platform.outbox.sql import SPREAD
from linehouse.platform.work import Work


@job(SPREAD)
def spread(payload: Payload, _work: Work) -> None:
    """One job for each consumer of each of these events, in their order."""
    for event in payload["events"]:
        deliver(UUID(event))
