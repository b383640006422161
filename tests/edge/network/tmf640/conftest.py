"""A host that listens, a connector to it, and a line to provision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from linehouse.activation.values import Bar, DesiredState, LineService
from linehouse.edge.network.tmf640.connector import Tmf640Connector
from linehouse.kernel.numbering import Iccid, Imsi, Msisdn
from linehouse.simulators.host_network.server import HostNetwork
from tests.simulators.host_network.running import running_host


@pytest.fixture
def host(tmp_path: Path) -> Iterator[HostNetwork]:
    with running_host(tmp_path) as running:
        yield running


@pytest.fixture
def connector(host: HostNetwork) -> Tmf640Connector:
    return Tmf640Connector(host.url, timeout_seconds=2)


@pytest.fixture
def desired() -> DesiredState:
    return DesiredState(
        msisdn=Msisdn("31610200001"),
        imsi=Imsi("204040000000001"),
        iccid=Iccid.with_check_digit("893108000000000001"),
        services=frozenset({LineService.VOICE, LineService.SMS, LineService.DATA}),
        bars=frozenset({Bar.PREMIUM}),
        apns=("internet.robin", "mms.robin"),
        speed_profile="lte-100",
    )
