"""Finishing what is due and telling the listeners, a few times a second."""

from __future__ import annotations

import threading

import httpx
import structlog

from linehouse.simulators.host_network.network import Network

_TURN_SECONDS = 0.05
_TRIES = 3
_log = structlog.get_logger()


class Notifier:
    """Sends what the network has to tell. A listener that does not answer is tried a few times, then passed over."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._sending = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Until stopped."""
        while not stop.wait(_TURN_SECONDS):
            self.flush()

    def flush(self) -> None:
        """Finish what is due and send everything that waits, in order, before this returns."""
        with self._sending:
            self._network.settle()
            notices = self._network.notices()
            if not notices:
                return
            with httpx.Client(timeout=5, trust_env=False) as client:
                for callback, notice in notices:
                    if not any(_told(client, callback, notice) for _ in range(_TRIES)):
                        _log.warning("a listener does not answer", simulator="host network")


def _told(client: httpx.Client, callback: str, notice: dict[str, object]) -> bool:
    try:
        return client.post(callback, json=notice).is_success
    except httpx.HTTPError:
        return False
