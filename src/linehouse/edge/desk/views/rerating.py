"""Usage that is rated again after a correction: planned, looked at, proposed to another person, watched."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

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
from linehouse.charging import service as charging
from linehouse.charging.service import RerateRequest
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.rerating_rows import records_table, runs_table, sums_table
from linehouse.edge.desk.shown import Action
from linehouse.edge.ui.listing import answer_list, wants_part
from linehouse.kernel.error import DomainError, NotFound
from linehouse.kernel.period import local_date


class PlanForm(forms.Form):
    """Which usage was charged wrongly, and by what it is right."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        help_text=gettext_lazy("What was wrong and is right now; whoever approves reads it."),
    )
    start = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    version = forms.ChoiceField(
        label=gettext_lazy("Prices that are right"),
        required=False,
        help_text=gettext_lazy("A version begins when it is published, so earlier usage needs it named here."),
    )
    tariff = forms.ChoiceField(label=gettext_lazy("Only by this tariff"), required=False)
    offering = forms.ChoiceField(label=gettext_lazy("Only on this plan"), required=False)
    subscriptions = forms.CharField(
        label=gettext_lazy("Only these subscriptions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Numbers with spaces, commas or lines between them."),
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Order"),
        choices=(
            ("sequence", gettext_lazy("As records were charged: what did not change, costs the same")),
            ("event", gettext_lazy("As they happened: a difference may come from the order alone")),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = [
            (str(one.number), gettext("Version %(number)s") % {"number": one.number})
            for one in catalog.versions(limit=50)[0]
        ]
        self._choose("version", [("", gettext("Those in force when it was used")), *versions])
        try:
            published = catalog.published()
        except NothingPublished:
            return
        self._choose("tariff", [("", gettext("Any")), *((key, key) for key in sorted(published.tariffs))])
        plans = [(key, one.name) for key, one in published.offerings.items() if one.kind is OfferingKind.PLAN]
        self._choose("offering", [("", gettext("Any")), *plans])

    def _choose(self, name: str, choices: list[tuple[str, StrOrPromise]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def request(self) -> RerateRequest:
        """What was asked for."""
        given = self.cleaned_data
        last: date = given["last"]
        return RerateRequest(
            start=given["start"],
            until=last + timedelta(days=1),
            reason=given["reason"],
            tariff=given["tariff"],
            offering=given["offering"],
            subscriptions=tuple(given["subscriptions"].replace(",", " ").split()),
            order=given["order"],
            catalog_version=int(given["version"]) if given["version"] else None,
        )


@desk_view("usage.read", section="rerating")
def rerates(request: DeskRequest) -> HttpResponse:
    """Every re-rate, newest first."""
    brand = request.desk.brand.key
    table, source = runs_table(brand)
    actions = [Action(gettext("Rate usage again"), reverse("desk:rerate_new", args=(brand,)), "play")]
    context = {
        "title": gettext("Re-rates"),
        "lede": gettext("Usage that was charged by a wrong price is put right, once another person has approved it."),
        "actions": actions if "usage.rerate" in request.desk.permissions else [],
    }
    return answer_list(request, table, source, context=context)


@desk_view("usage.rerate", section="rerating")
def new(request: DeskRequest) -> HttpResponse:
    """Ask what rating usage again would change; nothing moves."""
    today = local_date(request.desk.clock.now, request.desk.zone)
    form = PlanForm(request.POST or None, initial={"start": today.replace(day=1), "last": today})
    if request.method == "POST" and form.is_valid():
        try:
            number = charging.plan_rerate(form.request(), actor=request.desk.actor)
        except DomainError as refusal:
            tell(form, refusal, {"until": "last", "catalog_version": "version"})
        else:
            return redirect("desk:rerate", brand=request.desk.brand.key, rerate_number=number)
    context = {
        "title": gettext("Rate usage again"),
        "lede": gettext("First the difference is reckoned, for each subscription and rule. Nothing moves by that."),
        "form": form,
        "submit": gettext("Reckon the difference"),
        "crumbs": [(gettext("Re-rates"), reverse("desk:rerates", args=(request.desk.brand.key,)))],
    }
    return render(request, "desk/form.html", context)


@desk_view("usage.read", section="rerating")
def rerate(request: DeskRequest, rerate_number: str) -> HttpResponse:
    """One re-rate: how far it is, the difference, what is left alone."""
    view = charging.rerate_view(rerate_number)
    context: dict[str, Any] = {"run": view, "left_out": charging.rerate_left_out(rerate_number)}
    if wants_part(request, "rerate-state"):
        response = render(request, "desk/rerate_state.html", context)
        if not view.working:
            response.headers["HX-Refresh"] = "true"
        return response
    table, source = sums_table(rerate_number)
    return answer_list(request, table, source, "desk/rerate.html", context)


@desk_view("usage.read", section="rerating")
def records(request: DeskRequest, rerate_number: str) -> HttpResponse:
    """The single records of a re-rate, with those that are left alone."""
    brand = request.desk.brand.key
    view = charging.rerate_view(rerate_number)
    table, source = records_table(brand, rerate_number)
    context = {
        "title": gettext("Records of %(number)s") % {"number": view.number},
        "lede": view.reason,
        "actions": [
            Action(gettext("Back to the re-rate"), reverse("desk:rerate", args=(brand, view.number)), "arrow-left")
        ],
    }
    return answer_list(request, table, source, context=context)


@require_POST
@desk_view("usage.rerate", section="rerating")
def move(request: DeskRequest, rerate_number: str, move: str) -> HttpResponse:
    """Put it before another person, or give it up."""
    brand, actor = request.desk.brand.key, request.desk.actor
    reason = request.POST.get("reason", "")
    charging.rerate_view(rerate_number)
    if move == "propose":
        proposal = charging.propose_rerate(rerate_number, actor=actor, reason=reason)
        text = gettext("%(number)s waits for another person's approval.") % {"number": proposal}
        messages.success(request, text)
        if "approval.read" in request.desk.permissions:
            return redirect("desk:approval", brand=brand, number=proposal)
    elif move == "discard":
        charging.discard_rerate(rerate_number, actor=actor, reason=reason)
        messages.success(request, gettext("It has been given up; nothing was changed."))
    else:
        raise NotFound(gettext("there is no such move"), field="move", value=move)
    return redirect("desk:rerate", brand=brand, rerate_number=rerate_number)
