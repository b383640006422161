"""Calls to the network."""

from __future__ import annotations

from uuid import UUID

from linehouse.activation.service.ask import PATIENCE, call_network
from linehouse.platform.jobs.registry import Attempt, Payload, RetryLater, external_job


@external_job("activation.call", max_attempts=PATIENCE + 4, lease_seconds=60)
def call(payload: Payload, attempt: Attempt) -> None:
    """Send a request and follow it until it is settled; growing pauses lie between the attempts."""
    missing = call_network(UUID(payload["request"]), last=attempt.number >= PATIENCE)
    if missing:
        raise RetryLater(missing)


@external_job("activation.look", max_attempts=3, lease_seconds=60)
def look(payload: Payload, _attempt: Attempt) -> None:
    """The network called back: look once, at once. Whatever is missing then is followed by the call's own job."""
    call_network(UUID(payload["request"]), last=False)
