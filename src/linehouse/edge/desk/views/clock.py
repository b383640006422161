"""The business clock: what it shows, and moving it while everything that falls due runs."""

from datetime import UTC, date, datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy

from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.clock_mover import Mover, mover_of
from linehouse.kernel.period import day_start, local_date
from linehouse.platform.clock.service import ClockState
from linehouse.platform.jobs.service import search_jobs
from linehouse.platform.outbox.service import search_events


class MoveForm(forms.Form):
    """To which local date and time."""

    day = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(
        label=gettext_lazy("Time"), initial="00:00", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


@desk_view("clock.read", section="clock", write="clock.advance")
def clock(request: DeskRequest) -> HttpResponse:
    """Show the clock; a submit starts moving it."""
    desk = request.desk
    form = MoveForm(
        request.POST if request.method == "POST" else None, initial={"day": _tomorrow(request), "time": "00:00"}
    )
    if request.method == "POST":
        target = _step(request, request.POST.get("step", ""))
        if target is None and form.is_valid():
            moment = datetime.combine(form.cleaned_data["day"], form.cleaned_data["time"], desk.zone)
            target = moment.astimezone(UTC)
        if target is not None:
            if target <= desk.clock.now:
                messages.error(request, gettext("Business time moves forward only: choose a later moment."))
            else:
                mover_of(desk.brand.key).start(target, desk.actor)
            return redirect("desk:clock", brand=desk.brand.key)
    return render(request, "desk/clock.html", {"form": form, **_progress(request, desk.clock)})


@desk_view("clock.read", section="clock")
def progress(request: DeskRequest) -> HttpResponse:
    """The part of the page that shows a move; it asks again until the clock stands."""
    context = _progress(request, request.desk.clock)
    response = render(request, "desk/clock_progress.html", context)
    if not context["moving"] and request.GET.get("was") == "moving":
        response.headers["HX-Refresh"] = "true"
    return response


def _progress(request: DeskRequest, state: ClockState) -> dict[str, object]:
    mover: Mover = mover_of(request.desk.brand.key)
    moving = mover.running
    unfinished = not moving and state.target is not None and state.target > state.now
    start = mover.started_from or state.now
    target = state.target or state.now
    events, _ = search_events(name="clock.business", limit=8)
    failed, failed_count = search_jobs(state="failed", limit=3)
    return {
        "state": state,
        "moving": moving,
        "unfinished": unfinished,
        "done": max((state.now - start) // timedelta(minutes=1), 0),
        "span": max((target - start) // timedelta(minutes=1), 1),
        "jobs": mover.jobs,
        "problem": mover.problem,
        "target": target,
        "moves": [_Move(event.payload, event.actor) for event in events],
        "failed": failed,
        "failed_count": failed_count,
        "steps": _steps(request),
    }


class _Move:
    """A finished move, from its event."""

    def __init__(self, payload: dict[str, object], actor: str) -> None:
        self.moved_from = datetime.fromisoformat(str(payload["moved_from"]))
        self.moved_to = datetime.fromisoformat(str(payload["moved_to"]))
        self.actor = actor


def _today(request: DeskRequest) -> date:
    return local_date(request.desk.clock.now, request.desk.zone)


def _tomorrow(request: DeskRequest) -> date:
    return _today(request) + timedelta(days=1)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _steps(request: DeskRequest) -> list[tuple[str, str, datetime]]:
    now, zone = request.desk.clock.now, request.desk.zone
    return [
        ("hour", gettext("1 hour"), now + timedelta(hours=1)),
        ("day", gettext("1 day"), now + timedelta(days=1)),
        ("week", gettext("1 week"), now + timedelta(days=7)),
        ("month", gettext("To the 1st of next month"), day_start(_next_month(_today(request)), zone)),
    ]


def _step(request: DeskRequest, key: str) -> datetime | None:
    if key == "finish":
        return request.desk.clock.target
    return next((target for name, _, target in _steps(request) if name == key), None)
