"""The process that plays the outside world for demo and rehearsal: host network, mailbox, SMS centre, bank, gateway.

Each server is listed here with the setting that gives its port. All of them listen on 127.0.0.1 only. The gateway is a
client: it has no port.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import structlog

from linehouse.platform.settings import Settings
from linehouse.platform.telemetry import logs, traces
from linehouse.run.sms import SIMULATED_PASSWORD, SIMULATED_USER
from linehouse.simulators.gateway import server as gateway
from linehouse.simulators.gateway.server import Ports
from linehouse.simulators.host_network import server as host_network
from linehouse.simulators.mailbox.server import Mailbox, MailServer
from linehouse.simulators.sms_centre import server as sms_centre
from linehouse.simulators.world import server as world

_log = structlog.get_logger(__name__)


Serve = Callable[[Settings, threading.Event], None]


@dataclass(frozen=True, slots=True)
class Server:
    """One simulated counterpart."""

    name: str
    port: Callable[[Settings], int]
    serve: Serve
    """Listens on the port and returns when the event is set."""


@dataclass(frozen=True, slots=True)
class Client:
    """A simulated counterpart that calls us."""

    name: str
    serve: Serve


def _host_network(settings: Settings, stop: threading.Event) -> None:
    host_network.serve(settings.home / "simulators" / "host-network", settings.network_port, stop)


def _mailbox(settings: Settings, stop: threading.Event) -> None:
    server = MailServer(Mailbox(settings.home / "simulators" / "mailbox"), settings.smtp_port)
    server.start()
    stop.wait()
    server.stop()


def _sms_centre(settings: Settings, stop: threading.Event) -> None:
    sms_centre.serve(
        settings.home / "simulators" / "sms-centre", settings.smpp_port, SIMULATED_USER, SIMULATED_PASSWORD, stop
    )


def _world(settings: Settings, stop: threading.Event) -> None:
    world.serve(settings.home, settings.simulators_port, f"http://localhost:{settings.network_port}", stop)


SERVERS: tuple[Server, ...] = (
    Server("host network", lambda settings: settings.network_port, _host_network),
    Server("mailbox", lambda settings: settings.smtp_port, _mailbox),
    Server("SMS centre", lambda settings: settings.smpp_port, _sms_centre),
    Server("outside world", lambda settings: settings.simulators_port, _world),
)


def _gateway(settings: Settings, stop: threading.Event) -> None:
    def found() -> None:
        """Make the subscribers' brand, in a process that may use the whole house."""
        subprocess.run([sys.executable, "-P", "-m", "linehouse.run.live_brand"], check=False, timeout=300)

    gateway.serve(settings.home, Ports(settings.charging_port, settings.diameter_port), found, stop)


CLIENTS: tuple[Client, ...] = (Client("gateway", _gateway),)


def main() -> None:
    """Serve until SIGTERM; when one server fails the whole process ends, and the supervisor starts it again."""
    settings = Settings.from_env(os.environ)
    logs.configure(settings, "simulators")
    traces.configure(settings, "simulators")
    stop = threading.Event()
    failed: list[str] = []

    def asked_to_stop(_: int, __: FrameType | None) -> None:
        stop.set()

    def serve(server: Server | Client) -> None:
        try:
            server.serve(settings, stop)
        except Exception:  # noqa: BLE001 - the edge of a thread: logged, and the process ends
            _log.exception("a simulator failed", simulator=server.name)
        if not stop.is_set():
            failed.append(server.name)
            stop.set()

    signal.signal(signal.SIGTERM, asked_to_stop)
    signal.signal(signal.SIGINT, asked_to_stop)
    everybody: tuple[Server | Client, ...] = (*SERVERS, *CLIENTS)
    threads = [threading.Thread(target=serve, args=(one,), name=one.name) for one in everybody]
    for thread in threads:
        thread.start()
    # A signal is handled between two waits of the main thread.
    while not stop.wait(0.5):
        continue
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
