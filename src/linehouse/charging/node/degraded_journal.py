"""What was answered on trust, in a file of this node: synced before the answer leaves, charged later.

One process writes one file and holds a lock on it; a file whose lock is free was left by a process that died, and
whoever finds it charges it. A last line that was cut short was never answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec
import structlog

from linehouse.charging.node.requests import Door, Who
from linehouse.kernel.ids import new_id
from linehouse.rating.session.answers import Answer
from linehouse.rating.session.requests import Request

_log = structlog.get_logger(__name__)
_SUFFIX = ".trust"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A request that was answered on trust: when (business time), what it asked, what it was told."""

    who: Who
    door: Door
    session: str
    key: str
    fingerprint: str
    at: datetime
    request: Request
    answer: Answer


def encoded(kept: Kept) -> bytes:
    """The line of the file."""
    return msgspec.json.encode(kept) + b"\n"


@dataclass
class TrustJournal:
    """The file of one process and one database."""

    folder: Path
    database: str
    _file: IO[bytes] | None = None
    _path: Path | None = None
    _waiting: list[tuple[bytes, asyncio.Future[None]]] = field(default_factory=list)
    _writing: asyncio.Task[None] | None = None

    async def keep(self, line: bytes) -> None:
        """Return when it is on the disk. Raises OSError when it cannot be: then nothing may be answered."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((line, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def written(self) -> None:
        """Return when nothing is on its way to the disk."""
        if self._writing is not None:
            await self._writing

    def put_aside(self, kept: Kept, why: Exception) -> None:
        """It cannot be charged: somebody has to look at it."""
        self._refuse(encoded(kept), str(why))

    def _refuse(self, line: bytes, why: str) -> None:
        with (self.folder / f"{self.database}.refused").open("ab") as refused:
            refused.write(line)
        _log.error("what was answered on trust cannot be charged", file=refused.name, why=why)

    def waits(self) -> bool:
        """Whether there is any file of this database."""
        return any(self.folder.glob(f"{self.database}.*{_SUFFIX}"))

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._sync, b"".join(line for line, _ in batch))
            except OSError as error:
                for _, done in batch:
                    done.set_exception(error)
            else:
                for _, done in batch:
                    done.set_result(None)

    def _sync(self, lines: bytes) -> None:
        file = self._file or self._open()
        file.write(lines)
        file.flush()
        os.fdatasync(file.fileno())

    def _open(self) -> IO[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{self.database}.{os.getpid()}.{new_id().hex}{_SUFFIX}"
        made = path.with_suffix(".new")
        file = made.open("ab")
        made.chmod(0o600)
        # Nobody finds it before it is locked: whoever could would take it for a dead process's.
        fcntl.flock(file, fcntl.LOCK_EX)
        made.rename(path)
        self._file, self._path = file, path
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return file

    @contextlib.contextmanager
    def left(self) -> Iterator[list[Kept]]:
        """Everything that waits to be charged: of this process, and of those that died. Leaving ends the files.

        An exception keeps them; what was charged already is known by its key when it comes again.
        """
        files = dict(self._mine())
        try:
            kept = [one for path in files for one in self._read(path)]
            yield sorted(kept, key=lambda one: one.at)
        except BaseException:
            for file in files.values():
                if file is not self._file:
                    file.close()
            raise
        for path, file in files.items():
            path.unlink(missing_ok=True)
            file.close()
        self._file = None

    def _mine(self) -> Iterator[tuple[Path, IO[bytes]]]:
        for path in sorted(self.folder.glob(f"{self.database}.*{_SUFFIX}")):
            if self._file is not None and path == self._path:
                yield path, self._file
                continue
            file = path.open("ab")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                continue
            yield path, file

    def _read(self, path: Path) -> Iterator[Kept]:
        for line in path.read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                _log.warning("a line that was cut short, and so was never answered", file=path.name)
                return
            try:
                yield msgspec.json.decode(line, type=Kept)
            except msgspec.DecodeError as error:
                # It must not keep the others from being charged.
                self._refuse(line, str(error))
