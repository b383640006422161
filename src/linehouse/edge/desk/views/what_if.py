"""Plans tried on usage of the past: started, watched, and read: who wins, who loses, what is left of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST
from django_stubs_ext import StrOrPromise

from linehouse.catalog import service as catalog
from linehouse.catalog.errors import NothingPublished
from linehouse.catalog.values import OfferingKind
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.catalog_files import files_of
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.desk.what_if_rows import BACK, STATES, bars_chart, even_rows, lines_table, record_rows, side_rows
from linehouse.edge.ui.listing import answer_list, wants_part
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Table
from linehouse.insight import service as insight
from linehouse.insight.service import WhatIfRequest, WhatIfRow, WhatIfSubscriber
from linehouse.kernel.error import DomainError, Invalid, NotFound
from linehouse.kernel.period import local_date

UPLOAD: Final = "upload"


class StartForm(forms.Form):
    """Which plan is tried, on whose usage, of which period."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=200)
    plan = forms.ChoiceField(
        label=gettext_lazy("Plan"),
        help_text=gettext_lazy("A draft, a published version, or files that you upload below."),
    )
    archive = forms.FileField(
        label=gettext_lazy("Catalog files"),
        required=False,
        help_text=gettext_lazy("Only for an upload: a .zip of the brand's folder."),
    )
    onto = forms.ChoiceField(
        label=gettext_lazy("Everybody on"),
        required=False,
        help_text=gettext_lazy("Else each stays on the offering that it has, as the plan's files write it."),
    )
    start = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    offering = forms.ChoiceField(
        label=gettext_lazy("Only who has"),
        required=False,
        help_text=gettext_lazy("Else every subscription takes part."),
    )
    accounts = forms.CharField(
        label=gettext_lazy("Only these billing accounts"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Numbers with spaces, commas or lines between them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans: list[tuple[str, StrOrPromise]] = []
        for draft in catalog.drafts(state="open", limit=50)[0]:
            label = gettext("Draft %(number)s: %(name)s") % {"number": draft.number, "name": draft.name}
            plans.append((f"draft:{draft.number}", label))
        plans += [
            (f"version:{version.number}", gettext("Version %(number)s") % {"number": version.number})
            for version in catalog.versions(limit=20)[0]
        ]
        plans.append((UPLOAD, gettext("Files that I upload")))
        self._choose("plan", plans)
        keys = [(one.key, one.name) for one in _plans()]
        self._choose("onto", [("", gettext("Its own offering")), *keys])
        self._choose("offering", [("", gettext("Everybody")), *keys])

    def _choose(self, name: str, choices: list[tuple[str, StrOrPromise]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def request(self) -> WhatIfRequest:
        """What was asked for. Raises Invalid for an archive that cannot be read, and what the catalogue raises."""
        given = self.cleaned_data
        files, origin = self._files(given["plan"])
        start: date = given["start"]
        last: date = given["last"]
        return WhatIfRequest(
            name=given["name"],
            start=start,
            until=last + timedelta(days=1),
            files=files,
            origin=origin,
            onto=given["onto"],
            offering=given["offering"],
            accounts=tuple(given["accounts"].replace(",", " ").split()),
        )

    def _files(self, plan: str) -> tuple[dict[str, str], str]:
        kind, _colon, number = plan.partition(":")
        if kind == "draft":
            return catalog.draft(number).files, f"draft {number}"
        if kind == "version":
            return catalog.exported_files(int(number)), f"version {number}"
        upload = self.cleaned_data["archive"]
        if not upload:
            raise Invalid(
                gettext("no file was uploaded"), field="archive", expected=gettext("a .zip of the brand's folder")
            )
        return files_of(upload)[0], f"upload {upload.name}"


def _plans() -> list[Any]:
    try:
        published = catalog.published()
    except NothingPublished:
        return []
    return [one for one in published.offerings.values() if one.kind is OfferingKind.PLAN]


@desk_view("margin.read", section="what_if")
def what_ifs(request: DeskRequest) -> HttpResponse:
    """Every trial, newest first."""
    brand = request.desk.brand.key
    table = Table[WhatIfRow](
        key="what-if",
        caption=gettext("Plans on trial"),
        columns=(
            Column(
                "name",
                gettext("Trial"),
                link=lambda w: reverse("desk:what_if", args=(brand, w.number)),
                note=lambda w: w.number,
            ),
            Column("state", gettext("State"), Kind.STATUS),
            Column("origin", gettext("Plan"), note=lambda w: w.onto, shown=Shown.FROM_TABLET),
            Column("start", gettext("First day"), Kind.DATE),
            Column("last", gettext("Last day"), Kind.DATE),
            Column("total", gettext("Subscriptions"), Kind.NUMBER, shown=Shown.FROM_TABLET),
            Column("started_by", gettext("By"), shown=Shown.FROM_DESKTOP),
            Column("started_at", gettext("Started"), Kind.INSTANT, shown=Shown.FROM_DESKTOP),
        ),
        filters=(Filter("state", gettext("State"), STATES),),
        search_label=gettext("Part of a name or number"),
        empty=Empty(
            gettext("No plan has been tried yet"),
            gettext("Try a draft on last month's usage before you publish it: who would pay what, and what is left."),
            "calculator",
        ),
    )
    source = paged(
        lambda q, offset, limit: insight.what_ifs(
            state=q.filters.get("state", ""), search=q.search, offset=offset, limit=limit
        ),
        table,
    )
    actions = [Action(gettext("Try a plan"), reverse("desk:what_if_new", args=(brand,)), "play")]
    context = {
        "title": gettext("Plans on trial"),
        "lede": gettext("Usage of the past, rated again on a plan that is only a draft. Nothing is charged."),
        "actions": actions if "plan.try" in request.desk.permissions else [],
    }
    return answer_list(request, table, source, context=context)


@desk_view("plan.try", section="what_if")
def new(request: DeskRequest) -> HttpResponse:
    """Start a trial; the worker goes through it."""
    brand = request.desk.brand.key
    first = local_date(request.desk.clock.now, request.desk.zone).replace(day=1)
    month_before = first - timedelta(days=1)
    initial = {"start": month_before.replace(day=1), "last": month_before, "plan": request.GET.get("plan", "")}
    form = StartForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            number = insight.start_what_if(form.request(), actor=request.desk.actor)
        except DomainError as refusal:
            tell(form, refusal, {"until": "last", "files": "archive"})
        else:
            return redirect("desk:what_if", brand=brand, trial_number=number)
    context = {
        "title": gettext("Try a plan"),
        "lede": gettext(
            "Everybody's usage of the period is rated again on the plan, with its fees and allowances. Nothing moves."
        ),
        "form": form,
        "submit": gettext("Start"),
        "crumbs": [(gettext("Plans on trial"), reverse("desk:what_ifs", args=(brand,)))],
    }
    return render(request, "desk/form.html", context)


@desk_view("margin.read", section="what_if")
def what_if(request: DeskRequest, trial_number: str) -> HttpResponse:
    """One trial: how far it is, what it comes to, winners and losers."""
    view = insight.what_if(trial_number)
    context: dict[str, Any] = {"trial": view, "working": view.state == "running"}
    if wants_part(request, "trial-state"):
        response = render(request, "desk/what_if_state.html", context)
        if not context["working"]:
            response.headers["HX-Refresh"] = "true"
        return response
    context |= {
        "sides": side_rows(view),
        "chart": bars_chart(view, insight.what_if_bars(trial_number)),
        "even": even_rows(view),
    }
    brand = request.desk.brand.key
    table = lines_table(brand, trial_number)
    return answer_list(request, table, _lines(trial_number), "desk/what_if.html", context)


def _lines(number: str) -> Any:
    """Both sides of subscriptions, sorted and searched by the room that keeps them."""

    def source(query: Query) -> Slice[WhatIfSubscriber]:
        sort = ("-" if query.descending else "") + (query.sort or "difference")
        rows, total = insight.what_if_lines(
            number,
            search=query.search,
            outcome=query.filters.get("outcome", ""),
            sort=sort,
            offset=query.offset,
            limit=query.limit,
        )
        return Slice(rows, total)

    return source


@require_POST
@desk_view("plan.try", section="what_if")
def move(request: DeskRequest, trial_number: str, move: str) -> HttpResponse:
    """Stop a trial, or let it go on."""
    if move == "cancel":
        insight.cancel_what_if(trial_number, actor=request.desk.actor)
        messages.success(request, gettext("The trial has been stopped; it can go on later."))
    elif move == "resume":
        insight.resume_what_if(trial_number, actor=request.desk.actor)
        messages.success(request, gettext("The trial goes on where it stopped."))
    else:
        raise NotFound(gettext("there is no such move"), field="move", value=move)
    return redirect("desk:what_if", brand=request.desk.brand.key, trial_number=trial_number)


@desk_view("margin.read", section="what_if")
def subscriber(request: DeskRequest, trial_number: str, subscription_id: UUID) -> HttpResponse:
    """One subscription of a trial: its fees and each record, as it was charged and as it would have been."""
    brand = request.desk.brand.key
    view = insight.what_if(trial_number)
    trial = insight.trial_of(trial_number, subscription_id)
    table, source = record_rows(brand, trial, view.currency)
    context = {
        "title": gettext("What it would have been"),
        "lede": gettext("Records as they were charged, and as the plan of %(name)s would have charged them.")
        % {"name": view.name},
        "above": "desk/what_if_fees.html",
        "fees": [(fee.key, view.money(fee.gross), view.money(fee.net)) for fee in trial.fees],
        "unpriced": [(one.record, one.message) for one in trial.unpriced],
        "actions": [Action(BACK, reverse("desk:what_if", args=(brand, trial_number)), "arrow-left")],
    }
    return answer_list(request, table, source, context=context)
