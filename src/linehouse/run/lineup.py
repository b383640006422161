"""The kinds of processes of one installation, in the order in which they start."""

from collections.abc import Callable

from linehouse.platform.settings import Settings
from linehouse.platform.telemetry.metrics import SHARED_FOLDER
from linehouse.run import simulators
from linehouse.run.children import ChildSpec, accepts, answers, beats, port_free
from linehouse.run.environment import child_environment
from linehouse.run.home import Home


def lineup(settings: Settings, home: Home) -> tuple[ChildSpec, ...]:
    """What the supervisor runs beside the database. `settings` name the database to use."""
    environment = child_environment(settings, {SHARED_FOLDER: str(home.metrics)})

    def kind(name: str, module: str, ready: Callable[[float], bool]) -> ChildSpec:
        return ChildSpec(name, f"linehouse.run.{module}", environment, home.logs / f"{name}.log", ready)

    found = [
        kind("web", "web", lambda _: answers(settings.host, settings.web_port, "/readyz")),
        kind("charging", "charging_node", lambda _: answers(settings.host, settings.charging_port, "/readyz")),
        kind("worker", "worker", lambda since: beats(home.beat_file("worker"), since)),
    ]
    if settings.charging_tls_port:
        tls_port = settings.charging_tls_port
        found.append(kind("charging-tls", "charging_tls", lambda _: not port_free(settings.host, tls_port)))
    if settings.backup_hours or settings.wal_archive or settings.drill_days:
        found.append(kind("keeper", "keeper", lambda since: beats(home.beat_file("keeper"), since)))
    if settings.demo and simulators.SERVERS:
        ports = [server.port(settings) for server in simulators.SERVERS]
        found.append(kind("simulators", "simulators", lambda _: all(accepts(port) for port in ports)))
    return tuple(found)
