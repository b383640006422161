"""Who rates the pieces: processes of this machine, or a cluster of many. Both are asked in the same words."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from linehouse.kernel.error import Invalid

T = TypeVar("T")
_THREADS = "POLARS_MAX_THREADS"
_GLANCE = 0.5
"""Seconds between two looks at whether the run still goes on."""


class Executor(Protocol):
    """The part of ``concurrent.futures.Executor`` that is needed: functions and values that can be pickled."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Have it done by somebody, some time."""
        ...


@contextmanager
def executor(workers: int, cluster: str = "") -> Iterator[Executor]:
    """Processes here, each with one thread; or the workers of the Dask scheduler at the address ``cluster``.

    Workers elsewhere need the same Linehouse, and see the folder of the output under the same path. Raises Invalid.
    """
    if cluster:
        yield from _dask(cluster)
    else:
        yield from _processes(workers)


def _processes(workers: int) -> Iterator[Executor]:
    # A thread for each process: so many cores are busy, and no piece holds more memory than it must.
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _leave_with, (os.getpid(),))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        if before is None:
            del os.environ[_THREADS]
        else:
            os.environ[_THREADS] = before


def _dask(address: str) -> Iterator[Executor]:
    if find_spec("distributed") is None:
        raise Invalid(
            "a cluster needs the library distributed",
            field="cluster",
            value=address,
            expected="an installation with it: pip install 'linehouse[cluster]'",
        )
    distributed: Any = import_module("distributed")
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise Invalid(
            f"no scheduler answers at {address}", field="cluster", value=address, expected="tcp://HOST:8786"
        ) from error
    with client, client.get_executor(pure=False) as pool:
        yield pool


def _leave_with(parent: int) -> None:
    """End this process soon after the run that started it, however that ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_GLANCE)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
