"""What our codec writes is read by Erlang's strict Diameter stack without a fault, and what Erlang writes by ours."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from benchmarks.diameter_caller import Caller

from tests.conftest import in_own_thread
from tests.peers.diameter.erlang import erlang

pytestmark = pytest.mark.peers


def test_erlang_reads_our_requests_and_we_its_answers(tmp_path: Path) -> None:
    async def calls(port: int) -> None:
        caller = await Caller.connected("pgw0.bench.example", "bench.example", port, "robin.example")
        await asyncio.gather(*(caller.debit(str(one), f"3160000000{one}", "+12125550123", 61) for one in range(5)))
        await caller.close()

    with erlang(tmp_path / "erlang", "ocs.robin.example", "robin.example", "server") as server:
        port = server.serve()
        in_own_thread(lambda: calls(port))
        server.until(lambda said: said["is"] == "down")
        heard = [said for said in server.said if said["is"] == "request"]
        assert [said["errors"] for said in heard] == [[]] * 5
        asked = server.requests("CCR")[0]
    [service] = asked["Multiple-Services-Credit-Control"]
    assert service["Requested-Service-Unit"] == {"CC-Time": 61}
    ims = asked["Service-Information"]["IMS-Information"]
    assert ims["Called-Party-Address"] == "tel:+12125550123"
