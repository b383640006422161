"""What the stock does by itself."""

from __future__ import annotations

from uuid import UUID

from linehouse.platform.jobs.registry import Payload, job
from linehouse.platform.work import Work
from linehouse.resource import store
from linehouse.resource.service.vouchers import MAKE, make_some


@job("resource.end_rests")
def end_rests(_payload: Payload, work: Work) -> None:
    """Numbers whose quarantine is over come back."""
    store.end_rests(work.now)


@job(MAKE)
def make_vouchers(payload: Payload, work: Work) -> None:
    """Some vouchers of a batch are made; the next run makes more."""
    make_some(UUID(payload["batch"]), work)
