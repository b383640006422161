"""The folder of a run beside its output, and the pieces in it: each holds every record of the subscribers in it.

Pieces are written as the files are read, a part at a time, so nothing is held for long. A folder that a killed run left
behind is taken by the next run for the same output.
"""

from __future__ import annotations

import fcntl
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from linehouse.kernel.error import Invalid
from linehouse.run.rate_files.reading import ROW, Usage
from linehouse.run.rate_files.subscribers import INDEX, KEY, key_of

PIECE_ROWS = 400_000
"""About so many records are rated at once by one process; it bounds the memory."""
_SMALL_PIECE = 20_000
_FEW = 16
"""Smaller files are divided too, so that all cores have work, but into no more pieces than this."""
_MOST_PIECES = 4096
_READ_ROWS = 250_000
_PIECE = "_p"
_LENGTH = 8


@contextmanager
def work_folder(out: Path) -> Iterator[Path]:
    """A folder of its own beside the output, gone in the end. Raises Invalid while another run writes there."""
    folder = out.parent / f".{out.name}.work"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise Invalid(
            f"{out.parent} cannot be written: {error.strerror}", field="out", value=str(out), expected="a folder"
        ) from error
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Invalid(
                f"another run writes {out} at this moment", field="out", value=str(out), expected="another file"
            ) from None
        for left in folder.iterdir():
            if left.name != "lock":
                left.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def how_many(rows: int, piece_rows: int = PIECE_ROWS) -> int:
    """How many pieces for so many records. It does not depend on who rates them, so that all runs give the same."""
    by_size = -(-rows // piece_rows)
    return max(1, min(_MOST_PIECES, max(by_size, min(_FEW, rows // _SMALL_PIECE))))


def divide(usage: Usage, subscribers: pl.DataFrame, count: int, folder: Path, told: Callable[[int], None]) -> int:
    """Write the pieces into the folder; tells how many records were read more. Returns how many there were.

    Raises Invalid where a file is damaged.

    Records of nobody who is known are spread over all pieces. A row with nothing in it is no record.
    """
    for place in range(count):
        subscribers.filter(pl.col(INDEX) % count == place).write_ipc(subscribers_of(folder, place))
    known = subscribers.lazy().select(KEY, INDEX)
    stream = (
        usage.stream.filter(~pl.all_horizontal(pl.col(name).is_null() for name in usage.columns))
        .with_columns(key_of("subscriber").alias(KEY))
        .join(known, on=KEY, how="left")
        .drop(KEY)
        .with_columns((pl.coalesce(pl.col(INDEX), pl.col(ROW).cast(pl.Int32)) % count).cast(pl.UInt16).alias(_PIECE))
    )
    seen = 0
    try:
        for batch in stream.collect_batches(chunk_size=_READ_ROWS, maintain_order=False):
            _append(batch, folder)
            seen += len(batch)
            told(len(batch))
    except PolarsError as error:
        names = ", ".join(path.name for path in usage.files)
        raise Invalid(
            f"the usage cannot be read any further: {error}",
            field="usage",
            value=names,
            expected="files that are whole",
        ) from error
    return seen


def _append(batch: pl.DataFrame, folder: Path) -> None:
    parts = batch.partition_by(_PIECE, as_dict=True, include_key=False)
    for (place,), rows in parts.items():
        part = io.BytesIO()
        rows.write_ipc_stream(part, compression="lz4")
        with piece_of(folder, place).open("ab") as file:
            file.write(len(part.getbuffer()).to_bytes(_LENGTH, "big"))
            file.write(part.getbuffer())


def read_piece(path: Path) -> pl.DataFrame | None:
    """All records of a piece; None for one without any."""
    if not path.exists():
        return None
    parts = []
    with path.open("rb") as file:
        while length := file.read(_LENGTH):
            parts.append(pl.read_ipc_stream(io.BytesIO(file.read(int.from_bytes(length, "big")))))
    return pl.concat(parts, rechunk=True)


def piece_of(folder: Path, place: int) -> Path:
    """The records of a piece."""
    return folder / f"piece-{place:05}"


def subscribers_of(folder: Path, place: int) -> Path:
    """Those of its subscribers: the one with place i among all stands at i // count."""
    return folder / f"subscribers-{place:05}.arrow"


def part_of(folder: Path, what: str, place: int) -> Path:
    """What came of a piece: ``rated``, ``refused`` or ``balances``."""
    return folder / f"{what}-{place:05}"
