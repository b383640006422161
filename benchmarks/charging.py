"""Online charging: debits over the doors of one charging process, beside pgbench on the same server in the same run.

Each request debits a call of a random line among so many: token or peer, line and buckets under lock, price, movement,
journal, rated record, session and stored answer, committed to the disk before it is answered (synchronous_commit is
on). The callers are a process of their own. pgbench's simple-update (``-N``: three statements, one of them an insert)
with 32 clients is the baseline, before and after. At the end the sums must agree: what the answers charged, what left
the balances, the journal, the rated usage.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from callers import Done, Work
from charging_ground import (
    BASELINE_CLIENTS,
    COST,
    HOST,
    PORTS,
    REALM,
    SHARERS,
    agree,
    hot_pool,
    node,
    pgbench,
    processor,
    provision,
    token_of,
    upkeep,
)
from ground import brand, headed

TARGET = 0.8
LONG = 60
"""Seconds of a round in which the server's upkeep is told."""


@click.command()
@click.option("--subscribers", default="100000", show_default=True, help="How many are provisioned; several by commas.")
@click.option("--doors", default="json,nchf,diameter", show_default=True, help="Through which doors.")
@click.option("--connections", default="1,8,32,128", show_default=True, help="How many requests are under way at once.")
@click.option("--requests", "count", default=4_000, show_default=True, help="Debits at each number of connections.")
@click.option("--rate", default=0, help="A round of so many a second beside: not as fast as it goes.")
@click.option("--minutes", default=0.0, help="A long round at 32 beside, with checkpoints and vacuum in it.")
@click.option("--hot", is_flag=True, help="A round in which all lines draw on one shared pool beside.")
def main(subscribers: str, doors: str, connections: str, count: int, rate: int, minutes: float, hot: bool) -> None:
    """Print requests a second and how soon they were answered."""
    sizes = subscribers.split(",")
    if len(sizes) > 1:
        # One server for each process: connections are known by name.
        for size in sizes:
            more = ["--hot"] if hot else []
            command = [sys.executable, __file__, "--subscribers", size, "--doors", doors, "--connections", connections]
            command += ["--requests", str(count), "--rate", str(rate), "--minutes", str(minutes), *more]
            subprocess.run(command, check=True)
        return
    headed(f"Online charging, {int(subscribers):,} subscribers, one process, callers in another")
    at_once = [int(one) for one in connections.split(",") if one]
    with brand():
        from django.db import connections as databases

        lines = int(subscribers)
        server = provision(lines)
        with TemporaryDirectory() as home, node(server, home) as process:
            token, asked = token_of(), 0
            for door in doors.split(","):
                works = list(_works(lines, door, at_once, count, rate, minutes))
                if hot:
                    pool = hot_pool(lines)
                    works.append(
                        ("one hot pool", Work(door, PORTS[door], BASELINE_CLIENTS, count, SHARERS, 99, first=pool))
                    )
                asked += _door(server, process.pid, token, door, works)
        agree(asked)
        click.echo(f"books: {asked:,} debits, {asked * COST / 1_000_000:,.2f} EUR in answers, balances, journal, usage")
        databases.close_all()


def _door(server: str, pid: int, token: str, door: str, works: Sequence[tuple[str, Work]]) -> int:
    """The rounds over one door, pgbench before and after; returns how many debits there were."""
    base = [pgbench(server)]
    click.echo(f"over {door}; pgbench simple-update, {BASELINE_CLIENTS} clients: {base[0]:,.0f}/s")
    asked, rates = 0, {}
    for title, work in works:
        before, kept = processor(pid), upkeep()
        done = _called(Work(**{**asdict(work), "token": token, "host": HOST, "realm": REALM}))
        asked += done.answered
        rates[title] = done.answered / done.seconds
        _say(title, done, processor(pid) - before)
        if work.seconds > LONG:
            now = upkeep()
            click.echo(f"    meanwhile {now[0] - kept[0]} checkpoints, {now[1] - kept[1]} automatic vacuums")
    base.append(pgbench(server))
    mean = sum(base) / 2
    click.echo(f"  pgbench afterwards: {base[1]:,.0f}/s")
    if (rate := rates.get(f"{BASELINE_CLIENTS} at once")) is not None:
        click.echo(f"  at {BASELINE_CLIENTS}: {rate / mean:.2f} of pgbench (target {TARGET})")
    return asked


def _works(
    lines: int, door: str, at_once: Sequence[int], count: int, rate: int, minutes: float
) -> Iterator[tuple[str, Work]]:
    port = PORTS[door]
    yield "warm", Work(door, port, 8, 500, lines, 1)
    for place, connections in enumerate(at_once):
        fewer = count if connections > 1 else count // 4
        yield f"{connections} at once", Work(door, port, connections, fewer, lines, 2 + place)
    if rate:
        yield f"{rate} a second", Work(door, port, BASELINE_CLIENTS, 0, lines, 50, seconds=15, rate=rate)
    if minutes:
        seconds = round(minutes * 60)
        yield f"{minutes:g} minutes at 32", Work(door, port, BASELINE_CLIENTS, 0, lines, 60, seconds=seconds)


def _called(work: Work) -> Done:
    """Let the callers do the work, in a process of their own."""
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, str(here / "callers.py")],
        input=json.dumps(asdict(work)) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return Done(**json.loads(done.stdout))


def _say(title: str, done: Done, spent: float) -> None:
    rate = done.answered / done.seconds
    click.echo(
        f"  {title:>16}: {rate:6,.0f} requests/s, p50 {done.p50 * 1000:.1f}, p95 {done.p95 * 1000:.1f},"
        f" p99 {done.p99 * 1000:.1f}, longest {done.longest * 1000:.0f} ms; processor time of the process"
        f" {spent / done.answered * 1000:.2f} ms each, of the callers {done.processor / done.answered * 1000:.2f} ms"
    )


if __name__ == "__main__":
    main()
