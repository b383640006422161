"""How much memory a run holds: this process and those that it started, looked at four times a second."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import active_children
from pathlib import Path

_EVERY = 0.25


class Watched:
    """``most``: bytes held at one time by all of them; 0 where the machine does not tell."""

    def __init__(self) -> None:
        self.most = 0

    def look(self) -> None:
        """Look once."""
        pids = (os.getpid(), *(child.pid for child in active_children() if child.pid is not None))
        self.most = max(self.most, sum(_held(pid) for pid in pids))


@contextmanager
def watched() -> Iterator[Watched]:
    """Look as long as the body runs."""
    found, over = Watched(), threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY):
            found.look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()
        found.look()


def _held(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
