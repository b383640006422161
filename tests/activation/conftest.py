"""A brand, a host network that listens, and a line to ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linehouse.activation import service
from linehouse.activation.connector import set_factory
from linehouse.activation.values import Action, DesiredState, LineService, NewRequest, RequestView
from linehouse.edge.network.tmf640.connector import Tmf640Connector
from linehouse.kernel.ids import new_id
from linehouse.kernel.numbering import Iccid, Imsi, Msisdn
from linehouse.platform.work import Actor
from linehouse.simulators.host_network.server import HostNetwork
from tests.simulators.host_network.running import running_host

PRODUCT, CUSTOMER = new_id(), new_id()


@pytest.fixture
def host(brand: str, tmp_path: Path) -> Iterator[HostNetwork]:
    """The host network, which answers at once."""
    with running_host(tmp_path, later=False) as running:
        set_factory(lambda: Tmf640Connector(running.url, timeout_seconds=2))
        yield running
        set_factory(None)


def line_state(digit: int = 1, *, speed: str = "lte-50") -> DesiredState:
    """A line's desired state."""
    return DesiredState(
        msisdn=Msisdn(f"3161020000{digit}"),
        imsi=Imsi(f"20404000000000{digit}"),
        iccid=Iccid.with_check_digit(f"89310800000000000{digit}"),
        services=frozenset({LineService.VOICE, LineService.DATA}),
        apns=("internet.robin",),
        speed_profile=speed,
    )


@pytest.fixture
def ask(brand: str, actor: Actor) -> Callable[..., RequestView]:
    """Asks the network: ``ask("k1", Action.CREATE, state)``."""

    def asking(key: str, action: Action, desired: DesiredState | None = None, line: str = "S-000001") -> RequestView:
        return service.request(NewRequest(key, line, PRODUCT, CUSTOMER, action, desired), actor=actor)

    return asking
