"""Processes are recognised by number and start, and ended with all that they started."""

import subprocess
import sys
import time

from linehouse.platform import processes
from linehouse.platform.processes import ProcessMark

SLEEPS = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    f"subprocess.Popen([sys.executable, '-c', {SLEEPS!r}])\n"
    "print('ready', flush=True)\n"
    "time.sleep(60)\n"
)


def test_a_mark_dies_with_its_process() -> None:
    process = subprocess.Popen([sys.executable, "-c", SLEEPS])
    mark = processes.mark(process.pid)
    assert mark is not None
    assert mark.alive()
    process.kill()
    # Dead but not yet collected counts as dead.
    assert processes.wait_for_end(mark, 5)
    process.wait()
    assert not mark.alive()


def test_the_number_alone_is_no_proof() -> None:
    own = processes.own_mark()
    assert own.alive()
    assert not ProcessMark(own.pid, "another start").alive()
    assert processes.session_members(ProcessMark(own.pid, "another start")) == ()


def test_a_session_ends_whole() -> None:
    leader = subprocess.Popen(
        [sys.executable, "-c", STUBBORN], start_new_session=True, stdout=subprocess.PIPE, text=True
    )
    assert leader.stdout is not None
    assert leader.stdout.readline() == "ready\n"
    mark = processes.mark(leader.pid)
    assert mark is not None
    members = processes.session_members(mark)
    assert len(members) == 2
    processes.end_session(mark, patience=0.2)
    assert not any(member.alive() for member in members)
    leader.wait()
    leader.stdout.close()


def test_members_are_found_after_their_leader_died() -> None:
    leader = subprocess.Popen(
        [sys.executable, "-c", STUBBORN], start_new_session=True, stdout=subprocess.PIPE, text=True
    )
    assert leader.stdout is not None
    leader.stdout.readline()
    mark = processes.mark(leader.pid)
    assert mark is not None
    leader.kill()
    leader.wait()
    leader.stdout.close()
    left = processes.session_members(mark)
    assert len(left) == 1
    began = time.monotonic()
    processes.end_session(mark, patience=5)
    assert not left[0].alive()
    assert time.monotonic() - began < 4
