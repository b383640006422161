"""A whole run: divide the files, have the pieces rated, put together what came of them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from linehouse.kernel.error import Invalid
from linehouse.run.rate_files.catalogs import keep_catalogs, read_catalogs
from linehouse.run.rate_files.circles import keep_groups
from linehouse.run.rate_files.executors import Executor, executor
from linehouse.run.rate_files.layout import BALANCES, REFUSED, Form
from linehouse.run.rate_files.memory import watched
from linehouse.run.rate_files.pieces import PIECE_ROWS, divide, how_many, part_of, work_folder
from linehouse.run.rate_files.progress import Progress, Silent
from linehouse.run.rate_files.rate_one import ADDED, Done, Job, rate_one, warm_up
from linehouse.run.rate_files.reading import Usage, read_usage
from linehouse.run.rate_files.subscribers import PROBLEM, read_subscribers
from linehouse.run.rate_files.summary import Summary

_BALANCE_KINDS = pl.Schema(
    dict(
        zip(
            BALANCES,
            (
                pl.String(),
                pl.String(),
                pl.String(),
                pl.Datetime("us", "UTC"),
                pl.Datetime("us", "UTC"),
                pl.Int64(),
                pl.Int64(),
            ),
            strict=True,
        )
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be rated by what, and where it goes. ``zone`` is that of instants without an offset."""

    catalogs: Sequence[str]
    subscribers: Path
    usage: Sequence[Path]
    out: Path
    balances: Path | None = None
    zone: str | None = None
    workers: int = 0
    """Processes; 0 is one for each core."""
    cluster: str = ""
    piece_rows: int = PIECE_ROWS


def refused_path(out: Path) -> Path:
    """Where rows go that were not rated."""
    return out.with_name(f"{out.name}.rejected.csv")


def rate_files(order: Order, progress: Progress | None = None) -> Summary:
    """Rate the files. The output is there in whole in the end, or not at all.

    Raises Invalid and InvalidFields for files that cannot be read at all, FilesInvalid for a wrong catalog.
    """
    began = time.perf_counter()
    told = progress or Silent()
    _check(order)
    with work_folder(order.out) as folder, watched() as memory:
        kept = keep_catalogs(order.catalogs, folder)
        catalogs = read_catalogs(kept)
        subscribers = read_subscribers(order.subscribers, catalogs.first, order.zone)
        usage = read_usage(order.usage)
        keep_groups(subscribers, folder)
        problems = subscribers[PROBLEM].drop_nulls().to_list()
        known = len(subscribers)
        count = how_many(usage.rows, order.piece_rows)
        workers = order.workers or len(os.sched_getaffinity(0))
        with executor(min(workers, count), order.cluster) as pool:
            for _ in range(min(workers, count)):
                pool.submit(warm_up, str(kept))
            told.begin("reading", usage.rows)
            records = divide(usage, subscribers, count, folder, told.more)
            del subscribers
            told.begin("rating", records)
            done = _rate(pool, _jobs(order, usage, folder, kept, count), told)
        told.begin("writing", records)
        _finish(order, usage, folder, count, has_refused=any(one.refused for one in done))
    return Summary.of(
        done,
        records=records,
        subscribers=known,
        problems=problems,
        currency=catalogs.first.brand.currency,
        catalog=catalogs.digest,
        seconds=time.perf_counter() - began,
        memory=memory.most,
        out=order.out,
        refused_file=refused_path(order.out),
    )


def _check(order: Order) -> None:
    for name, path in (("out", order.out), ("balances", order.balances)):
        if path is not None and Form.of(path) is None:
            raise Invalid(
                f"{path} is neither CSV nor Parquet",
                field=name,
                value=path.name,
                expected="a name in .csv or .parquet, or one without an ending for a folder of Parquet files",
            )
        if path is not None and Form.of(path) is Form.FOLDER and path.exists():
            raise Invalid(f"{path} is there already", field=name, value=str(path), expected="a folder that is new")
    inputs = {path.resolve() for path in (*order.usage, order.subscribers)}
    outputs = [path for path in (order.out, order.balances, refused_path(order.out)) if path is not None]
    for path in outputs:
        if path.resolve() in inputs:
            raise Invalid(f"{path} is read in this run", field="out", value=str(path), expected="another file")
    if order.balances is not None and order.balances.resolve() == order.out.resolve():
        raise Invalid(
            f"{order.balances} is the output", field="balances", value=str(order.out), expected="another file"
        )


def _jobs(order: Order, usage: Usage, folder: Path, kept: Path, count: int) -> list[Job]:
    here = folder.resolve()
    return [
        Job(
            folder=str(here),
            catalogs=str(here / kept.name),
            place=place,
            count=count,
            files=tuple(path.name for path in usage.files),
            columns=usage.columns,
            zone=order.zone,
            rated=Form(order.out.suffix.lower()),
            balances=None if order.balances is None else Form(order.balances.suffix.lower()),
        )
        for place in range(count)
    ]


def _rate(pool: Executor, jobs: Sequence[Job], told: Progress) -> list[Done]:
    waiting = [pool.submit(rate_one, job) for job in jobs]
    done = []
    try:
        for one in as_completed(waiting):
            done.append(one.result())
            told.more(done[-1].records)
    except BaseException:
        for one in waiting:
            one.cancel()
        raise
    return sorted(done, key=lambda one: one.place)


def _finish(order: Order, usage: Usage, folder: Path, count: int, *, has_refused: bool) -> None:
    """Put the parts together, in the order of the pieces, and give the files their names; the output comes last."""
    rated = pl.Schema({**usage.kinds, **ADDED})
    outputs = [(order.out, "rated", rated)]
    if order.balances is not None:
        outputs.insert(0, (order.balances, "balances", _BALANCE_KINDS))
    refused = refused_path(order.out)
    if has_refused:
        kinds: dict[str, pl.DataType] = {**usage.kinds, **dict.fromkeys(REFUSED, pl.String())}
        outputs.insert(0, (refused, "refused", pl.Schema(kinds)))
    whole = []
    for path, what, schema in outputs:
        parts = [part for place in range(count) if (part := part_of(folder, what, place)).exists()]
        target = folder / f"whole-{what}{path.suffix.lower()}"
        _JOIN[Form(path.suffix.lower())](parts, schema, target)
        whole.append((target, path))
    if not has_refused:
        refused.unlink(missing_ok=True)
    for target, path in whole:
        shutil.move(target, path)


def _join_csv(parts: Sequence[Path], schema: pl.Schema, target: Path) -> None:
    with target.open("wb") as whole:
        pl.DataFrame(schema=schema).write_csv(whole)
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, whole, 1 << 20)
            part.unlink()


def _join_folder(parts: Sequence[Path], schema: pl.Schema, target: Path) -> None:
    target.mkdir()
    if not parts:
        pl.DataFrame(schema=schema).write_parquet(target / "part-00000.parquet")
    for part in parts:
        part.replace(target / f"part-{part.name.rpartition('-')[2]}.parquet")


def _join_parquet(parts: Sequence[Path], schema: pl.Schema, target: Path) -> None:
    if parts:
        pl.scan_ipc(list(parts)).sink_parquet(target, compression_level=1)
    else:
        pl.DataFrame(schema=schema).write_parquet(target)


_JOIN = {Form.CSV: _join_csv, Form.PARQUET: _join_parquet, Form.FOLDER: _join_folder}
