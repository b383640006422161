"""The ground that benchmarks stand on: a temporary server with one empty brand, and how figures are told."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import mkdtemp
from time import perf_counter

import click

os.environ.setdefault("LINEHOUSE_HOME", "/nonexistent/linehouse-benchmarks-need-no-home")
os.environ.setdefault("LINEHOUSE_LOG_LEVEL", "error")

BRAND = "bench"
START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@contextmanager
def brand() -> Iterator[str]:
    """An empty brand on an embedded server that is gone afterwards; its clock stands."""
    from linehouse.run.house import open_house

    open_house()
    from django.db import connections

    from linehouse.platform.clock.service import set_manual
    from linehouse.platform.partitions import ensure_ahead
    from linehouse.platform.postgres import databases
    from linehouse.platform.postgres.embedded import EmbeddedPostgres
    from linehouse.platform.scope import CONTROL, brand_scope, realm_scope

    # Not `EmbeddedPostgres.temporary`: that one is for tests and does not wait for the disk.
    folder = Path(mkdtemp(prefix="linehouse-benchmark-"))
    folder.chmod(0o711)  # the account that root drops to passes through
    server = EmbeddedPostgres(folder)
    try:
        installation = databases.Installation(server.start())
        databases.prepare_control(installation, lambda _: None)
        databases.prepare_template(installation, lambda _: None)
        with realm_scope(CONTROL):
            databases.create_brand(installation, BRAND, "Benchmark")
        with brand_scope(BRAND):
            set_manual(START)
            ensure_ahead(START)
            yield BRAND
    finally:
        connections.close_all()
        server.destroy()
        rmtree(folder, ignore_errors=True)


@contextmanager
def timed(seconds: list[float], clock: Callable[[], float] = perf_counter) -> Iterator[None]:
    """Append how long the body took; what only computes is told by ``time.process_time``, whatever else runs."""
    began = clock()
    yield
    seconds.append(clock() - began)


def told(what: str, baseline: str, count: int, ours: Sequence[float], theirs: Sequence[float], unit: str) -> None:
    """Say both figures: the median round of each, and what lies between them. ``count`` is done in each round."""
    here, there = median(ours) / count, median(theirs) / count
    width = max(len(what), len(baseline))
    click.echo(f"  {what:{width}}  {1 / here:14,.0f} {unit}/s")
    click.echo(f"  {baseline:{width}}  {1 / there:14,.0f} {unit}/s")
    times = f", {here / there:.2f} times as long" if here < 100 * there else ""
    click.echo(
        f"  {(here - there) * 1_000_000:,.1f} µs more for each{times}; median of {len(ours)} rounds of {count:,}"
    )


def headed(title: str) -> None:
    """Begin the report."""
    click.echo(f"{title}\n({machine()})")


def machine() -> str:
    """Processor, cores and Python of this machine."""
    name = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), name)
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"
