"""What of charging waits for a person: usage of which nobody can say what it costs, clients that use keys twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from linehouse.charging.service.costs import cost_gaps, price_costs
from linehouse.charging.values import KEY_REUSED, NO_COST
from linehouse.platform.work import Actor
from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import TaskView, Waiting


def without_cost(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Rated usage without a wholesale cost, by reason, kind of usage and zones."""
    for gap in cost_gaps(keys):
        evidence = {
            "reason": gap.reason,
            "usage": f"{gap.usage_type} {gap.direction}",
            "number zone": gap.number_zone,
            "network zone": gap.network_zone,
            "wholesale tariff": gap.rule,
            "records": str(gap.records),
            "usage from": gap.first_use.isoformat(),
            "usage until": gap.last_use.isoformat(),
        }
        yield Waiting(
            gap.key,
            f"{gap.usage_type} {gap.direction}, {gap.number_zone}, {gap.network_zone}",
            f"cost not known for {gap.records} {'record' if gap.records == 1 else 'records'}",
            {name: value for name, value in evidence.items() if value},
        )


def work_out(task: TaskView, actor: Actor) -> str:
    """Ask the wholesale tariffs again: the one of the time of use, then the newest."""
    known, left = price_costs(actor=actor, key=task.key, reason="from the work list")
    return str(_("The cost of %(known)d records is known now, of %(left)d it is not.") % {"known": known, "left": left})


task_kind(
    NO_COST,
    queue="usage",
    title=_("Usage without a known cost"),
    permission="usage.write",
    due=timedelta(days=5),
    link=lambda task: f"usage/analytics?by=number-zone&then=network-zone&start={task.evidence['usage from'][:10]}",
    retry=work_out,
    waiting=without_cost,
    dismissible=True,
)

task_kind(
    KEY_REUSED,
    queue="usage",
    title=_("A charging request under a key that was used before"),
    permission="usage.write",
    due=timedelta(days=2),
    dismissible=True,
)
