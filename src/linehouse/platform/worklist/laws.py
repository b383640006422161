"""The law of the work list, from both sides."""

from __future__ import annotations

from linehouse.platform.checks import Finding, Verdict, check
from linehouse.platform.worklist.kinds import all_kinds
from linehouse.platform.worklist.lifecycle import LIVE
from linehouse.platform.worklist.models import Task


@check("worklist.complete", "What waits for a person has exactly one live task, and each live task has its object.")
def everything_that_waits_has_its_task() -> Verdict:
    """Kind by kind, for those that say what waits; what a person has dismissed since it happened is settled."""
    findings: list[Finding] = []
    examined = 0
    figures: dict[str, str] = {}
    for kind in all_kinds().values():
        if kind.waiting is None:
            continue
        waiting = {one.key: one for one in kind.waiting(None)}
        live = set(Task.objects.filter(kind=kind.name, state__in=LIVE).values_list("key", flat=True))
        dismissed = (
            dict(Task.objects.filter(kind=kind.name, state="dismissed").values_list("key", "settled_at"))
            if kind.dismissible
            else {}
        )
        for key, one in waiting.items():
            set_aside = dismissed.get(key)
            if key not in live and not (set_aside and (one.since is None or one.since <= set_aside)):
                findings.append(Finding(f"{kind.name} {one.subject}", "a live task", "none"))
        orphans = sorted(live - set(waiting))
        findings += [Finding(f"{kind.name} {key}", "an object that waits", "none") for key in orphans]
        examined += len(waiting.keys() | live)
        if waiting:
            figures[kind.name] = str(len(waiting))
    return Verdict(examined, tuple(findings), figures)
