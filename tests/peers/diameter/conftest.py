"""Charging nodes as processes that foreign Diameter stacks connect to, and a brand whose lines they charge."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from linehouse.balance import service as balance
from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.inventory.values import ProductView
from linehouse.platform.access.diameter import PeerView, allow_peer, serve_realm
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.scope import CONTROL, realm_scope
from tests.balance.house import ROBIN, activate, open_shop, register
from tests.faults.conftest import NodeProcess
from tests.peers.programs import free_port, listens, until

REALM = "robin.example"
BY_MINUTE, BY_SECOND = "{price: 0.50, unit: 1 min, block: 60 s}", "{price: 0.50, unit: 1 min, block: 1 s}"
"""Calls to the United States: by the second here, so that a call can be cut within seconds."""
DATA, VOICE, SMS = "32251@3gpp.org", "32260@3gpp.org", "32274@3gpp.org"


@dataclass(frozen=True, slots=True)
class Ocs:
    """A charging node, and where it speaks Diameter."""

    process: NodeProcess
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Left:
    """What a line has of a bucket, micro-units or octets."""

    left: int
    reserved: int
    used: int


def left(line: ProductView, what: str = "start-credit") -> Left:
    """What is left of a line's bucket, reserved and used."""
    bucket = balance.bucket(f"{line.number}/{what}")
    return Left(bucket.left or 0, bucket.reserved, bucket.used)


@pytest.fixture
def lines(brand, actor, drain, monkeypatch: pytest.MonkeyPatch) -> list[ProductView]:
    """Three prepaid lines with 5.00 and 2 GB each; peers and the realm of the brand are configured."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    texts = dict(read_folder(ROBIN))
    standard = "tariffs/robin-standard.yaml"
    assert texts[standard].count(BY_MINUTE) == 1
    texts[standard] = texts[standard].replace(BY_MINUTE, BY_SECOND)
    for example in ("61 s to +447400123456", "61 s to +12125550123"):
        texts[standard] = texts[standard].replace(f"{example} costs 1.00", f"{example} costs 0.508333")
    catalog.apply_texts(texts, actor=actor, base_version=1)
    made = [activate(actor, register(actor, f"Sanne{n}"), "robin-prepaid-start") for n in range(3)]
    with realm_scope(CONTROL):
        for host in ("*.gw.example", "scscf.ims.example", "dra.example"):
            allow_peer(PeerView(host=host), actor=actor, reason="foreign stacks come")
        services = {name: {"failover": "yes"} for name in (DATA, VOICE, SMS)}
        serve_realm(REALM, "robin", services, actor=actor, reason="foreign stacks come")
    drain()
    return made


@pytest.fixture
def ocs(installation: Installation, lines: list[ProductView], tmp_path: Path) -> Iterator[Callable[..., Ocs]]:
    """Starts charging nodes: ocs1, ocs2, …"""
    started: list[Ocs] = []

    def start(realm: str = REALM) -> Ocs:
        number, port, http = len(started) + 1, free_port(), free_port()
        host = f"ocs{number}.{realm}"
        environment = {
            **os.environ,
            "LINEHOUSE_HOME": str(tmp_path / host),
            "LINEHOUSE_DATABASE_URL": installation.dsn.url("postgres"),
            "LINEHOUSE_DATABASE_PREFIX": installation.control_name,
            "LINEHOUSE_CHARGING_PORT": str(http),
            "LINEHOUSE_DIAMETER_PORT": str(port),
            "LINEHOUSE_DIAMETER_HOST": host,
        }
        one = Ocs(NodeProcess(environment, http), host, port)
        started.append(one)
        one.process.start()
        until(lambda: listens(port))
        return one

    yield start
    for one in started:
        one.process.end()
