"""A line's limits, bars and policy counters: seen, set, and agreed to go on above."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linehouse.charging import service as charging
from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.limit_forms import ConsentForm, LimitForm, TurboForm
from linehouse.edge.desk.refused_form import tell
from linehouse.inventory import service as inventory
from linehouse.kernel.error import DomainError, Invalid
from linehouse.kernel.money import Money
from linehouse.platform.access.grants import Sight
from linehouse.platform.personal.masking import masked
from linehouse.rating.controls import SetBy

Forms = dict[str, forms.Form]


@desk_view("customer.read", section="customers", write="customer.write", own=True)
def limits(request: DeskRequest, number: str) -> HttpResponse:
    """What bounds a line's usage, how far it is, and who agreed to what."""
    product = inventory.find_product(number=number)
    language = (get_language() or "en").partition("-")[0]
    view = charging.controls_of_line(product.id, language)
    currency = customers.billing_account(product.billing_account_id).currency
    given, act = request.POST or None, request.POST.get("act")
    held: Forms = {
        "limit": LimitForm(given if act == "limit" else None, choices=[(one.key, one.name) for one in view.limits]),
        "consent": ConsentForm(
            given if act == "consent" else None, choices=[(one.key, one.name) for one in view.limits if one.consent]
        ),
        "turbo": TurboForm(given if act == "turbo" else None, choices=[(one.key, one.name) for one in view.counters]),
    }
    if request.method == "POST":
        said = _act(request, product.id, held, currency)
        if said:
            messages.success(request, said)
            return redirect("desk:limits", request.desk.brand.key, number)
    plain = request.desk.sight("customer.personal") is Sight.PLAIN
    context = {
        "product": product,
        "customer": customers.customers([product.customer_id]).get(product.customer_id),
        "view": view,
        "forms": held,
        "consents": [(one, one.evidence if plain else masked(one.evidence, "text")) for one in view.consents],
        "may_agree": any(one.consent for one in view.limits),
    }
    return render(request, "desk/limits.html", context)


def _act(request: DeskRequest, line: UUID, held: Forms, currency: str) -> str:
    """Do what was asked; returns what to say, or nothing when a form is wrong."""
    act = request.POST.get("act", "")
    if act == "bar":
        return _bar(request, line)
    form = held.get(act)
    acts: dict[str, Callable[[], str]] = {
        "limit": lambda: _limit(request, line, form, currency),
        "consent": lambda: _consent(request, line, form),
        "turbo": lambda: _turbo(request, line, form),
    }
    if form is None or not form.is_valid():
        return ""
    try:
        return acts[act]()
    except DomainError as refusal:
        tell(form, refusal, {"limit": "key", "policy counter": "key", "lasts": "hours"})
        return ""


def _bar(request: DeskRequest, line: UUID) -> str:
    on = request.POST.get("on") == "yes"
    charging.set_bar(
        line,
        str(request.POST.get("key", "")),
        on=on,
        by=SetBy.CARE,
        actor=request.desk.actor,
        reason=_("set at the desk"),
    )
    return _("The bar is on: such usage stops now.") if on else _("The bar is off.")


def _limit(request: DeskRequest, line: UUID, form: forms.Form | None, currency: str) -> str:
    data = form.cleaned_data if form is not None else {}
    amount = None
    if data["state"] == "own":
        if not data["amount"].strip():
            raise Invalid(_("an amount of its own is missing"), field="amount", expected=f"50.00 {currency}")
        amount = Money.of(data["amount"].strip(), currency)
    charging.set_limit(
        line,
        data["key"],
        amount=amount,
        on=data["state"] != "off",
        hard=data["hard"],
        by=SetBy(data["by"]),
        actor=request.desk.actor,
        reason=data["reason"],
    )
    return _("The limit is changed; open sessions are asked again.")


def _consent(request: DeskRequest, line: UUID, form: forms.Form | None) -> str:
    data = form.cleaned_data if form is not None else {}
    charging.consent(line, data["key"], channel=data["channel"], evidence=data["evidence"], actor=request.desk.actor)
    return _("The agreement is kept; usage goes on until the limit counts anew.")


def _turbo(request: DeskRequest, line: UUID, form: forms.Form | None) -> str:
    data = form.cleaned_data if form is not None else {}
    charging.set_turbo(
        line, data["key"], lasts=timedelta(hours=data["hours"]), actor=request.desk.actor, reason=data["reason"]
    )
    return _("The turbo is on; the network is told.")
