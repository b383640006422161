"""The outside world in one process: every counterpart listens where the settings say, and stops when told."""

import threading
from pathlib import Path

from linehouse.platform.settings import Settings
from linehouse.run.children import accepts
from linehouse.run.simulators import SERVERS
from tests.run.installation import free_ports, wait_until


def test_each_listens_on_its_port_and_stops(tmp_path: Path) -> None:
    settings = Settings.from_env({"LINEHOUSE_HOME": str(tmp_path), "LINEHOUSE_PORT": str(free_ports())})
    ports = [server.port(settings) for server in SERVERS]
    assert len(set(ports)) == len(SERVERS)
    assert set(ports) <= set(settings.ports().values())
    stop = threading.Event()
    threads = [threading.Thread(target=server.serve, args=(settings, stop)) for server in SERVERS]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: all(map(accepts, ports)), "the simulators")
    finally:
        stop.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert not any(map(accepts, ports))
