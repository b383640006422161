"""Kamailio as an S-CSCF that charges calls over Ro, and SIPp as both phones."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.peers.programs import free_port, program, running, until

HERE = Path(__file__).parent / "kamailio"


@dataclass(frozen=True, slots=True)
class Ims:
    """Where the calls go, and what Kamailio says."""

    folder: Path
    port: int
    log: Path

    def call(self, scenario: str, calling: str, called: str, *, seconds: int = 0, asserted: str = "") -> None:
        """One call to its end as the scenario says; it fails where the call goes otherwise."""
        identity = asserted or f"sip:{calling}@ims.example"
        command = [program("sipp"), "-sf", str(HERE / f"{scenario}.xml"), "-i", "127.0.0.1", "-p", str(free_port())]
        command += ["-m", "1", "-r", "1", "-nostdin", "-timeout", "25s", "-timeout_error", "-d", str(seconds * 1000)]
        command += ["-key", "calling", calling, "-key", "called", called, "-key", "asserted", identity]
        command += ["-trace_msg", "-message_file", str(self.folder / f"{scenario}.msg"), f"127.0.0.1:{self.port}"]
        done = subprocess.run(command, capture_output=True, cwd=self.folder, check=False)
        if done.returncode:
            trace = self.folder / f"{scenario}.msg"
            heard = trace.read_text(errors="replace")[-2500:] if trace.exists() else ""
            pytest.fail(f"the call went otherwise:\n{heard}\n{self.log.read_text(errors='replace')[-2500:]}")


@contextmanager
def ims(folder: Path, diameter: int, host: str, realm: str) -> Iterator[Ims]:
    """Kamailio connected to the charging node at that port, and somebody to call, until the block ends."""
    folder.mkdir(parents=True)
    port, callee = free_port(), free_port()
    library = next(Path("/usr/lib").glob("*/kamailio/modules"), None)
    if library is None:
        pytest.fail("Kamailio's modules are not installed; .ci/run installs them")
    values = {
        "127.0.0.1:PORT": f"127.0.0.1:{port}", "127.0.0.1:CALLEE": f"127.0.0.1:{callee}", "FOLDER": str(folder),
        "LIBRARY/modules": str(library), '"REALM"': f'"{realm}"', '"HOST"': f'"{host}"',
        '"DIAMETER"': f'"{diameter}"', '"ACCEPTOR"': f'"{free_port()}"',
    }  # fmt: skip
    for name in ("proxy.cfg", "peers.xml"):
        text = (HERE / name).read_text()
        for word, value in values.items():
            text = text.replace(word, value)
        (folder / name).write_text(text)
    log = folder / "kamailio.log"
    kamailio = [program("kamailio"), "-f", str(folder / "proxy.cfg"), "-DD", "-E", "-m", "64", "-M", "8"]
    kamailio += ["-Y", str(folder), "-P", str(folder / "pid"), "-w", str(folder)]
    phone = [program("sipp"), "-sf", str(HERE / "callee.xml"), "-i", "127.0.0.1", "-p", str(callee), "-nostdin"]
    with (
        running(kamailio, log, (folder / "ctl").exists),
        running(phone, folder / "callee.log", lambda: True),
    ):
        until(lambda: _open(folder), 20, lambda: log.read_text(errors="replace")[-3000:])
        yield Ims(folder, port, log)


def _open(folder: Path) -> bool:
    """Whether Kamailio has its charging system, and believes that it speaks 3GPP's credit control."""
    command = [program("kamcmd"), "-s", f"unix:{folder / 'ctl'}", "cdp.list_peers"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return "I_Open" in said and "4:10415" in said
