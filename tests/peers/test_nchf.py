"""Nchf as foreign stacks speak it: nghttp2's load generator over HTTP/2, and httpx."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from linehouse.edge.network.nchf import BASE
from tests.edge.network.nchf.bodies import container, data, group
from tests.edge.network.nchf.test_sessions import lawful, left
from tests.peers.programs import program

pytestmark = pytest.mark.peers
MB = 10**6
PLACE = f"{BASE}/chargingdata"
ROUNDS = 400


def test_h2load_sends_one_create_hundreds_of_times_at_once(line, smf, node, tmp_path: Path) -> None:
    port = node(nchf_trusted="127.0.0.1=robin").port
    body = tmp_path / "create.json"
    body.write_text(json.dumps(data(0, group(want=100 * MB), subscriberIdentifier=smf.subscriber)))
    done = subprocess.run(
        [
            *(program("h2load"), "-n", str(ROUNDS), "-c", "4", "-m", "8", "-d", str(body)),
            *("-H", "content-type: application/json", f"http://127.0.0.1:{port}{PLACE}"),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert f"{ROUNDS} succeeded, 0 failed, 0 errored, 0 timeout" in done.stdout
    assert re.search(rf"status codes: {ROUNDS} 2xx", done.stdout), done.stdout
    # Four connections with eight streams each asked for the same thing: it was reserved once.
    assert left(line, "data")[1:] == (100 * MB, 0)
    lawful()


def test_httpx_charges_a_session_over_two_nodes(line, smf, node) -> None:
    first, second = (f"http://127.0.0.1:{node().port}" for _ in range(2))
    headers = {"authorization": f"Bearer {smf.token}"}
    who = {"subscriberIdentifier": smf.subscriber}
    with httpx.Client(http1=False, http2=True, timeout=20, headers=headers) as http:
        begun = http.post(f"{first}{PLACE}", json=data(0, group(want=100 * MB), **who))
        assert (begun.http_version, begun.status_code) == (
            "HTTP/2",
            201,
        )
        place = begun.headers["location"]
        report = data(1, group(10, container(1, totalVolume=60 * MB), want=100 * MB), **who)
        # The SMF loses the answer and repeats at the other node.
        told = [http.post(f"{place.replace(first, one)}/update", json=report).json() for one in (first, second)]
        assert told[0] == told[1]
        ended = http.post(f"{place}/release", json=data(2, group(10, container(2, totalVolume=MB), ask=False), **who))
        assert ended.status_code == 204
    assert left(line, "data")[1:] == (0, 61 * MB)
    lawful()
