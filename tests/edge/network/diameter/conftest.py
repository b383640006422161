"""A charging node with its Diameter ports on a real database, and gateways that talk to it."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from linehouse.charging.node import Charger, Reach
from linehouse.charging.ports import use_tax_rates
from linehouse.edge.network.diameter.listener import Listener, Places
from linehouse.platform.access.diameter import PeerView, allow_peer
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.run.charging_node import _rate
from tests.balance.house import activate, open_shop, register
from tests.conftest import in_own_thread
from tests.edge.network.charging_json.test_price_enquiry import Pools
from tests.edge.network.diameter.gateway import OURS, Gateway, close_all


class Node(Pools):
    """What one charging process shares."""

    def __init__(self, dsn) -> None:
        super().__init__(dsn)
        self.chargers: dict[str, Charger] = {}
        self.doors: dict[str, Reach] = {}

    async def charger(self, database: str) -> Charger:
        pool = await self.pool(database)
        return self.chargers.setdefault(database, Charger(pool, doors=self.doors))


class Process:
    """One charging process: its node and its listener."""

    def __init__(self, dsn, control: str, host: str = OURS, **places) -> None:
        self.node = Node(dsn)
        self.listener = Listener(self.node, control, Places("127.0.0.1", 0, host, **places))

    async def start(self) -> Process:
        await self.listener.refresh()
        await self.listener.listen()
        return self

    @property
    def port(self) -> int:
        return self.listener.port

    async def gateway(self, host: str = "pgw1.gw.example", state: int = 1) -> Gateway:
        return await Gateway.greet(self.port, host, state=state)

    async def sweep(self) -> None:
        for charger in self.node.chargers.values():
            await charger.sweep()

    async def stop(self) -> None:
        await close_all()
        await self.listener.stop(1.0)
        await self.node.close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One authority; certificates of the node, of a gateway, and of another host."""
    folder = tmp_path_factory.mktemp("tls")

    def run(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out",
        "ca.pem", "-subj", "/CN=authority", "-days", "2")  # fmt: skip
    for name, host in (("node", OURS), ("gw", "pgw1.gw.example"), ("other", "evil.example")):
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.csr", "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}")  # fmt: skip
        run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            f"{name}.pem", "-days", "2", "-copy_extensions", "copy")  # fmt: skip
    return folder


@pytest.fixture
def line(brand, actor, drain, monkeypatch):
    """A prepaid line of Robin Mobile with a credit of 5.00 EUR and 2 GB of data."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    made = activate(actor, register(actor), "robin-prepaid-start")
    with realm_scope(CONTROL):
        allow_peer(PeerView(host="*.gw.example"), actor=actor, reason="a gateway comes")
    drain()
    before = use_tax_rates(_rate)
    yield made
    use_tax_rates(before)


@pytest.fixture
def play(installation, line) -> Callable:
    """Play a script against as many processes as it wants: ``play(script, nodes=2)``."""

    def run(script, nodes: int = 1, **places):
        async def all_of_it():
            processes = [
                Process(
                    installation.dsn, installation.control_name, f"ocs{n}.linehouse.invalid" if n else OURS, **places
                )
                for n in range(nodes)
            ]
            try:
                for one in processes:
                    await one.start()
                return await script(*processes)
            finally:
                for one in processes:
                    await one.stop()
                await asyncio.sleep(0)

        return in_own_thread(all_of_it)

    return run
