"""A simulated host network that really listens, for tests that go over the wire."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linehouse.simulators.host_network.faults import Fault, FaultKind
from linehouse.simulators.host_network.memory import Behaviour
from linehouse.simulators.host_network.server import HostNetwork


@contextmanager
def running_host(folder: Path, *, later: bool = True, delay_ms: int = 0) -> Iterator[HostNetwork]:
    """A host on a free port until the block ends."""
    host = HostNetwork(folder)
    host.network.behave(Behaviour(later=later, delay_ms=delay_ms))
    stop = threading.Event()
    thread = threading.Thread(target=host.serve, args=(stop,))
    thread.start()
    try:
        yield host
    finally:
        stop.set()
        thread.join()


def misbehave(host: HostNetwork, kind: FaultKind, *, count: int = 1, **more: object) -> None:
    """Queue a fault."""
    host.network.add_fault(Fault(kind=kind, count=count, **more))  # type: ignore[arg-type]  # the fault's own fields
