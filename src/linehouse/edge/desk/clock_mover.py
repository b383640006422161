"""Moving a brand's clock in the background of the web process, so that the page can show how it goes.

The truth is in the database: the clock's target stands there until it is reached, and a move that is cut short is
taken up again from where it stood. What is kept here is only for the eye.
"""

import threading
from contextvars import copy_context
from datetime import datetime
from typing import Final

import structlog
from django.db import connections
from django.utils.translation import gettext

from linehouse.kernel.error import DomainError
from linehouse.platform.advance import advance
from linehouse.platform.clock.service import clock_state
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor

log = structlog.get_logger()


class Mover:
    """Moves one brand's clock; at most one move at a time in this process, and the advance itself admits one in all."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self.started_from: datetime | None = None
        self.jobs = 0
        self.problem = ""

    @property
    def running(self) -> bool:
        """Whether a move is under way here."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, target: datetime, actor: Actor) -> None:
        """Begin to move the current brand's clock; does nothing while a move is under way."""
        if self.running:
            return
        self.started_from, self.jobs, self.problem = clock_state().now, 0, ""
        context = copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._move, target, actor), name=f"clock-{current_brand()}", daemon=True
        )
        self._thread.start()

    def wait(self, seconds: int) -> bool:
        """Wait for the move to end; tells whether it has."""
        if self._thread is not None:
            self._thread.join(seconds)
        return not self.running

    def _move(self, target: datetime, actor: Actor) -> None:
        try:
            advance(target, actor=actor, progress=self._note)
        except (DomainError, TimeoutError) as refusal:
            self.problem = str(refusal)
            log.warning("clock move ended early", brand=current_brand(), error=type(refusal).__name__)
        except Exception:  # the edge of a thread: whatever went wrong must be seen
            self.problem = gettext("The move ended with an error; the log has the details. It can be taken up again.")
            log.exception("clock move failed", brand=current_brand())
        finally:
            connections.close_all()

    def _note(self, now: datetime, jobs: int) -> None:
        del now  # the page reads the clock itself
        self.jobs = jobs


_MOVERS: Final[dict[str, Mover]] = {}
_LOCK: Final = threading.Lock()


def mover_of(brand: str) -> Mover:
    """The mover of a brand in this process."""
    with _LOCK:
        return _MOVERS.setdefault(brand, Mover())
