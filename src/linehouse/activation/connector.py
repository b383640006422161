"""The port to a host network: what a connector must offer, and where the process says which one it uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from linehouse.activation.errors import NoConnector
from linehouse.activation.values import DesiredState, Reply


class NetworkConnector(Protocol):
    """Speaks to one host network. Every call may be repeated with its ``key``: the network acts once.

    A connector never raises for what a network does: refusal, silence and nonsense are answers (Reply).
    """

    def create(self, line: str, desired: DesiredState, key: str) -> Reply:
        """Bring the line to life; ``line`` is our name for it, a product's number."""
        ...

    def change(self, network_ref: str, line: str, desired: DesiredState, key: str) -> Reply:
        """Make the line as desired."""
        ...

    def remove(self, network_ref: str, line: str, key: str) -> Reply:
        """Take the line out of the network; a line that is not there counts as removed."""
        ...

    def progress(self, monitor: str) -> Reply:
        """How a request that was taken is going."""
        ...

    def read(self, network_ref: str) -> DesiredState | None:
        """The line as the network holds it, or None. Raises NoConnector when the network does not answer."""
        ...


_wired: list[Callable[[], NetworkConnector]] = []


def set_factory(factory: Callable[[], NetworkConnector] | None) -> None:
    """Say how to make a connector for the current brand; called once by the process that wires things."""
    _wired[:] = [factory] if factory is not None else []


def current_factory() -> Callable[[], NetworkConnector] | None:
    """What was set, for somebody who replaces it for a while."""
    return _wired[0] if _wired else None


def connector() -> NetworkConnector:
    """A connector for the current brand. Raises NoConnector."""
    if not _wired:
        raise NoConnector(
            "no connection to a host network is configured",
            expected="a connector set at start",
        )
    return _wired[0]()
