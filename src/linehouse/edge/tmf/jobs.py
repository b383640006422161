"""The hub's consumer, its outgoing calls, and what is thrown away after its time."""

from __future__ import annotations

from linehouse.edge.tmf.apis import APIS
from linehouse.edge.tmf.kit import delivering, exchange, exchanging, retention, sending, telling
from linehouse.kernel.event import Event
from linehouse.platform.jobs.registry import Attempt, Payload, external_job, job
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.timers import daily, timer
from linehouse.platform.work import Work

_PLACES = telling.mapped_events(APIS)


@consumer("tmf.hub", on=tuple(_PLACES))
def notify(event: Event, work: Work) -> None:
    """Turn an event into notifications for whoever listens."""
    telling.notify(event, work, _PLACES[type(event)])


@external_job(sending.DELIVER, max_attempts=sending.MAX_ATTEMPTS + 1)
def deliver(payload: Payload, attempt: Attempt) -> None:
    """Post a notification to its listener."""
    delivering.deliver(payload, attempt)


@job(delivering.REPLAY)
def replay(payload: Payload, work: Work) -> None:
    """Tell a listener a part of the event log again."""
    delivering.replay_page(payload, work, _PLACES)


@job(exchange.RUN)
def exchange_page(payload: Payload, work: Work) -> None:
    """A page of an import by API, or an export."""
    exchanging.run(payload, work, APIS)


@timer("tmf.retention", daily)
def throw_away(work: Work) -> None:
    """Delete answered requests and delivered notifications that are older than they are kept."""
    retention.throw_away(work)
