"""A subscriber runs out of data in mid session over 5G, buys a pack, and goes on without ending the session."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from linehouse.balance import service as balance
from linehouse.balance.pack_values import BuyPack
from linehouse.edge.network.nchf import BASE
from linehouse.platform.checks import verify
from tests.balance.test_packs import put_money
from tests.conftest import ROBIN, START
from tests.edge.network.nchf.bodies import container, data, group
from tests.edge.network.nchf.conftest import contract, line, node, smf
from tests.edge.network.nchf.function import HEARD
from tests.faults.conftest import free_port

__all__ = ["contract", "line", "node", "smf"]
"""Fixtures of the 5G door."""
GB = 10**9
PATIENCE = 30


@dataclass
class Listening:
    """A network function that listens."""

    port: int
    file: Path

    def heard(self) -> list[dict[str, Any]]:
        """What it was told so far."""
        return [json.loads(one) for one in self.file.read_text("utf-8").splitlines()]


@pytest.fixture
def function(tmp_path: Path) -> Iterator[Listening]:
    """It runs as a process of its own."""
    found = Listening(free_port(), tmp_path / "heard")
    found.file.touch()
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(found.port)]
    root, paths = str(ROBIN.parents[1]), os.environ.get("PYTHONPATH", "").split(os.pathsep)
    process = subprocess.Popen(
        [*command, "tests.edge.network.nchf.function:application"],
        env={**os.environ, HEARD: str(found.file), "PYTHONPATH": os.pathsep.join([root, *paths])},
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.post(f"http://127.0.0.1:{found.port}/up", json={})
            break
        except httpx.HTTPError:
            assert process.poll() is None, "the function does not come up"
            assert time.monotonic() < deadline, "the function does not answer"
            time.sleep(0.1)
    yield found
    # Asked politely it waits until whoever is connected hangs up, and a charging process keeps its connections.
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_pack_that_is_bought_in_mid_session_is_told_and_used(line, smf, node, function, actor):
    told = {
        "subscriberIdentifier": smf.subscriber,
        "notifyUri": f"http://127.0.0.1:{function.port}/nsmf-callback/notify_7",
    }
    base = f"http://127.0.0.1:{node(nchf_trusted='127.0.0.1=robin').port}{BASE}/chargingdata"
    with httpx.Client(timeout=20) as http:
        begun = http.post(base, json=data(0, group(want=50 * GB)) | told)
        place = begun.headers["location"]

        def update(number: int, used: int) -> dict[str, Any]:
            asked = data(number, group(10, container(number, totalVolume=used), want=50 * GB)) | told
            [unit] = http.post(f"{place}/update", json=asked).json()["multipleUnitInformation"]
            return dict(unit)

        # All that allowance and credit give is used, and then there is no more.
        granted = begun.json()["multipleUnitInformation"][0]["grantedUnit"]["totalVolume"]
        assert 5 * GB <= granted < 50 * GB
        before = update(1, granted)
        assert before["resultCode"] == "QUOTA_LIMIT_REACHED"
        function.file.write_text("")
        put_money(line, "10.00", "topup", START, actor)
        balance.buy_pack(
            BuyPack(subscription_id=line.id, offering_key="robin-prepaid-booster-2gb", key="b1"), actor=actor
        )
        deadline = time.monotonic() + PATIENCE
        while not function.heard():
            assert time.monotonic() < deadline, "nobody told the function"
            time.sleep(0.1)
        [heard] = function.heard()
        assert heard["path"] == "/nsmf-callback/notify_7"
        assert heard["body"] == {
            "notificationType": "REAUTHORIZATION",
            "reauthorizationDetails": [{"ratingGroup": 10}],
        }
        after = update(2, 0)
        assert (after["resultCode"], after["grantedUnit"]["totalVolume"] >= 2 * GB) == ("SUCCESS", True)
        ended = http.post(f"{place}/release", json=data(3, group(10, container(3, totalVolume=GB), ask=False)) | told)
        assert ended.status_code == 204
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []
