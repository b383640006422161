"""Privacy: unmasking with a reason, requests of data subjects, retention."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from linehouse.customer import service as customers
from linehouse.customer.values import CustomerView
from linehouse.edge.desk.access import DeskRequest, back, desk_view, need
from linehouse.edge.desk.own_data import own_data_link
from linehouse.edge.desk.person_facts import person_card
from linehouse.edge.desk.privacy_forms import RequestForm, StepForm, UnmaskForm
from linehouse.edge.desk.privacy_rows import EFFECTS, KINDS, requests_source, requests_table
from linehouse.edge.ui.listing import answer_list
from linehouse.kernel.error import Invalid, NotFound
from linehouse.party import subject_requests
from linehouse.party.approvals import UNMASK
from linehouse.party.values import RequestKind
from linehouse.platform.approval.service import propose
from linehouse.platform.documents.service import load
from linehouse.platform.personal.access_log import is_granted, note_access
from linehouse.platform.personal.law_keys import end_law_keys
from linehouse.platform.personal.sweep import due, sweep
from linehouse.platform.work import unit_of_work


@desk_view("customer.read", section="customers", own=True)
def unmask(request: DeskRequest, number: str) -> HttpResponse:
    """Show what is masked, for a reason that is logged; who may not, asks somebody who may."""
    view = customers.customer_by_number(number)
    actor = request.desk.actor
    may = "personal.unmask" in request.desk.permissions or is_granted(view.party_id, actor)
    form = UnmaskForm(request.POST if request.method == "POST" else None)
    context = {**_head(request, view), "customer": view, "form": form, "may": may}
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if not may:
            made = propose(
                UNMASK,
                subject=gettext("Unmask %(number)s") % {"number": number},
                changes=(),
                reason=reason,
                effect=None,
                payload={
                    "party": str(view.party_id),
                    "customer": number,
                    "actor_kind": actor.kind,
                    "actor_id": actor.id,
                    "actor": actor.name,
                },
                actor=actor,
                customer_id=view.id,
            )
            messages.success(request, gettext("Asked for as %(number)s.") % {"number": made.number})
            return redirect("desk:customer", brand=request.desk.brand.key, number=number)
        note_access([view.party_id], actor, "unmask", number, reason=reason)
        context["person"] = person_card(request, view, revealed=True)
    response = render(request, "desk/unmask.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@desk_view("privacy.write", section="privacy")
def receive(request: DeskRequest, number: str) -> HttpResponse:
    """Take in what a person asks about their own data."""
    view = customers.customer_by_number(number)
    form = RequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = subject_requests.receive(
            view.party_id,
            RequestKind(data["kind"]),
            channel=data["channel"],
            note=data["note"],
            actor=request.desk.actor,
            customer_id=view.id,
        )
        messages.success(request, gettext("The request is recorded as %(number)s.") % {"number": made})
        return redirect("desk:privacy_request", brand=request.desk.brand.key, number=made)
    title = gettext("Request about one's own data")
    lede = gettext("It must be answered within a month. A task on the work list reminds of it.")
    context = {**_head(request, view), "title": title, "lede": lede, "form": form, "submit": gettext("Record")}
    return render(request, "desk/form.html", context)


@desk_view("privacy.read", section="privacy")
def request_list(request: DeskRequest) -> HttpResponse:
    """All requests, those that are due first."""
    table = requests_table(request.desk.brand.key)
    lede = gettext("What people ask about their own data: each is answered within a month of the business clock.")
    context = {"title": gettext("Requests about data"), "lede": lede}
    return answer_list(request, table, requests_source(table), context=context)


@desk_view("privacy.read", section="privacy", write="privacy.write")
def request_page(request: DeskRequest, number: str) -> HttpResponse:
    """One request: who asks, what stands in the way, and the next step."""
    view = subject_requests.request(number)
    if request.method == "POST":
        return _step(request, number)
    found = customers.customers_of_party(view.party_id)
    context: dict[str, Any] = {"asked": view, "kind": KINDS[view.kind], "customers": found}
    if view.open and view.kind is RequestKind.ERASURE:
        context["obstacles"], effects = subject_requests.erasure_preview(view.party_id)
        context["effects"] = [(effect, EFFECTS[effect.erasure]) for effect in effects]
    if view.document_id and "privacy.write" in request.desk.permissions:
        context["link"] = request.build_absolute_uri(own_data_link(request.desk.brand.key, number))
    return render(request, "desk/privacy_request.html", context)


def _step(request: DeskRequest, number: str) -> HttpResponse:
    form = StepForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    actor = request.desk.actor
    match request.POST.get("step", ""):
        case "identify":
            subject_requests.identify(number, text, actor=actor)
            messages.success(request, gettext("The identity is checked."))
        case "answer":
            if subject_requests.request(number).kind is RequestKind.ERASURE and not form.cleaned_data.get("sure"):
                raise Invalid(
                    gettext("An erasure cannot be taken back"),
                    field="sure",
                    expected=gettext("that you have read what it does"),
                )
            subject_requests.answer(number, actor=actor, outcome=text)
            messages.success(request, gettext("The request is answered."))
        case "refuse":
            subject_requests.refuse(number, text, actor=actor)
            messages.success(request, gettext("The request is refused."))
        case other:
            raise NotFound("there is no such step", field="step", value=other, expected="identify, answer or refuse")
    return redirect("desk:privacy_request", brand=request.desk.brand.key, number=number)


@desk_view("privacy.read", section="privacy")
def export(request: DeskRequest, number: str) -> HttpResponse:
    """The export that answers a request, as a file."""
    need(request, "privacy.write")
    view = subject_requests.request(number)
    if view.document_id is None:
        raise NotFound("the request has no export", field="number", value=number)
    note_access([view.party_id], request.desk.actor, "export", number, reason=gettext("export taken away"))
    file = load(view.document_id)
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@desk_view("privacy.read", section="privacy_retention", write="privacy.write")
def retention(request: DeskRequest) -> HttpResponse:
    """What has outlived its retention, and sweeping it."""
    if request.method == "POST":
        with unit_of_work(request.desk.actor, "retention") as work:
            done = sweep(work.now)
            end_law_keys(work.now)
        count = sum(one.rows for one in done)
        messages.success(request, gettext("%(count)s rows were swept.") % {"count": count})
        return back(request)
    return render(request, "desk/privacy_retention.html", {"due": due(request.desk.clock.now)})


def _head(request: DeskRequest, view: CustomerView) -> dict[str, Any]:
    return {"crumbs": [(view.name, reverse("desk:customer", args=(request.desk.brand.key, view.number)))]}
