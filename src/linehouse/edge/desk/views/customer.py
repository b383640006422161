"""One customer on one page, with tabs for everything that belongs to them."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.customer.lifecycle import CUSTOMER
from linehouse.customer.values import CustomerView
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.customer_forms import EditContactForm, ReasonForm
from linehouse.edge.desk.customer_tabs import TABS
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.tabs import tabs
from linehouse.edge.desk.undoable import CONTACT, CUSTOMER_STATE, done
from linehouse.kernel.error import DomainError, NotFound
from linehouse.party.values import PostalAddress
from linehouse.platform.personal.access_log import note_access
from linehouse.platform.texts.codes import said
from linehouse.platform.work import Actor

Mover = Callable[..., None]
MOVES: Final[dict[str, tuple[str, StrOrPromise, Mover]]] = {
    "suspend": ("suspended", gettext_lazy("Suspend"), customers.suspend_customer),
    "resume": ("active", gettext_lazy("Resume"), customers.resume_customer),
    "close": ("closed", gettext_lazy("Close"), customers.close_customer),
}


@desk_view("customer.read", section="customers", own=True)
def customer(request: DeskRequest, number: str) -> HttpResponse:
    """The customer's page; each tab has an address of its own."""
    view = customers.customer_by_number(number)
    allowed = [tab for tab in TABS if tab.permission in request.desk.permissions]
    shown, key = tabs(request, [(tab.key, tab.label) for tab in allowed])
    tab = next(tab for tab in allowed if tab.key == key)
    note_access([view.party_id], request.desk.actor, "screen", f"{view.number}, {key or 'overview'}")
    context: dict[str, Any] = {
        "customer": view,
        "tabs": shown,
        "part": tab.template,
        "moves": [(name, label) for name, (state, label, _) in MOVES.items() if state in CUSTOMER.allowed(view.state)],
    }
    return tab.answer(request, view, context)


@desk_view("customer.write", section="customers", own=True)
def edit(request: DeskRequest, number: str) -> HttpResponse:
    """Change contact data; the old ones stay on record."""
    view = customers.customer_by_number(number)
    party, address = view.party, view.party.address
    initial = {"email": party.email, "phone": party.phone, "language": party.language}
    if address:
        initial |= {
            "street1": address.street1,
            "street2": address.street2,
            "postcode": address.postcode,
            "city": address.city,
            "country": address.country,
        }
    form = EditContactForm(
        request.POST if request.method == "POST" else None,
        languages=catalog.published().brand.languages,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        changes = {
            "email": data["email"],
            "phone": data["phone"],
            "language": data["language"],
            "address": PostalAddress(
                street1=data["street1"],
                street2=data["street2"],
                postcode=data["postcode"],
                city=data["city"],
                country=data["country"],
            ),
        }
        try:
            customers.update_customer(view.id, changes, actor=request.desk.actor, reason=data["reason"])
        except DomainError as refusal:
            tell(form, refusal)
        else:
            before: dict[str, Any] = {
                "customer": str(view.id),
                "email": party.email,
                "phone": party.phone,
                "language": party.language,
                "address": asdict(address) if address else None,
            }
            told = gettext("The contact data have been changed.")
            done(request, told, CONTACT, view.number, before, subject=party.id)
            return redirect("desk:customer", brand=request.desk.brand.key, number=number)
    return render(
        request,
        "desk/form.html",
        {**_head(request, view), "title": gettext("Change contact data"), "form": form, "submit": gettext("Change")},
    )


@desk_view("customer.write", section="customers", own=True)
def move(request: DeskRequest, number: str, move: str) -> HttpResponse:
    """Suspend, resume or close a customer, with a reason."""
    view = customers.customer_by_number(number)
    if move not in MOVES:
        raise NotFound(gettext("there is no such page"), field="move", value=move)
    _, label, use_case = MOVES[move]
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actor: Actor = request.desk.actor
        try:
            use_case(view.id, actor=actor, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            tell(form, refusal)
        else:
            told = gettext("%(name)s is now %(state)s.") % {"name": view.name, "state": said(MOVES[move][0])}
            if move == "close":
                messages.success(request, told)
            else:
                done(request, told, CUSTOMER_STATE, view.number, {"customer": str(view.id), "to": view.state})
            return redirect("desk:customer", brand=request.desk.brand.key, number=number)
    return render(
        request,
        "desk/form.html",
        {**_head(request, view), "title": f"{label} {view.name}", "form": form, "submit": label},
    )


def _head(request: DeskRequest, view: CustomerView) -> dict[str, Any]:
    brand = request.desk.brand.key
    return {"crumbs": [(view.name, reverse("desk:customer", args=(brand, view.number)))]}
