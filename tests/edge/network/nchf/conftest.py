"""A brand whose subscriber is charged over Nchf: by handlers in this process, and by nodes as processes."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from linehouse.charging.node import Charger, Reach
from linehouse.charging.ports import use_tax_rates
from linehouse.edge.network import nchf
from linehouse.inventory.values import ProductView
from linehouse.platform.access.service import create_client
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.run.charging_node import _rate
from tests.balance.house import activate, open_shop, register
from tests.conftest import in_own_thread
from tests.edge.network.charging_json.test_price_enquiry import Pools
from tests.edge.network.nchf.contract import Contract, charging
from tests.faults.conftest import NodeProcess, free_port

HANDLERS = {"": nchf.create, "update": nchf.update, "release": nchf.release}


class Node(Pools):
    """What the handlers of one charging process share."""

    on_trust = False

    def __init__(self, dsn: Any) -> None:
        super().__init__(dsn)
        self.chargers: dict[str, Charger] = {}
        self.doors: dict[str, Reach] = {}

    async def charger(self, database: str) -> Charger:
        pool = await self.pool(database)
        return self.chargers.setdefault(database, Charger(pool, doors=self.doors))


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: Any = None

    @property
    def reference(self) -> str:
        """Of the session that was made."""
        return self.headers["location"].rpartition("/")[2]

    @property
    def units(self) -> dict[int, dict[str, Any]]:
        """By rating group."""
        return {one["ratingGroup"]: one for one in self.body.get("multipleUnitInformation", [])}


@dataclass
class Function:
    """A network function that speaks to as many nodes as wished, all in this process."""

    dsn: Any
    control: str
    token: str
    subscriber: str
    contract: Contract | None
    trusted: str = ""
    authority: str = "chf.robin.example:8081"
    options: dict[str, Any] = field(default_factory=dict)
    handlers: dict[str, Any] = field(default_factory=lambda: HANDLERS)

    def __call__(
        self, *asked: tuple[str, str, Any], nodes: int = 1, headers: dict[str, str] | None = None
    ) -> list[Reply]:
        """Several requests at once: operation, reference, body."""
        said = headers or {}
        options = nchf.Options(self.control, "http://chf.example", nchf.trusted_from(self.trusted), **self.options)

        async def run() -> list[nchf.Told]:
            mine = [Node(self.dsn) for _ in range(nodes)]
            try:
                return await asyncio.gather(
                    *(
                        self.handlers[operation](mine[place % nodes], self._asked(body, reference, said), options)
                        for place, (operation, reference, body) in enumerate(asked)
                    )
                )
            finally:
                for node in mine:
                    await node.close()

        told = in_own_thread(run)
        return [self._reply(*one) for one in zip(asked, told, strict=True)]

    def _asked(self, body: Any, reference: str, headers: dict[str, str]) -> nchf.Asked:
        content = (
            body if isinstance(body, bytes) else json.dumps({"subscriberIdentifier": self.subscriber, **body}).encode()
        )
        said = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        said.update({name.replace("_", "-"): value for name, value in headers.items()})
        said = {name: value for name, value in said.items() if value}
        return nchf.Asked(content, said, "127.0.0.1", "http", self.authority, "2", reference)

    def _reply(self, asked: tuple[str, str, Any], told: nchf.Told) -> Reply:
        headers = dict(told.headers)
        reply = Reply(told.status, headers, json.loads(told.body) if told.body else None)
        if self.contract is not None and self.handlers is HANDLERS:
            path = f"{nchf.BASE}/chargingdata" + (f"/{asked[1] or 'x'}/{asked[0]}" if asked[0] else "")
            self.contract.check("POST", path, reply.status, headers.get("content-type", ""), reply.body)
        return reply

    def create(self, body: Any, **headers: str) -> Reply:
        return self(("", "", body), headers=headers)[0]

    def update(self, reference: str, body: Any, **headers: str) -> Reply:
        return self(("update", reference, body), headers=headers)[0]

    def release(self, reference: str, body: Any, **headers: str) -> Reply:
        return self(("release", reference, body), headers=headers)[0]


@pytest.fixture(scope="session")
def contract(pytestconfig: pytest.Config) -> Contract | None:
    """The published OpenAPI file, where `--specs` names the folder."""
    folder = pytestconfig.getoption("--specs")
    return charging(Path(folder)) if folder else None


@pytest.fixture
def line(brand: str, actor: Any, drain: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProductView]:
    """A prepaid line with 5.00 of credit and an allowance of data."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    made = activate(actor, register(actor), "robin-prepaid-start")
    drain()
    before = use_tax_rates(_rate)
    yield made
    use_tax_rates(before)


@pytest.fixture
def smf(installation: Installation, line: ProductView, contract: Contract | None) -> Function:
    """A function with a token of the brand."""
    with realm_scope(CONTROL):
        token = create_client("smf", "robin", frozenset({"charging.write"}))
    return Function(installation.dsn, installation.control_name, token, f"imsi-{line.imsi}", contract)


@pytest.fixture
def node(installation: Installation, tmp_path: Path) -> Iterator[Callable[..., NodeProcess]]:
    """Starts charging nodes as processes; keyword arguments are settings."""
    started: list[NodeProcess] = []

    def start(module: str = "charging_node", **settings: str) -> NodeProcess:
        port = free_port()
        environment = {
            **os.environ,
            "LINEHOUSE_HOME": str(tmp_path / f"node{len(started)}"),
            "LINEHOUSE_DATABASE_URL": installation.dsn.url("postgres"),
            "LINEHOUSE_DATABASE_PREFIX": installation.control_name,
            "LINEHOUSE_CHARGING_PORT" if module == "charging_node" else "LINEHOUSE_CHARGING_TLS_PORT": str(port),
            **{f"LINEHOUSE_{name.upper()}": value for name, value in settings.items()},
        }
        one = NodeProcess(environment, port, module)
        started.append(one)
        one.start()
        return one

    yield start
    for one in started:
        one.end()
