"""Events, jobs and what this installation is."""

import json
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from linehouse.edge.desk.access import DeskRequest, back, desk_view
from linehouse.edge.desk.shown import outside_world
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.kernel.error import NotFound
from linehouse.kernel.event import all_event_types
from linehouse.platform.jobs import service as job_service
from linehouse.platform.jobs.lifecycle import JOB
from linehouse.platform.jobs.models import Job
from linehouse.platform.jobs.service import JobView
from linehouse.platform.outbox.models import OutboxEvent
from linehouse.platform.outbox.service import Recorded, recorded, search_events

EVENT_COLUMNS: Final = (
    Column[Recorded]("position", gettext_lazy("Position"), Kind.NUMBER, sort=True),
    Column[Recorded]("name", gettext_lazy("Event"), Kind.CODE),
    Column[Recorded]("actor", gettext_lazy("By"), shown=Shown.FROM_TABLET),
    Column[Recorded]("aggregate_id", gettext_lazy("Aggregate"), Kind.CODE, shown=Shown.FROM_DESKTOP),
    Column[Recorded]("business_time", gettext_lazy("Business time"), Kind.EXACT_INSTANT, sort=True),
    Column[Recorded]("machine_time", gettext_lazy("Machine time"), Kind.EXACT_INSTANT, shown=Shown.FROM_DESKTOP),
)
JOB_COLUMNS: Final = (
    Column[JobView]("kind", gettext_lazy("Kind"), Kind.CODE),
    Column[JobView]("state", gettext_lazy("State"), Kind.STATUS),
    Column[JobView]("due_at", gettext_lazy("Due (business time)"), Kind.INSTANT, sort=True),
    Column[JobView]("attempts", gettext_lazy("Attempts"), Kind.NUMBER, sort=True, shown=Shown.FROM_TABLET),
    Column[JobView](
        "last_error",
        gettext_lazy("Last error"),
        value=lambda job: job.last_error.strip().splitlines()[-1][:160] if job.last_error.strip() else "",
    ),
    Column[JobView]("ended_at", gettext_lazy("Ended (machine time)"), Kind.EXACT_INSTANT, shown=Shown.FROM_DESKTOP),
)


@desk_view("operations.read", section="events")
def events(request: DeskRequest) -> HttpResponse:
    """The brand's event log, newest first."""
    brand = request.desk.brand.key
    table = Table[Recorded](
        key="events",
        caption=gettext("Events"),
        columns=(
            Column(
                "name", gettext("Event"), Kind.CODE, link=lambda event: reverse("desk:event", args=(brand, event.id))
            ),
            *(column for column in EVENT_COLUMNS if column.key != "name"),
        ),
        filters=(Filter("name", gettext("Event"), lambda: [(name, name) for name in sorted(all_event_types())]),),
        search_label=gettext("Part of an event's name"),
        sort="-position",
        empty=Empty(gettext("No event yet"), gettext("Whatever happens in this brand is recorded here."), "event"),
        size=50,
    )

    return answer_list(
        request,
        table,
        paged(
            lambda query, offset, limit: search_events(
                name=query.filters.get("name") or query.search, offset=offset, limit=limit
            ),
            table,
        ),
        context={
            "title": gettext("Events"),
            "lede": gettext("Every fact that this brand has recorded, newest first. Events are never changed."),
        },
    )


@desk_view("operations.read", section="events")
def event(request: DeskRequest, event_id: UUID) -> HttpResponse:
    """One event with its payload and what it belongs to."""
    try:
        fact = recorded(event_id)
    except OutboxEvent.DoesNotExist:
        raise NotFound(gettext("there is no such event"), field="id", value=str(event_id)) from None
    related, _ = search_events(aggregate_id=fact.aggregate_id, limit=30)
    return render(
        request,
        "desk/event.html",
        {"fact": fact, "payload": json.dumps(fact.payload, indent=2, ensure_ascii=False), "related": related},
    )


@desk_view("operations.read", section="jobs")
def jobs(request: DeskRequest) -> HttpResponse:
    """The brand's jobs, newest first."""
    brand = request.desk.brand.key
    table = Table[JobView](
        key="jobs",
        caption=gettext("Jobs"),
        columns=(
            Column("kind", gettext("Kind"), Kind.CODE, link=lambda job: reverse("desk:job", args=(brand, job.id))),
            *JOB_COLUMNS[1:],
        ),
        filters=(Filter("state", gettext("State"), tuple((state, state.capitalize()) for state in JOB.states)),),
        search_label=gettext("Part of a kind's name"),
        empty=Empty(gettext("No job yet"), gettext("Work that is done later, or by the worker, waits here."), "job"),
        size=50,
    )

    return answer_list(
        request,
        table,
        paged(
            lambda query, offset, limit: job_service.search_jobs(
                state=query.filters.get("state", ""), kind=query.search, offset=offset, limit=limit
            ),
            table,
        ),
        context={
            "title": gettext("Jobs"),
            "lede": gettext("Work of the worker and the timers. A failed job can be tried again here."),
        },
    )


@desk_view("operations.read", section="jobs")
def job(request: DeskRequest, job_id: UUID) -> HttpResponse:
    """One job with its last error."""
    return render(request, "desk/job.html", {"job": _job(job_id)})


@require_POST
@desk_view("operations.read", section="jobs", write="operations.write")
def job_move(request: DeskRequest, job_id: UUID) -> HttpResponse:
    """Try a failed job again, or give it up."""
    reason = request.POST.get("reason", "").strip() or "from the jobs screen"
    if request.POST.get("move") == "discard":
        job_service.discard(job_id, actor=request.desk.actor, reason=reason)
        messages.success(request, gettext("The job has been given up."))
    else:
        job_service.retry(job_id, actor=request.desk.actor, reason=reason)
        messages.success(request, gettext("The job will run again."))
    return back(request)


def _job(job_id: UUID) -> JobView:
    row = Job.objects.filter(id=job_id).first()
    if row is None:
        raise NotFound(gettext("there is no such job"), field="id", value=str(job_id))
    return JobView(
        row.id,
        row.kind,
        row.key,
        row.state,
        row.due_at,
        row.attempts,
        row.last_error,
        row.not_before,
        row.made_at,
        row.ended_at,
    )


@desk_view("operations.read", section="about")
def about(request: DeskRequest) -> HttpResponse:
    """What this installation is: addresses, settings without secrets, versions."""
    return render(request, "desk/about.html", {"settings": _settings(), "addresses": _addresses(request)})


def _addresses(request: DeskRequest) -> list[tuple[str, str, str]]:
    """Where else this installation answers, as seen from this browser."""
    here = f"{request.scheme}://{request.get_host()}"
    found = [
        (
            gettext("TM Forum APIs"),
            f"{here}/tmf-api/",
            gettext("With an API client's token; docs/reference/tmf-apis.md lists them."),
        ),
        (gettext("Health"), f"{here}/readyz", gettext("Whether every database answers.")),
    ]
    if url := outside_world(request):
        found.insert(
            0,
            (
                gettext("The outside world"),
                url,
                gettext("Mailbox and bank of the demo, and the host network's faults."),
            ),
        )
    return found


def _settings() -> list[tuple[str, str, str]]:
    from linehouse.platform.settings import described

    mine = settings.SETTINGS
    shown = []
    for setting in described():
        value = getattr(mine, setting.field)
        shown.append((setting.variable, "hidden" if setting.secret else str(value) or "empty", setting.description))
    return shown
