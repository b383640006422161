"""What usage does on its own: reading received files. Imported at start, it also declares the laws of usage."""

from __future__ import annotations

from uuid import UUID

from linehouse.platform.jobs.registry import Payload, job
from linehouse.platform.work import Work
from linehouse.usage import laws
from linehouse.usage.service.process import process_file
from linehouse.usage.service.receive import PROCESS

__all__ = ["laws", "read_received_file"]


@job(PROCESS)
def read_received_file(payload: Payload, work: Work) -> None:
    """Read one file; a worker that is killed meanwhile leaves nothing behind, and the file is read again."""
    process_file(UUID(payload["file_id"]), actor=work.actor)
