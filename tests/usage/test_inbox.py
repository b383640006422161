"""The inbox folder: files move on once, whatever is killed between two steps."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linehouse.kernel.clock import FixedClock
from linehouse.simulators.cdr_feed.files import Fault, MadeFile
from linehouse.usage import service
from linehouse.usage.models import UsageFile
from linehouse.usage.service import inbox
from tests.usage.conftest import host_file, tap_file

Drain = Callable[[], int]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLOCK = FixedClock(NOON)


class Killed(BaseException):
    """The process is gone."""


def drop(folder: Path, made: MadeFile, age: int = 60) -> Path:
    file = folder / made.name
    file.write_bytes(made.data)
    stamp = NOON.timestamp() - age
    os.utime(file, (stamp, stamp))
    return file


def poll(folder: Path) -> int:
    return service.poll_inbox(folder, clock=CLOCK)


def listing(folder: Path) -> dict[str, list[str]]:
    return {
        name: sorted(file.name.partition("__")[2] or file.name for file in (folder / name).iterdir())
        for name in ("taking", "done", "refused")
    }


def test_files_end_in_done_or_refused(feeds: None, tmp_path: Path, drain: Drain) -> None:
    good, bad = host_file(), tap_file(Fault.WRONG_CHARGE)
    drop(tmp_path, good)
    drop(tmp_path, bad)
    drop(tmp_path, MadeFile("notes.txt", b"not ours"))
    drop(tmp_path, MadeFile(".hidden.csv", b"not ours"))
    assert poll(tmp_path) == 2
    assert listing(tmp_path) == {"taking": sorted([good.name, bad.name]), "done": [], "refused": []}
    drain()
    assert poll(tmp_path) == 2
    assert listing(tmp_path) == {"taking": [], "done": [good.name], "refused": [bad.name, f"{bad.name}.reason.txt"]}
    assert "wrong_totals" in (tmp_path / "refused" / f"{bad.name}.reason.txt").read_text()
    assert (tmp_path / "done" / good.name).read_bytes() == good.data
    assert (tmp_path / "notes.txt").exists()
    assert poll(tmp_path) == 0
    assert sorted(row.state for row in UsageFile.objects.all()) == ["processed", "refused"]


def test_a_growing_file_is_left_alone(feeds: None, tmp_path: Path) -> None:
    drop(tmp_path, host_file(), age=1)
    assert poll(tmp_path) == 0
    assert UsageFile.objects.count() == 0


def test_the_same_name_twice_overwrites_nothing(feeds: None, tmp_path: Path, drain: Drain) -> None:
    made = host_file()
    for _ in range(2):
        drop(tmp_path, made)
        poll(tmp_path)
        drain()
        poll(tmp_path)
    assert listing(tmp_path)["done"] == [made.name]
    assert listing(tmp_path)["refused"] == [made.name, f"{made.name}.reason.txt"], "the repeat is refused"
    drop(tmp_path, made)
    poll(tmp_path)
    poll(tmp_path)
    assert len(list((tmp_path / "refused").iterdir())) == 4


@pytest.mark.parametrize("step", ["before receiving", "after receiving", "before moving", "after moving"])
def test_killed_between_any_two_steps_nothing_is_lost_and_nothing_counts_twice(
    step: str, feeds: None, tmp_path: Path, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = host_file(), tap_file(Fault.TRUNCATED)
    drop(tmp_path, good)
    drop(tmp_path, bad)
    killer = {"before receiving": "receive_file", "after receiving": "receive_file", "before moving": "_free"}.get(
        step, "_note"
    )
    original = getattr(inbox, killer)

    def dies(*args: object, **kwargs: object) -> object:
        if step.startswith("after"):
            original(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(inbox, killer, dies)
        for _ in range(2):
            try:
                poll(tmp_path)
                drain()
                poll(tmp_path)
            except Killed:
                pass
    for _ in range(3):
        poll(tmp_path)
        drain()
    states = sorted((row.name, row.state) for row in UsageFile.objects.all())
    assert states == [(bad.name, "refused"), (good.name, "processed")]
    assert listing(tmp_path)["taking"] == []
    assert listing(tmp_path)["done"] == [good.name]
    assert bad.name in listing(tmp_path)["refused"]


def test_a_file_that_no_feed_knows_is_refused_and_kept(brand: str, tmp_path: Path) -> None:
    drop(tmp_path, host_file())
    poll(tmp_path)
    poll(tmp_path)
    (row,) = UsageFile.objects.all()
    assert (row.state, row.reason) == ("refused", "unknown_format")


def test_the_brands_own_folder(feeds: None, tmp_path: Path, drain: Drain) -> None:
    folder = service.inbox_of(tmp_path, "robin")
    folder.mkdir(parents=True)
    drop(folder, host_file(), age=3600 * 24 * 400)
    assert service.poll_home(tmp_path) == 1
    drain()
    assert service.poll_home(tmp_path) == 1
    shutil.rmtree(tmp_path)
