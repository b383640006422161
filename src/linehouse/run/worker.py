"""The worker: runs due jobs of all brands and looks into their inbox folders. Several may run side by side."""

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import structlog

from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.settings import Settings
from linehouse.platform.telemetry import logs, metrics, traces
from linehouse.run.home import Home
from linehouse.run.house import open_databases, open_house, wire
from linehouse.run.sms import hang_up, listen

_log = structlog.get_logger(__name__)

JOBS_PER_TURN = 100
"""Jobs of one brand that run before the next brand has its turn."""
IDLE_SECONDS = 0.2
LOST_SECONDS = 1.0
"""Pause after the database did not answer."""
INBOX_SECONDS = 2.0

Poller = Callable[[Path], int]
"""Takes in what lies in the folders of the current brand below the home; says how many things it took."""


def pollers() -> tuple[Poller, ...]:
    """What is polled for every brand, in this order; imported once the house is open."""
    from linehouse.balance.service import poll_automatic
    from linehouse.edge.partner.bank import inbox as bank
    from linehouse.edge.partner.mail import bounces
    from linehouse.usage.service import inbox as usage

    def low_balances(_: Path) -> int:
        return poll_automatic()

    return (_fill_work_list, usage.poll_home, bank.poll_home, bounces.poll_home, low_balances)


_filled: set[str] = set()


def _fill_work_list(_: Path) -> int:
    """Once for each brand: what is older than its kind of task gets its task."""
    from linehouse.platform.scope import current_brand
    from linehouse.platform.worklist.jobs import ask_for_backfill

    if current_brand() not in _filled:
        ask_for_backfill()
        _filled.add(current_brand())
    return 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn came to."""

    done: int
    """Jobs that ran and files that moved on."""
    failed: int
    """Brands that could not be served."""


class Worker:
    """The loop, apart from signals and processes."""

    def __init__(self, home: Path, brands: Callable[[], list[str]], pollers: tuple[Poller, ...] = ()) -> None:
        """Serve the brands that `brands` tells; it is asked again each time the inboxes are due."""
        self._home = home
        self._find_brands = brands
        self._pollers = pollers
        self._brands: list[str] = []
        self._inboxes_due = 0.0

    def turn(self) -> Turn:
        """One turn: each brand's due jobs, and when it is time their inboxes. A brand that fails holds up no other."""
        from django.db import DatabaseError, InterfaceError, connections

        from linehouse.platform.scope import brand_scope

        now = time.monotonic()
        poll = now >= self._inboxes_due
        if poll:
            self._brands = self._find_brands()
            self._inboxes_due = now + INBOX_SECONDS
        done = failed = 0
        for brand in self._brands:
            with brand_scope(brand):
                try:
                    done += self._serve(poll=poll)
                except (DatabaseError, InterfaceError) as error:
                    _log.warning("the database does not answer", error=type(error).__name__)
                    connections[brand].close()
                    failed += 1
                except Exception:  # noqa: BLE001 - the edge of a brand's turn: logged, and tried again at the next
                    _log.exception("a brand's turn failed")
                    failed += 1
        return Turn(done, failed)

    def _serve(self, *, poll: bool) -> int:
        from linehouse.platform.runner import run_ready

        taken = 0
        if poll:
            taken = sum(poller(self._home) for poller in self._pollers)
            _measure_due()
        return taken + run_ready(JOBS_PER_TURN)


def _measure_due() -> None:
    """Tell the metrics how much work of the current brand waits and how much has been given up."""
    from linehouse.platform.clock.service import business_now
    from linehouse.platform.jobs import store
    from linehouse.platform.scope import current_brand

    due = store.count_due(business_now())
    metrics.jobs_due.labels(current_brand()).set(due.ready + due.busy)
    metrics.jobs_failed.labels(current_brand()).set(due.failed)


def main() -> None:
    """Work until SIGTERM; the job in hand is finished first."""
    settings = Settings.from_env(os.environ)
    logs.configure(settings, "worker")
    traces.configure(settings, "worker")
    open_house()
    wire(settings)

    from django.db import DatabaseError, InterfaceError, connections

    from linehouse.platform.postgres.databases import brands_at_work
    from linehouse.platform.scope import CONTROL, realm_scope

    stop = threading.Event()

    def asked_to_stop(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked_to_stop)
    signal.signal(signal.SIGINT, asked_to_stop)
    beat = Home(settings.home).beat_file("worker")
    with realm_scope(CONTROL):
        installation = open_databases(Dsn.parse(settings.database_url), prefix=settings.database_prefix)
        worker = Worker(settings.home, lambda: brands_at_work(installation), pollers())
        listen()
        while not stop.is_set():
            try:
                turn = worker.turn()
                pause = LOST_SECONDS if turn.failed else 0 if turn.done else IDLE_SECONDS
                beat.write_text(str(int(time.monotonic() * 1000)))
            except (DatabaseError, InterfaceError) as error:
                _log.warning("the database does not answer", error=type(error).__name__)
                for connection in connections.all(initialized_only=True):
                    connection.close()
                pause = LOST_SECONDS
            stop.wait(pause)
        hang_up()
        connections.close_all()


if __name__ == "__main__":
    main()
