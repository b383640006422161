"""Rating by processes of their own: here, on a Dask cluster, and when everything is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.run.rate_files.ground import ROBIN, SUBSCRIBERS, USAGE, rows, written

SOURCE = Path(__file__).resolve().parents[3] / "src"
CLUSTER = """
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=40) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""


def command(paths: dict[str, Path], *more: str) -> list[str]:
    files = ["--subscribers", str(paths["subscribers"]), "--usage", str(paths["usage"]), "--out", str(paths["out"])]
    return [sys.executable, "-m", "linehouse.run.cli", "rate", "--catalog", str(ROBIN), *files, *more]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCE)}


def finished(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a scheduler with two worker processes."""
    with subprocess.Popen(
        [sys.executable, "-c", CLUSTER], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("\n", timeout=60)


def month(count: int) -> str:
    """Records of three subscribers in many pieces' worth of lines."""
    lines = USAGE.splitlines()[1:]
    stamped = [line.replace("T18", f"T{hour:02}") for hour in range(24) for line in lines]
    return rows(stamped[place % len(stamped)] for place in range(count))


def test_two_workers_of_a_cluster_give_the_very_bytes_of_the_processes_here(tmp_path: Path, cluster: str) -> None:
    outputs = []
    for name, more in (("here", ["--workers", "2"]), ("there", ["--cluster", cluster])):
        (tmp_path / name).mkdir()
        paths = written(tmp_path / name, month(45_000), SUBSCRIBERS)
        done = finished(command(paths, *more, "--balances", str(paths["balances"])))
        assert done.returncode == 0, done.stderr
        assert "45,000 records of 3 subscribers" in done.stdout
        outputs.append((paths["out"].read_bytes(), paths["balances"].read_bytes()))
    assert outputs[0] == outputs[1]


def test_no_scheduler_no_output(tmp_path: Path) -> None:
    paths = written(tmp_path)
    done = finished(command(paths, "--cluster", "tcp://127.0.0.1:9"))
    assert done.returncode == 2
    assert "no scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert not paths["out"].exists()


def test_who_is_killed_leaves_no_half_output_and_the_next_run_cleans_up(tmp_path: Path) -> None:
    paths = written(tmp_path, month(100_000))
    work = tmp_path / ".out.csv.work"
    with subprocess.Popen(
        command(paths), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as running:
        until = time.monotonic() + 120
        while not list(work.glob("piece-*")) and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
    assert work.is_dir()
    assert not paths["out"].exists()
    while processes_of(running.pid):
        assert time.monotonic() < until, "rating processes outlive their run"
        time.sleep(0.1)
    paths["usage"].write_text(USAGE, encoding="utf-8")
    done = finished(command(paths))
    assert done.returncode == 0, done.stderr
    assert len(paths["out"].read_text("utf-8").splitlines()) == len(USAGE.splitlines())
    assert not work.exists()


def processes_of(session: int) -> list[int]:
    """What still runs of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def test_two_runs_for_one_output_do_not_meet(tmp_path: Path) -> None:
    from linehouse.kernel.error import Invalid
    from linehouse.run.rate_files.pieces import work_folder

    paths = written(tmp_path)
    with work_folder(paths["out"]), pytest.raises(Invalid, match="another run writes"), work_folder(paths["out"]):
        pass


def test_options_that_are_missing_are_named(tmp_path: Path) -> None:
    paths = written(tmp_path)
    done = finished([sys.executable, "-m", "linehouse.run.cli", "rate", "--usage", str(paths["usage"])])
    assert done.returncode == 2
    assert "needs --catalog, --subscribers, --out as well" in done.stderr
    done = finished(command(paths, "explain", "1 s to 112"))
    assert done.returncode == 2
    assert "are for rating files" in done.stderr
