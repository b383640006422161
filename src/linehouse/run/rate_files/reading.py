"""Files of usage as one stream of rows. Nothing is read whole, whatever its size."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import ComputeError, PolarsError

from linehouse.kernel.error import Invalid
from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.run.rate_files.layout import NEEDED, POSSIBLE, REFUSED, heading_problems

MORE = "_more"
"""What stands in a row of CSV beyond its last column."""
FILE, ROW = "_file", "_row"
"""Where a row comes from: the file's place in the order given, and the row's in the file, from 1."""
_KINDS = (".csv", ".parquet")
_SAMPLE = 1 << 20


@dataclass(frozen=True, slots=True)
class Usage:
    """The files together. ``kinds`` are their columns in order, without those that a refused row brings."""

    files: tuple[Path, ...]
    kinds: dict[str, pl.DataType]
    rows: int
    """Of Parquet counted, of CSV reckoned from its first megabyte."""
    stream: pl.LazyFrame

    @property
    def columns(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.kinds)


def read_usage(files: Sequence[Path]) -> Usage:
    """Look at the files' headings. Raises InvalidFields with everything that is wrong with them, Invalid."""
    problems: list[Problem] = []
    heads: list[dict[str, pl.DataType]] = []
    for path in files:
        head = head_of(path)
        heads.append(head)
        problems += heading_problems(path, list(head))
        problems += _kind_problems(path, head)
    if problems:
        raise InvalidFields(tuple(problems))
    kinds: dict[str, pl.DataType] = {}
    for head in heads:
        for name, kind in head.items():
            if name not in REFUSED:
                kinds[name] = kind if kinds.get(name, kind) == kind else pl.String()
    streams = [
        scanned(path, head).select(
            pl.lit(place, pl.UInt16).alias(FILE),
            (pl.col(ROW).cast(pl.UInt32) + 1).alias(ROW),
            pl.col(MORE) if path.suffix.lower() == ".csv" else pl.lit(None, pl.String).alias(MORE),
            *(
                pl.col(name).cast(kind) if name in head else pl.lit(None, kind).alias(name)
                for name, kind in kinds.items()
            ),
        )
        for place, (path, head) in enumerate(zip(files, heads, strict=True))
    ]
    rows = sum(_count(path) for path in files)
    return Usage(tuple(files), kinds, rows, pl.concat(streams))


def head_of(path: Path) -> dict[str, pl.DataType]:
    """The columns of a file with their kinds; those of CSV are all text. Raises Invalid."""
    if path.suffix.lower() not in _KINDS:
        raise Invalid(
            f"{path} is neither CSV nor Parquet",
            field="file",
            value=path.name,
            expected=f"a name that ends in {' or '.join(_KINDS)}",
        )
    if path.suffix.lower() == ".parquet":
        try:
            return dict(pl.read_parquet_schema(path))
        except PolarsError as error:
            raise Invalid(f"{path} cannot be read as Parquet: {error}", field="file", value=path.name) from error
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        names = next(csv.reader(file), [])
    if any("\ufffd" in name for name in names):
        raise Invalid(f"{path}: its first line is not UTF-8", field="file", value=path.name, expected="a file in UTF-8")
    if len(names) == 1 and (other := next((mark for mark in ";\t|" if mark in names[0]), "")):
        raise Invalid(
            f"{path}: its columns are separated by {other!r}", field="file", value=path.name, expected="commas"
        )
    if not any(names):
        raise Invalid(f"{path} is empty", field="file", value=path.name, expected="a first line with column names")
    if len(set(names)) < len(names):
        # Polars would give the second another name; the heading tells it with the name as it stands in the file.
        twice = sorted({name for name in names if names.count(name) > 1})
        raise Invalid(
            f"{path}: column {twice[0]!r} is there twice", field="file", value=twice[0], expected="each column once"
        )
    return dict.fromkeys(names, pl.String())


def scanned(path: Path, head: dict[str, pl.DataType]) -> pl.LazyFrame:
    """The file as a stream with its row numbers from zero; of CSV also what stands beyond the last column."""
    if path.suffix.lower() == ".parquet":
        return pl.scan_parquet(path, row_index_name=ROW)
    return pl.scan_csv(
        path,
        schema={**head, MORE: pl.String()},
        missing_columns="insert",
        truncate_ragged_lines=True,
        row_index_name=ROW,
        encoding="utf8-lossy",
    )


def _kind_problems(path: Path, head: dict[str, pl.DataType]) -> Iterator[Problem]:
    """Columns of Parquet whose kind can never be right."""
    for name, kind in head.items():
        if name not in (*NEEDED, *POSSIBLE):
            continue
        text = kind in (pl.String, pl.Categorical, pl.Enum)
        if name in ("started", "ended"):
            right, expected = text or isinstance(kind, pl.Datetime), "timestamps or text"
        elif name in ("quantity", "rating_group", "utc_offset"):
            right, expected = text or kind.is_integer(), "whole numbers or text"
        elif name in ("on_net", "correction"):
            right, expected = text or kind == pl.Boolean, "booleans or text"
        elif name == "amount":
            right, expected = text or kind.is_integer() or kind.is_decimal(), "decimals or text: floats are not exact"
        else:
            right, expected = text or kind.is_integer(), "text"
        if not right:
            message = f"{path}: column {name!r} is of the kind {kind}"
            yield Problem("rate.heading", message, name, str(kind), expected)


def _count(path: Path) -> int:
    if path.suffix.lower() == ".parquet":
        try:
            return int(pl.scan_parquet(path).select(pl.len()).collect().item())
        except ComputeError as error:
            raise Invalid(f"{path} cannot be read as Parquet: {error}", field="file", value=path.name) from error
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    lines = max(sample.count(b"\n"), 1)
    return max(path.stat().st_size * lines // max(len(sample), 1), 1)
