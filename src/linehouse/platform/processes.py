"""Recognising one process among all others.

A process id alone proves nothing: after a crash or a restart of the machine the same number may belong to a
stranger. The pair of id and start time belongs to one process only, so that is what lock files keep.
"""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """One process that exists or existed: its id and when it started (an opaque text)."""

    pid: int
    started: str

    def alive(self) -> bool:
        """Whether exactly this process still runs (a zombie does not)."""
        return started_at(self.pid) == self.started


def started_at(pid: int) -> str | None:
    """An opaque text that names the start of a running process; None when no such process runs."""
    if pid <= 0:
        return None
    if _PROC.joinpath("self", "stat").exists():
        return _started_by_proc(pid)
    return _started_by_ps(pid)


def mark(pid: int) -> ProcessMark | None:
    """The mark of a running process; None when no such process runs."""
    started = started_at(pid)
    return None if started is None else ProcessMark(pid, started)


def own_mark() -> ProcessMark:
    """The mark of this process."""
    found = mark(os.getpid())
    if found is None:
        raise RuntimeError("this system does not tell when a process started")
    return found


def working_in(folder: Path) -> tuple[int, ...]:
    """Ids of the processes whose working folder is the given one; empty where the system does not tell."""
    found = []
    target = str(folder.resolve())
    for entry in _PROC.glob("[0-9]*"):
        try:
            if str(entry.joinpath("cwd").readlink()) == target:
                found.append(int(entry.name))
        except OSError:
            continue
    return tuple(found)


def session_members(leader: ProcessMark) -> tuple[ProcessMark, ...]:
    """The running processes of the session that a process leads or led, the leader included.

    The system gives a number to nobody else while it names a session, so members of a dead leader are still told
    from strangers; once the number belongs to another process the session is over. Where the system does not tell
    sessions, only the leader is found.
    """
    now = mark(leader.pid)
    elsewhere = _PROC.joinpath("self", "stat").exists() and not leader.started.startswith(f"{_machine()}/")
    if elsewhere or (now is not None and now != leader):
        return ()
    found = [leader] if leader.alive() else []
    for entry in _PROC.glob("[0-9]*"):
        try:
            fields = entry.joinpath("stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(entry.name)
        if int(fields[3]) == leader.pid and pid != leader.pid and (member := mark(pid)) is not None:
            found.append(member)
    return tuple(found)


def end_session(leader: ProcessMark, *, patience: float) -> None:
    """Ask the leader of a session to end; after `patience` seconds insist, and end what it left behind."""
    members = session_members(leader)
    if leader in members:
        end(leader, patience=patience)
    for member in session_members(leader):
        end(member, patience=0.2)


def end(target: ProcessMark, *, patience: float, last: signal.Signals = signal.SIGKILL) -> None:
    """Ask one process to end (SIGTERM); after `patience` seconds insist with `last`. Gone already is fine."""
    for sig, seconds in ((signal.SIGTERM, patience), (last, 5.0)):
        if not target.alive():
            return
        try:
            os.kill(target.pid, sig)
        except ProcessLookupError:
            return
        wait_for_end(target, seconds)


def ask_to_end(target: ProcessMark) -> None:
    """Send SIGTERM to one process; gone already is fine."""
    if target.alive():
        with suppress(ProcessLookupError):
            os.kill(target.pid, signal.SIGTERM)


def wait_for_end(target: ProcessMark, seconds: float) -> bool:
    """Wait up to `seconds` for a process to end; tells whether it has."""
    deadline = time.monotonic() + seconds
    while target.alive():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
    return True


@cache
def _machine() -> str:
    """This boot of this machine and, inside a container, this container's numbering of processes."""
    boot = _PROC.joinpath("sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{_PROC.joinpath('self/ns/pid').readlink()}"


def _started_by_proc(pid: int) -> str | None:
    try:
        text = _PROC.joinpath(str(pid), "stat").read_text(errors="replace")
    except OSError:
        return None
    # The second field is the program's name in brackets and may itself hold brackets and blanks.
    fields = text.rpartition(")")[2].split()
    state, start_ticks = fields[0], fields[19]
    return None if state in {"Z", "X"} else f"{_machine()}/{start_ticks}"


def _started_by_ps(pid: int) -> str | None:
    answer = subprocess.run(
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "PATH": "/bin:/usr/bin"},
    )
    state, _, started = answer.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()
