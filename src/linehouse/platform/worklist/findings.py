"""Broken laws as tasks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from linehouse.platform.checks import Result
from linehouse.platform.work import Actor, unit_of_work
from linehouse.platform.worklist.lifecycle import LIVE
from linehouse.platform.worklist.models import Task
from linehouse.platform.worklist.service import raise_tasks, settle_tasks
from linehouse.platform.worklist.values import Waiting

LAW = "platform.law"
"""The kind of task of a broken law."""
_EACH = 100
"""Findings of one law that get a task each; more than that are one cause."""


def record_findings(results: Sequence[Result], *, actor: Actor) -> int:
    """Give each place where a law does not hold its task, and end the tasks of those where it holds again.

    ``results`` are those of a verification of all laws. Returns how many places there are.
    """
    wanted: dict[str, Waiting] = {}
    for result in results:
        for finding in result.verdict.findings[:_EACH]:
            key = f"{result.name}/{hashlib.sha256(finding.subject.encode()).hexdigest()[:16]}"
            wanted[key] = Waiting(
                key,
                f"{result.name}: {finding.subject}"[:200],
                result.law,
                {"law": result.name, "expected": finding.expected[:300], "found": finding.found[:300]},
            )
    with unit_of_work(actor, "laws verified"):
        raise_tasks(LAW, wanted.values())
        live = Task.objects.filter(kind=LAW, state__in=LIVE).values_list("key", flat=True)
        settle_tasks(LAW, sorted(set(live) - set(wanted)), outcome="the law holds again")
    return len(wanted)
