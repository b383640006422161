"""Files to rate, and an executor that does everything at once in the process of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROBIN = Path(__file__).resolve().parents[3] / "brands" / "robin"
SUBSCRIBERS = """\
subscriber,offering,activated,cycle_day,balance,add_ons
+31610000001,robin-sim-only-20,2026-01-01T00:00:00+01:00,15,,robin-booster-5gb@2026-11-10T12:00:00+01:00
+31610000002,robin-prepaid-start,2026-11-01T00:00:00+01:00,,2.50,
+31610000003,robin-sim-only-20,2026-11-05T10:00:00+01:00,,,
"""
USAGE = """\
subscriber,started,type,direction,quantity,party,network,cell
+31610000001,2026-11-02T18:00:00+01:00,voice,out,61 s,+31612345678,204-04,A1
+31610000001,2026-11-14T18:10:00+01:00,data,,19.9 GB,,204-04,"A,2"
+31610000001,2026-11-14T18:20:00+01:00,data,,6 GB,,204-04,A2
+31610000001,2026-11-15T00:20:00+01:00,data,,1 GB,,20404,A2
31610000002,2026-11-02 18:00:00+01:00,voice,out,13000000,+31612345678,20404,A3
31610000002,2026-11-02T18:30:00Z,sms,out,1,+4912345678,20404,A3
31610000002,2026-11-02T18:20:00Z,sms,out,1,+31612345678,20404,A3
+31610000003,2026-11-20T08:30:00Z,voice,out,10 min,+12125550123,204-04,
+31610000003,2026-11-20T08:00:00Z,voice,in,90 s,+31612345678,310-260,
+31610000003,2026-11-20T09:00:00Z,voice,out,1 min,112,204-04,
"""


class AtOnce:
    """Does what it is asked before it answers. ``fails_at``: that call raises instead."""

    def __init__(self, fails_at: int = 0) -> None:
        self.calls, self._fails_at = 0, fails_at

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls += 1
        done: Future[Any] = Future()
        if self.calls == self._fails_at:
            done.set_exception(RuntimeError("the machine went away"))
        else:
            done.set_result(fn(*args, **kwargs))
        return done


def hands(executor: AtOnce) -> Callable[..., Any]:
    """In place of ``executors.executor``."""

    @contextmanager
    def given(workers: int, cluster: str) -> Iterator[AtOnce]:
        yield executor

    return given


def written(folder: Path, usage: str = USAGE, subscribers: str = SUBSCRIBERS) -> dict[str, Path]:
    """Both files, and where the output goes."""
    (folder / "subscribers.csv").write_text(subscribers, encoding="utf-8")
    (folder / "usage.csv").write_text(usage, encoding="utf-8")
    return {name: folder / f"{name}.csv" for name in ("subscribers", "usage", "out", "balances")}


def rows(lines: Iterable[str]) -> str:
    """More usage under the same heading."""
    return USAGE.splitlines()[0] + "\n" + "".join(f"{line}\n" for line in lines)
