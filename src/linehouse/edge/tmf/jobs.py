"""The hub's consumer and its outgoing calls."""

from __future__ import annotations

from linehouse.edge.tmf.apis import APIS
from linehouse.edge.tmf.kit import hub
from linehouse.kernel.event import Event
from linehouse.platform.jobs.registry import Attempt, Payload, external_job
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.work import Work

_PLACES = hub.mapped_events(APIS)


@consumer("tmf.hub", on=tuple(_PLACES))
def notify(event: Event, work: Work) -> None:
    """Turn an event into notifications for whoever listens."""
    hub.notify(event, work, _PLACES[type(event)])


@external_job(hub.DELIVER)
def deliver(payload: Payload, attempt: Attempt) -> None:
    """Post a notification to its listener."""
    hub.deliver(payload, attempt)
