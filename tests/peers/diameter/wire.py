"""Octets to a charging node and back, and what tshark thinks of them."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from linehouse.edge.network.diameter.codec import decode, length_of
from tests.peers.programs import program

CLIENT_PORT, SERVER_PORT = 40_000, 3_868
"""In the captures that we write: tshark takes the second for Diameter."""


@dataclass
class Wire:
    """One connection, and all that went over it: whether it was ours, and the octets."""

    connection: socket.socket
    seen: list[tuple[bool, bytes]] = field(default_factory=list)

    def tell(self, octets: bytes) -> None:
        """Send a message."""
        self.connection.sendall(octets)
        self.seen.append((False, octets))

    def hear(self) -> bytes:
        """The next message of the node."""
        head = self._exactly(4)
        octets = head + self._exactly(length_of(head) - 4)
        self.seen.append((True, octets))
        return octets

    def ask(self, octets: bytes) -> bytes:
        """Send a request; the answer that bears its numbers."""
        self.tell(octets)
        while True:
            answer = self.hear()
            if answer[12:20] == octets[12:20] and not decode(answer).is_request:
                return answer

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            more = self.connection.recv(count - len(found))
            if not more:
                pytest.fail(f"the node hung up after {len(self.seen)} messages")
            found += more
        return found


@contextmanager
def wire(port: int) -> Iterator[Wire]:
    """A connection to the node, until the block ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
        yield Wire(connection)


def requests_of(capture: Path, port: int) -> list[bytes]:
    """The messages that the client sent in a capture, in their order."""
    command = [program("tshark"), "-r", str(capture), "-T", "fields", "-e", "tcp.payload"]
    command += ["-Y", f"tcp.dstport == {port} && tcp.len > 0"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    octets = bytes.fromhex("".join(found.replace(":", "").split()))
    messages = []
    while octets:
        length = length_of(octets)
        messages.append(octets[:length])
        octets = octets[length:]
    return messages


def remarks(folder: Path, seen: Sequence[tuple[bool, bytes]]) -> list[str]:
    """What tshark finds remarkable in our messages, warning or not; empty when nothing is."""
    text = "".join(f"{'O' if ours else 'I'}\n{_dump(octets)}\n" for ours, octets in seen)
    (folder / "dump.txt").write_text(text)
    capture = folder / "answers.pcap"
    ports = f"{CLIENT_PORT},{SERVER_PORT}"
    write = [program("text2pcap"), "-q", "-D", "-F", "pcap", "-T", ports, str(folder / "dump.txt"), str(capture)]
    subprocess.run(write, capture_output=True, check=True)
    read = [program("tshark"), "-r", str(capture), "-Y", f"tcp.srcport == {SERVER_PORT}", "-T", "fields"]
    read += ["-e", "diameter.cmd.code", "-e", "_ws.expert", "-e", "_ws.malformed", "-e", "data"]
    lines = subprocess.run(read, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == sum(ours for ours, _ in seen), lines
    return [line for line in lines if not line.split("\t")[0].isdigit() or any(line.split("\t")[1:])]


def _dump(octets: bytes) -> str:
    rows = (octets[at : at + 16] for at in range(0, len(octets), 16))
    return "\n".join(f"{at * 16:06x} {row.hex(' ')}" for at, row in enumerate(rows))
