"""What the stock does by itself."""

from __future__ import annotations

from linehouse.platform.jobs.registry import Payload, job
from linehouse.platform.work import Work
from linehouse.resource import store


@job("resource.end_rests")
def end_rests(_payload: Payload, work: Work) -> None:
    """Numbers whose quarantine is over come back."""
    store.end_rests(work.now)
