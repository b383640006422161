"""How far a run is: a bar on a terminal, a line now and then where there is none."""

from __future__ import annotations

import time
from typing import Protocol, Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

_EVERY = 10
"""Seconds between two lines."""


class Progress(Protocol):
    """Is told how a run goes."""

    def begin(self, step: str, records: int) -> None:
        """A step begins, over so many records; for files of text the number is reckoned."""
        ...

    def more(self, records: int) -> None:
        """So many more are done."""
        ...


class Silent:
    """Tells nobody."""

    def begin(self, step: str, records: int) -> None:
        """Nothing."""

    def more(self, records: int) -> None:
        """Nothing."""


class Lines:
    """A line for each step, and every ten seconds how far it is."""

    def __init__(self) -> None:
        self._step, self._done, self._of = "", 0, 0
        self._began = self._told = time.perf_counter()

    def begin(self, step: str, records: int) -> None:
        """One line."""
        self._step, self._done, self._of = step, 0, records
        self._began = self._told = time.perf_counter()
        click.echo(f"{step} {records} records", err=True)

    def more(self, records: int) -> None:
        """A line when ten seconds have gone by."""
        self._done += records
        now = time.perf_counter()
        if now - self._told >= _EVERY:
            self._told = now
            each = int(self._done / (now - self._began))
            click.echo(f"{self._step} {self._done} of {self._of} records, {each} records/s", err=True)


class Bar:
    """A bar for each step: records, records a second, the time that remains."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            TextColumn("{task.description:8}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
        )
        self._task: TaskID | None = None
        self._done, self._of, self._began = 0, 0, 0.0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finish()
        self._bars.stop()

    def begin(self, step: str, records: int) -> None:
        """The next bar; the one before is full."""
        self._finish()
        self._done, self._of, self._began = 0, records, time.perf_counter()
        self._task = self._bars.add_task(step, total=max(records, 1), speed="")

    def more(self, records: int) -> None:
        """Move it on."""
        self._done += records
        gone = max(time.perf_counter() - self._began, 0.001)
        if self._task is not None:
            total = max(self._of, self._done, 1)
            speed = f"{int(self._done / gone):,}/s"
            self._bars.update(self._task, completed=self._done, total=total, speed=speed)

    def _finish(self) -> None:
        if self._task is not None:
            total = max(self._done, 1)
            self._bars.update(self._task, completed=total, total=total)
