"""What approval does on its own: proposals run out, and long changes are applied."""

from __future__ import annotations

from uuid import UUID

from linehouse.platform.approval.service import APPLY, EXPIRE, apply_approved, expire
from linehouse.platform.jobs.registry import Payload, job
from linehouse.platform.work import Work


@job(EXPIRE)
def run_out(payload: Payload, _work: Work) -> None:
    """End a proposal that nobody has decided in time."""
    expire(UUID(payload["proposal"]))


@job(APPLY)
def apply_long(payload: Payload, _work: Work) -> None:
    """Apply an approved change that takes long."""
    apply_approved(payload["number"])
