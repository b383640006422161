"""The command line: import, list, and what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linehouse.kernel.error import Invalid
from linehouse.run.commands import usage as commands
from linehouse.simulators.cdr_feed.files import Fault, MadeFile
from linehouse.usage import service
from tests.usage.conftest import ADA, FEEDS, host_file, tap_file, uses

Run = Callable[..., Result]


@contextmanager
def at_work(key: str) -> Iterator[str]:
    yield key


@pytest.fixture
def run(feeds: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(commands, "brand_at_work", at_work)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(commands.command, arguments, env={"COLUMNS": "250"})

    return invoke


def write(folder: Path, made: MadeFile) -> str:
    (folder / made.name).write_bytes(made.data)
    return str(folder / made.name)


def test_import_and_list(run: Run, tmp_path: Path) -> None:
    done = run("import", write(tmp_path, tap_file(Fault.UNKNOWN_SUBSCRIBER)))
    assert done.exit_code == 0, done.output
    count = len(uses())
    assert f"{count + 1} records, {count} taken in, 0 repeats, 1 in suspense" in done.output
    assert "agrees with its records" in done.output
    assert "1 XDR = 1.22514 EUR" in done.output
    again = run("import", write(tmp_path, tap_file(Fault.UNKNOWN_SUBSCRIBER)))
    assert isinstance(again.exception, Invalid)
    assert "refused" in again.exception.message
    run("import", write(tmp_path, host_file()), "--source", "host-cdr")
    listed = run("list").output
    assert "CDDEUD2NLDRM00001" in listed
    assert "refused: duplicate_file" in listed
    assert "host-cdr" in listed


def test_feeds(run: Run) -> None:
    assert run("feeds", str(FEEDS)).output == "nothing has changed\n"


def test_suspense(run: Run, tmp_path: Path) -> None:
    run("import", write(tmp_path, tap_file(Fault.UNKNOWN_SUBSCRIBER, Fault.OLD_RECORD)))
    assert "too_old" in run("suspense", "list").output
    assert "too_old" not in run("suspense", "list", "--reason", "unknown_subscriber").output
    (stranger,), _ = service.list_suspense(reason="unknown_subscriber")
    (old,), _ = service.list_suspense(reason="too_old")
    still = run("suspense", "resubmit", str(stranger.id), str(old.id))
    assert still.exit_code == 1
    assert "unknown_subscriber: no subscriber" in still.output
    wrong = run("suspense", "correct", str(stranger.id), "imsi", "--reason", "x")
    assert isinstance(wrong.exception, Invalid)
    corrected = run(
        "suspense", "correct", str(stranger.id), f"imsi={ADA.imsi}", f"msisdn={ADA.msisdn}", "event_reference=other",
        "--reason", "seen in the host's portal",
    )  # fmt: skip
    assert corrected.exit_code == 0, corrected.output
    assert "taken in" in run("suspense", "resubmit", str(stranger.id)).output
    assert "discarded" in run("suspense", "discard", str(old.id), "--reason", "beyond the agreement").output
    assert service.list_suspense()[1] == 0
