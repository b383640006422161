"""freeDiameter as a relay between a gateway and two charging nodes: Route-Record, Destination-Host, failover."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linehouse.platform.checks import verify
from tests.peers.diameter.conftest import REALM, left
from tests.peers.diameter.erlang import erlang
from tests.peers.diameter.relay import IDENTITY, relay
from tests.peers.diameter.test_erlang import GB, MB, clean, octets, request, service
from tests.peers.programs import until

pytestmark = pytest.mark.peers
PREFERRED, OTHER = f"ocs1.{REALM}", f"ocs2.{REALM}"


def _state(log: Path, host: str) -> str:
    """Of the relay's connection to a host."""
    changes = re.findall(rf"->\s+'?(STATE_\w+)'?[^\n]*'{re.escape(host)}'", log.read_text(errors="replace"))
    return changes[-1] if changes else ""


def test_a_session_goes_on_at_the_second_node_when_the_first_dies(lines, ocs, tmp_path: Path) -> None:
    nodes, line = [ocs(), ocs()], lines[0]
    addresses = {node.host: node.port for node in nodes}
    with (
        relay(tmp_path / "dra", REALM, addresses, ["pgw1.gw.example"]) as (port, log),
        erlang(tmp_path / "pgw", "pgw1.gw.example", "gw.example") as gateway,
    ):
        until(lambda: all(_state(log, host) == "STATE_OPEN" for host in addresses), 15, lambda: log.read_text()[-2000:])
        assert gateway.connect("dra", port) == IDENTITY
        begun = clean(gateway.ask(request("d", 1, 0, line, service(10, octets(GB)))))
        assert (begun["Origin-Host"], begun["Result-Code"]) == (PREFERRED, 2001)
        # The relay records whence an answer came; the record of the request's way is not sent back.
        assert begun["Route-Record"] == [PREFERRED]
        going = request("d", 2, 1, line, service(10, octets(GB), octets(300 * MB)))
        told = gateway.ask(going)
        assert clean(told)["Origin-Host"] == PREFERRED
        # To that host only, as a client does within a session: the relay finds it.
        other = clean(gateway.ask(request("o", 1, 0, line, service(10, octets(MB)), Destination_Host=[OTHER])))
        assert other["Origin-Host"] == OTHER
        clean(gateway.ask(request("o", 3, 1, line, service(10), Destination_Host=[OTHER], Termination_Cause=1)))
        # The first node is killed. The gateway does not know whether its report arrived and sends it again.
        nodes[0].process.end()
        until(lambda: _state(log, PREFERRED) != "STATE_OPEN")
        again = gateway.ask(going, end=told["end"], repeated=True)
        assert clean(again)["Origin-Host"] == OTHER
        same = "Multiple-Services-Credit-Control"
        assert again["avps"][same] == told["avps"][same]
        assert left(line, "data").used == 300 * MB
        ended = request("d", 3, 2, line, service(10, used=octets(100 * MB)), Termination_Cause=1)
        assert clean(gateway.ask(ended))["Result-Code"] == 2001
    assert (left(line, "data").used, left(line, "data").reserved) == (400 * MB, 0)
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []
