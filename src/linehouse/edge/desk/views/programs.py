"""Programs that call the APIs of the brand: registered, changed, given new secrets, revoked; and what they call."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.access_forms import ProgramForm, RotateForm, WhyForm
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.ui.charts import Chart, Series, stacked_bars
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import in_memory
from linehouse.edge.ui.table import Column, Empty, Kind, Shown, Table
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError
from linehouse.platform.access import meter, programs
from linehouse.platform.access.changes import changes_of
from linehouse.platform.access.meter import DayOfCalls
from linehouse.platform.access.programs import NewSecret, ProgramView

DAYS: Final = 14


def _scopes(one: ProgramView) -> str:
    return ", ".join(one.scopes[:4]) + (" …" if len(one.scopes) > 4 else "")


@desk_view("access.read", section="clients")
def clients(request: DeskRequest) -> HttpResponse:
    """All programs of the brand."""
    brand = request.desk.brand.key
    table = Table[ProgramView](
        key="clients",
        caption=gettext("API clients"),
        columns=(
            Column("name", gettext("Name"), sort=True, link=lambda c: reverse("desk:client", args=(brand, c.id))),
            Column("state", gettext("State"), Kind.STATUS, sort=True),
            Column(
                "scopes",
                gettext("What it may do"),
                value=_scopes,
            ),
            Column("dealer", gettext("Dealer"), shown=Shown.FROM_DESKTOP),
            Column("per_minute", gettext("Calls in a minute"), Kind.NUMBER, shown=Shown.FROM_TABLET),
            Column("monthly_quota", gettext("Calls in a month"), Kind.NUMBER, shown=Shown.FROM_DESKTOP),
            Column(
                "created_at", gettext("Registered (machine time)"), Kind.INSTANT, sort=True, shown=Shown.FROM_DESKTOP
            ),
        ),
        search_label=gettext("Name, permission or dealer"),
        sort="name",
        empty=Empty(
            gettext("No program yet"),
            gettext("Register one to let a web shop or a billing partner call the APIs."),
            "key",
        ),
    )
    actions = [Action(gettext("Register a program"), reverse("desk:client_new", args=(brand,)), "plus")]
    return answer_list(
        request,
        table,
        in_memory(list(programs.programs(brand)), table),
        context={
            "title": gettext("API clients"),
            "lede": gettext("Programs that call the APIs with an id and a secret of their own."),
            "actions": actions if "access.write" in request.desk.permissions else [],
        },
    )


@desk_view("access.read", section="clients")
def client(request: DeskRequest, client_id: UUID) -> HttpResponse:
    """One program: what it was given, its secrets, and what it called."""
    brand = request.desk.brand.key
    found = programs.program(brand, client_id)
    today = MachineClock().now().date()
    used = meter.usage_of(client_id, min(today.replace(day=1), today - timedelta(days=DAYS - 1)))
    now = MachineClock().now()
    context = {
        "client": found,
        "secrets": [(one, one.holds_at(now)) for one in found.secrets],
        "sights": sorted(found.sights.items()),
        "chart": _chart(used, today),
        "this_month": sum(day.calls for day in used if day.day >= today.replace(day=1)),
        "turned_away": sum(day.limited for day in used if day.day >= today.replace(day=1)),
        "changes": changes_of(brand, subject_id=client_id),
    }
    return render(request, "desk/client.html", context)


def _chart(used: list[DayOfCalls], today: date) -> Chart | None:
    """Calls of the last days by API."""
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    apis = sorted({one.api for one in used if one.day in days})
    if not apis:
        return None
    counts = {(one.api, one.day): one.calls for one in used}
    series = [Series(api, tuple(counts.get((api, day), 0) for day in days)) for api in apis]
    return stacked_bars(gettext("Calls by day"), [f"{day.day} {day:%b}" for day in days], series, column=gettext("Day"))


@desk_view("access.write", section="clients")
def new(request: DeskRequest) -> HttpResponse:
    """Register a program; its secret is shown on the answer, once."""
    desk = request.desk
    form = ProgramForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = programs.register_program(
                desk.brand.key, form.wishes(), actor=desk.actor, reason=form.cleaned_data["reason"]
            )
        except DomainError as refusal:
            tell(form, refusal)
        else:
            return _secret(request, made)
    return _form(request, form, gettext("Register a program"), gettext("Register"))


@desk_view("access.write", section="clients")
def edit(request: DeskRequest, client_id: UUID) -> HttpResponse:
    """Change what a program is given."""
    desk = request.desk
    found = programs.program(desk.brand.key, client_id)
    form = ProgramForm(request.POST if request.method == "POST" else None, initial=ProgramForm.of(found))
    if request.method == "POST" and form.is_valid():
        try:
            programs.change_program(
                desk.brand.key, client_id, form.wishes(), actor=desk.actor, reason=form.cleaned_data["reason"]
            )
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, gettext("The program was changed; it holds at once."))
            return redirect("desk:client", brand=desk.brand.key, client_id=client_id)
    title = gettext("Change %(name)s") % {"name": found.name}
    return _form(request, form, title, gettext("Change"), found)


@desk_view("access.write", section="clients")
def rotate(request: DeskRequest, client_id: UUID) -> HttpResponse:
    """Give a program a new secret; the old ones still hold for a while."""
    desk = request.desk
    found = programs.program(desk.brand.key, client_id)
    form = RotateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        overlap = timedelta(hours=form.cleaned_data["overlap_hours"])
        try:
            made = programs.rotate_secret(
                desk.brand.key, client_id, overlap=overlap, actor=desk.actor, reason=form.cleaned_data["reason"]
            )
        except DomainError as refusal:
            tell(form, refusal)
        else:
            return _secret(request, made)
    title = gettext("A new secret for %(name)s") % {"name": found.name}
    return _form(request, form, title, gettext("Make it"), found)


@desk_view("access.write", section="clients")
def revoke(request: DeskRequest, client_id: UUID) -> HttpResponse:
    """End a program for good."""
    desk = request.desk
    found = programs.program(desk.brand.key, client_id)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            programs.revoke_program(desk.brand.key, client_id, actor=desk.actor, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, gettext("%(name)s is revoked.") % {"name": found.name})
            return redirect("desk:client", brand=desk.brand.key, client_id=client_id)
    title = gettext("Revoke %(name)s") % {"name": found.name}
    return _form(request, form, title, gettext("Revoke"), found)


def _form(
    request: DeskRequest,
    form: ProgramForm | RotateForm | WhyForm,
    title: str,
    submit: str,
    found: ProgramView | None = None,
) -> HttpResponse:
    brand = request.desk.brand.key
    crumbs = [(gettext("API clients"), reverse("desk:clients", args=(brand,)))]
    if found is not None:
        crumbs = [(found.name, reverse("desk:client", args=(brand, found.id)))]
    return render(request, "desk/form.html", {"title": title, "form": form, "submit": submit, "crumbs": crumbs})


def _secret(request: DeskRequest, made: NewSecret) -> HttpResponse:
    found = programs.program(request.desk.brand.key, made.client_id)
    base = f"{request.scheme}://{request.get_host()}"
    return render(request, "desk/client_secret.html", {"client": found, "secret": made.secret, "base": base})
