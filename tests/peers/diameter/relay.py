"""freeDiameter as a relay in between: its configuration, and the process."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.peers.programs import free_port, listens, program, running

HERE = Path(__file__).parent / "freediameter"
LIBRARY = "/usr/lib/freeDiameter"
IDENTITY, REALM = "dra.example", "example"


@contextmanager
def relay(folder: Path, realm: str, nodes: Mapping[str, int], clients: list[str]) -> Iterator[tuple[int, Path]]:
    """The relay to the nodes (host and port, the first is preferred), until the block ends: its port and its log."""
    folder.mkdir(parents=True)
    port, second = free_port(), free_port()
    _certificate(folder)
    text = (HERE / "relay.conf").read_text()
    values = {
        '"IDENTITY"': f'"{IDENTITY}"', '"REALM"': f'"{REALM}"', "= PORT;": f"= {port};", "= SECOND;": f"= {second};",
        "FOLDER": str(folder), "LIBRARY": LIBRARY,
    }  # fmt: skip
    for name, value in values.items():
        text = text.replace(name, value)
    peer = 'ConnectPeer = "{}" {{ ConnectTo = "127.0.0.1"; Port = {}; No_TLS; TcTimer = 1; }};\n'
    text += "".join(peer.format(host, at) for host, at in nodes.items())
    (folder / "relay.conf").write_text(text)
    weights = range(90, 0, -10)
    routes = [f'dr="{realm}": "{host}" += {weight} ;' for host, weight in zip(nodes, weights, strict=False)]
    (folder / "routes.conf").write_text("\n".join(routes) + "\n")
    (folder / "welcome.conf").write_text("".join(f"ALLOW_IPSEC {host}\n" for host in clients))
    log = folder / "relay.log"
    with running([program("freeDiameterd"), "-c", str(folder / "relay.conf")], log, lambda: listens(port)):
        yield port, log


def _certificate(folder: Path) -> None:
    """freeDiameter wants one even where nobody speaks TLS."""
    command = [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", f"/CN={IDENTITY}", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
