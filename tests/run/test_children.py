"""Child processes: started, replaced after a pause, ended with what they started."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from linehouse.platform import processes
from linehouse.run import children
from linehouse.run.children import Child, ChildSpec

FALLS = "raise ValueError('no such setting')"
SERVES = (
    "import subprocess, sys, time\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print('serving', flush=True)\n"
    "time.sleep(60)\n"
)


@pytest.fixture
def make(tmp_path: Path) -> Iterator["Maker"]:
    maker = Maker(tmp_path)
    yield maker
    for child in maker.made:
        child.stop(hurry=lambda: True)


class Maker:
    """Makes children out of program texts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Child] = []

    def __call__(self, text: str) -> Child:
        (self.folder / "kind_of_child.py").write_text(text)
        environment = {**os.environ, "PYTHONPATH": f"{self.folder}:{os.pathsep.join(sys.path)}"}
        log = self.folder / "child.log"
        child = Child(ChildSpec("child", "kind_of_child", environment, log, lambda _: "serving" in log.read_text()))
        self.made.append(child)
        return child


def until(child: Child, words: str, seconds: float = 20) -> str:
    """Tend a child until it tells something with these words."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if words in (told := child.tend()):
            return told
        time.sleep(0.02)
    raise AssertionError(f"never told: {words}")


def wait_ready(child: Child) -> None:
    deadline = time.monotonic() + 20
    while not child.ready():
        assert time.monotonic() < deadline
        child.tend()
        time.sleep(0.02)


def test_killed_it_is_replaced_and_its_own_children_end(make: Maker) -> None:
    child = make(SERVES)
    child.start()
    wait_ready(child)
    first = child.mark
    assert first is not None
    members = processes.session_members(first)
    assert len(members) == 2
    os.kill(first.pid, signal.SIGKILL)
    assert "signal 9" in until(child, "ended")
    assert not any(member.alive() for member in members)
    wait_ready(child)
    assert child.mark != first


def test_one_that_falls_again_and_again_gets_longer_pauses(make: Maker) -> None:
    child = make(FALLS)
    child.start()
    until(child, "exit code 1")
    began = time.monotonic()
    until(child, "exit code 1")
    first = time.monotonic() - began
    until(child, "exit code 1")
    assert time.monotonic() - began - first > first
    assert child.deaths == 3
    assert child.last_words() == "ValueError: no such setting"


def test_it_is_stopped_with_all_it_started(make: Maker) -> None:
    child = make(SERVES)
    child.start()
    wait_ready(child)
    assert child.mark is not None
    members = processes.session_members(child.mark)
    child.stop(hurry=lambda: False)
    assert not any(member.alive() for member in members)
    assert not child.running


def test_one_that_does_not_listen_is_killed_in_a_hurry(make: Maker) -> None:
    child = make("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVES)
    child.start()
    wait_ready(child)
    began = time.monotonic()
    child.stop(hurry=lambda: True)
    assert time.monotonic() - began < 5
    assert not child.running


def test_large_logs_are_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_LARGEST_LOG", 10)
    log = tmp_path / "web.log"
    with log.open("a") as writing:
        writing.write("0123456789ABC\n")
        writing.flush()
        children.shorten(log)
        writing.write("next\n")
    assert log.read_text() == "next\n"
    assert (tmp_path / "web.log.1").read_text() == "0123456789ABC\n"


def test_a_beat_counts_from_the_start_on(tmp_path: Path) -> None:
    beat = tmp_path / "worker.beat"
    assert not children.beats(beat, 0)
    beat.write_text("5000")
    assert children.beats(beat, 4.9)
    assert not children.beats(beat, 5.1)
