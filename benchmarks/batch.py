"""Records a second that `linehouse rate` takes from one Parquet file to another, beside merely ordering the same file.

Voice, messages and data of the demo brand's subscribers in one month, in the order in which they happened: home and
roaming, allowances, prepaid credit. The baseline reads the file, puts it in order by subscriber and time, and writes
it back with the same library. Each run is a process of its own, its start included; memory is what all its processes
hold at one time.

    PYTHONPATH=src .venv/bin/python benchmarks/batch.py [RECORDS] [--no-baseline]
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import mkdtemp

import click
from ground import headed, timed

ROOT = Path(__file__).resolve().parents[1]
ROBIN = ROOT / "brands" / "robin"
EACH, CHUNK, ROUNDS = 100, 2_500_000, 3
"""Records of a subscriber; records made at once; rounds of both in turns."""
BEGIN, SECONDS = 1_793_487_600, 30 * 86_400
"""The month: from 2026-11-01T00:00+01:00 on."""
ORDERED = """
import resource, sys
import polars as pl
pl.scan_parquet(sys.argv[1]).sort("subscriber", "started").sink_parquet(sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@click.command()
@click.argument("records", type=int, default=10_000_000)
@click.option("--baseline/--no-baseline", default=True, help="Ordering a file of this size may need all memory.")
@click.option("--folder", help="Where the files are made; a temporary folder by default.")
def main(records: int, *, baseline: bool, folder: str | None) -> None:
    """Make the files, and rate and order them in turns."""
    place = Path(mkdtemp(prefix="linehouse-benchmark-", dir=folder))
    try:
        usage, subscribers = place / "usage.parquet", place / "subscribers.parquet"
        make(records, usage, subscribers)
        headed(f"{records:,} records of {records // EACH:,} subscribers, {usage.stat().st_size >> 20:,} MiB of Parquet")
        ours: list[float] = []
        theirs: list[float] = []
        worked: list[float] = []
        ordering: list[float] = []
        most = most_ordered = 0
        for _ in range(ROUNDS if records <= 20_000_000 else 1):
            with timed(ours), timed(worked, of_children):
                found = json.loads(run(rate(usage, subscribers, place / "rated.parquet")))
            most = max(most, found["memory_bytes"] >> 20)
            if baseline:
                with timed(theirs), timed(ordering, of_children):
                    held = run([sys.executable, "-c", ORDERED, str(usage), str(place / "ordered.parquet")])
                most_ordered = max(most_ordered, int(held))
        say("rated", records, ours, worked, most)
        if theirs:
            say("ordered", records, theirs, ordering, most_ordered)
            longer, more = median(ours) / median(theirs), median(worked) / median(ordering)
            click.echo(f"  {longer:.1f} times as long, {more:.1f} times the processor time; {len(ours)} rounds")
        click.echo(f"  {found['verdicts']}, rejected {found['rejected']}, total {found['total']}")
    finally:
        rmtree(place, ignore_errors=True)


def say(what: str, records: int, seconds: Sequence[float], worked: Sequence[float], most: int) -> None:
    """The median round; processor time says what a machine with nothing else to do would need."""
    each = median(worked) * 1_000_000 / records
    click.echo(
        f"  {what:8} {records / median(seconds):12,.0f} records/s, {median(seconds):6.1f} s, "
        f"{each:.2f} µs of processor time each, at most {most:,} MiB"
    )


def of_children() -> float:
    """Seconds of processor time of all processes that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def rate(usage: Path, subscribers: Path, out: Path) -> list[str]:
    """The command as a person gives it."""
    files = ["--catalog", str(ROBIN), "--subscribers", str(subscribers), "--usage", str(usage), "--out", str(out)]
    return [sys.executable, "-m", "linehouse.run.cli", "rate", *files, "--json"]


def run(command: Sequence[str]) -> str:
    """What a process says; it must succeed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def make(records: int, usage: Path, subscribers: Path) -> None:
    """Files of a month, the same each time."""
    import numpy as np
    import polars as pl

    people = max(records // EACH, 1)
    rng = np.random.default_rng(20261101)
    plans = pl.Series(["robin-sim-only-20", "robin-prepaid-start"])
    prepaid = rng.random(people) < 0.3
    activated = 1_767_222_000 + rng.integers(0, 300, people) * 86_400
    activated = np.where(prepaid, BEGIN - 86_400 * rng.integers(0, 20, people), activated)
    numbers = pl.Series(np.arange(people)).cast(pl.String).str.zfill(8)
    numbers = ("+316" + numbers).alias("subscriber")
    pl.DataFrame(
        {
            "subscriber": numbers,
            "offering": plans.gather(prepaid.astype(np.uint32)),
            "activated": pl.Series(activated * 1_000_000).cast(pl.Datetime("us", "UTC")),
            "cycle_day": rng.integers(1, 29, people),
        }
    ).write_parquet(subscribers)
    parties = pl.Series(
        [f"+3161{place:07}" for place in range(6000)]
        + [f"+3120{place:07}" for place in range(1500)]
        + [f"+49151{place:07}" for place in range(1500)]
        + [f"+1212{place:07}" for place in range(600)]
        + ["+31900123456", "112", "+31800123456"] * 20
    )
    networks = pl.Series(
        ["204-04"] * 92 + ["208-01", "262-01", "222-10", "234-15", "310-260", "228-01", "222-01", "286-01"]
    )
    types = pl.Series(["voice", "sms", "data"])
    ways = pl.Series(["out", "out", "out", "in"])
    parts = []
    chunks = -(-records // CHUNK)
    for chunk in range(chunks):
        count = min(CHUNK, records - chunk * CHUNK)
        kind = rng.choice(3, count, p=[0.3, 0.15, 0.55])
        seconds = np.where(rng.random(count) < 0.9, rng.geometric(1 / 120, count), rng.integers(600, 5400, count))
        octets = rng.integers(1_000, 160_000_000, count)
        party = parties.gather(rng.integers(0, len(parties), count).astype(np.uint32))
        way = np.where(kind == 2, 0, rng.integers(0, 4, count)).astype(np.uint32)
        at = BEGIN + (SECONDS * (chunk + np.sort(rng.random(count))) / chunks).astype(np.int64)
        part = usage.with_name(f"part-{chunk:04}.parquet")
        pl.DataFrame(
            {
                "subscriber": numbers.gather(rng.integers(0, people, count).astype(np.uint32)),
                "started": pl.Series(at * 1_000_000).cast(pl.Datetime("us", "UTC")),
                "type": types.gather(kind.astype(np.uint32)),
                "direction": ways.gather(way),
                "quantity": np.where(kind == 0, seconds * 1000, np.where(kind == 1, 1, octets)),
                "party": pl.select(pl.when(pl.Series(kind == 2)).then(None).otherwise(party)).to_series(),
                "network": networks.gather(rng.integers(0, len(networks), count).astype(np.uint32)),
            }
        ).write_parquet(part)
        parts.append(part)
    pl.scan_parquet(parts).sink_parquet(usage)
    for part in parts:
        part.unlink()


if __name__ == "__main__":
    main()
