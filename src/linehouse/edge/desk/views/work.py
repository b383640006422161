"""The work list: everything that waits for a person."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, back, desk_view
from linehouse.edge.desk.tabs import tabs
from linehouse.edge.desk.work_rows import (
    AGES,
    PAUSES,
    Act,
    colleagues,
    may_work,
    need_work,
    queue_name,
    seen,
    tasks_source,
    tasks_table,
    worked,
)
from linehouse.edge.ui.charts import Series, stacked_bars
from linehouse.edge.ui.listing import answer_list
from linehouse.kernel.error import NotFound
from linehouse.platform.audit.service import history
from linehouse.platform.worklist import reading, service
from linehouse.platform.worklist.kinds import kind_named
from linehouse.platform.worklist.values import TaskFilter, TaskView


@desk_view("work.read", section="work")
def work(request: DeskRequest) -> HttpResponse:
    """Mine, my queues', or all tasks, the longest waiting first; chosen ones are worked on together."""
    visible = seen(request)
    me = request.desk.actor.id
    _, own = reading.tasks(TaskFilter(owner_id=me), kinds=visible, limit=1)
    _, queued = reading.tasks(TaskFilter(), kinds=worked(request), limit=1)
    _, every = reading.tasks(TaskFilter(), kinds=visible, limit=1)
    shown, tab = tabs(
        request,
        [("", gettext("My queues"), queued), ("mine", gettext("My tasks"), own), ("all", gettext("All"), every)],
    )
    kinds = worked(request) if tab == "" else visible
    narrowed: dict[str, Any] = {"owner_id": me} if tab == "mine" else {}
    aged = reading.ageing(TaskFilter(**narrowed), kinds=kinds)
    queues = reading.queue_sizes(kinds=kinds)
    here = request.path + (f"?tab={tab}&" if tab else "?")
    context = {
        "title": gettext("Work list"),
        "lede": gettext("Everything that waits for a person, in one place. A task ends when its object is mended."),
        "tabs": shown,
        "above": "desk/work_ageing.html",
        "aged": aged,
        "buckets": [(name, aged.buckets[age], f"{here}age={age}") for age, name in AGES.items()],
        "overdue_url": f"{here}overdue=yes",
        "chart": stacked_bars(
            gettext("Tasks by age"),
            [str(name) for name in AGES.values()],
            [Series(gettext("Tasks"), tuple(aged.buckets[age] for age in AGES))],
            column=gettext("Age"),
            height=160,
        ),
        "queues": [(queue_name(queue), count, f"{here}queue={queue}") for queue, count in sorted(queues.items())],
    }
    return answer_list(
        request,
        tasks_table(request),
        tasks_source(kinds, **narrowed),
        context=context,
        keep=("tab",),
    )


@desk_view("work.read", section="work")
def task(request: DeskRequest, task_id: UUID) -> HttpResponse:
    """One task: what it is about, what is known, what was done, and what can be done."""
    visible = seen(request)
    found = service.find_task(task_id, kinds=visible)
    kind = kind_named(found.kind)
    before, after = reading.neighbours(task_id, TaskFilter(), kinds=visible)
    brand = request.desk.brand.key
    link = kind.link(found) if kind.link else ""
    customer = customers.customers([found.customer_id]).get(found.customer_id) if found.customer_id else None
    context = {
        "task": found,
        "queue": queue_name(found.queue),
        "link": f"{reverse('desk:dashboard', args=(brand,))}{link}" if link else "",
        "customer": customer,
        "may": may_work(request, found),
        "can_retry": kind.retry is not None,
        "follows": kind.waiting is not None,
        "dismissible": kind.waiting is None or kind.dismissible,
        "previous_url": reverse("desk:task", args=(brand, before)) if before else "",
        "next_url": reverse("desk:task", args=(brand, after)) if after else "",
        "colleagues": colleagues(brand) if found.live and may_work(request, found) else [],
        "pauses": [
            ("4h", gettext("4 hours")),
            ("1d", gettext("1 day")),
            ("3d", gettext("3 days")),
            ("7d", gettext("7 days")),
        ],
        "changes": history("worklist.Task", found.id, limit=50),
    }
    return render(request, "desk/task.html", context)


def _take(request: DeskRequest, found: TaskView, note: str) -> str:
    service.take(found.id, actor=request.desk.actor)
    return gettext("The task is yours.")


def _assign(request: DeskRequest, found: TaskView, note: str) -> str:
    people = dict(colleagues(request.desk.brand.key))
    chosen = request.POST.get("owner", "")
    if chosen not in people:
        raise NotFound(gettext("nobody of that id works here"), field="owner", value=chosen)
    service.assign(found.id, chosen, people[chosen], actor=request.desk.actor)
    return gettext("The task is %(name)s's.") % {"name": people[chosen]}


def _give_back(request: DeskRequest, found: TaskView, note: str) -> str:
    service.give_back(found.id, actor=request.desk.actor)
    return gettext("The task is left to its queue.")


def _wait(request: DeskRequest, found: TaskView, note: str) -> str:
    service.wait_for(found.id, note, actor=request.desk.actor)
    return gettext("The task waits for somebody else.")


def _snooze(request: DeskRequest, found: TaskView, note: str) -> str:
    pause = PAUSES.get(request.POST.get("pause", ""), PAUSES["1d"])
    service.snooze(found.id, request.desk.clock.now + pause, actor=request.desk.actor, note=note)
    return gettext("The task comes up again later.")


def _retry(request: DeskRequest, found: TaskView, note: str) -> str:
    return service.retry(found.id, actor=request.desk.actor)


def _finish(request: DeskRequest, found: TaskView, note: str) -> str:
    service.finish(found.id, note, actor=request.desk.actor)
    return gettext("The task is done.")


def _dismiss(request: DeskRequest, found: TaskView, note: str) -> str:
    service.dismiss(found.id, note, actor=request.desk.actor)
    return gettext("The task has been set aside.")


MOVES: Final[dict[str, Act]] = {
    "take": _take,
    "assign": _assign,
    "give-back": _give_back,
    "wait": _wait,
    "snooze": _snooze,
    "retry": _retry,
    "finish": _finish,
    "dismiss": _dismiss,
}


@require_POST
@desk_view("work.read", section="work", write="work.write")
def move(request: DeskRequest, task_id: UUID, move: str) -> HttpResponse:
    """Take, assign, give back, pause, retry, finish or set aside a task."""
    if move not in MOVES:
        raise NotFound(gettext("there is no such page"), field="move", value=move)
    found = service.find_task(task_id, kinds=seen(request))
    need_work(request, found)
    messages.success(request, MOVES[move](request, found, request.POST.get("note", "").strip()))
    return redirect("desk:task", brand=request.desk.brand.key, task_id=task_id) if move != "take" else back(request)
