"""Jobs per second: the worker's loop with a handler that does nothing, beside bare transactions of one UPDATE each.

The bare transaction marks one row of the same table as done: no claim, no unit of work, no history context.
"""

from __future__ import annotations

from ground import brand, headed, timed, told

JOBS, ROUNDS = 200, 6


def main() -> None:
    """Run waiting jobs one by one, and update as many rows bare, in turns."""
    ours: list[float] = []
    theirs: list[float] = []
    with brand() as key:
        from django.db import transaction

        from linehouse.platform.jobs.registry import Payload, job
        from linehouse.platform.jobs.service import enqueue
        from linehouse.platform.runner import run_one
        from linehouse.platform.sql import brand_cursor
        from linehouse.platform.work import SYSTEM, Work, unit_of_work

        @job("bench.nothing")
        def nothing(_: Payload, __: Work) -> None:
            """A job whose own work takes no time."""

        def fill(name: str) -> None:
            with unit_of_work(SYSTEM, "benchmark"):
                for place in range(JOBS):
                    enqueue("bench.nothing", {}, key=f"{name}-{place}")

        for number in range(-1, ROUNDS):
            fill(f"run-{number}")
            with timed(ours):
                for _ in range(JOBS):
                    if not run_one():
                        raise RuntimeError("a job is missing")
            fill(f"bare-{number}")
            with brand_cursor() as cursor:
                cursor.execute("SELECT id FROM jobs_job WHERE state = 'waiting'")
                ids = [row[0] for row in cursor.fetchall()]
            with timed(theirs):
                for found in ids:
                    with transaction.atomic(using=key), brand_cursor() as cursor:
                        cursor.execute("UPDATE jobs_job SET state = 'done' WHERE id = %s", [found])
    headed("jobs: one worker, each job in a transaction of its own with the mark that it has run")
    told("run_one", "UPDATE", JOBS, ours[1:], theirs[1:], "jobs")


if __name__ == "__main__":
    main()
