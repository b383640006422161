"""Contacts with customers: the list, one with its notes, and recording a new one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linehouse.care import service as care
from linehouse.care.errors import InteractionUnknown
from linehouse.care.lifecycle import INTERACTION
from linehouse.care.values import TOPICS, InteractionView, NewFollowUp
from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, back, desk_view
from linehouse.edge.desk.interaction_forms import (
    CHANNELS,
    DIRECTIONS,
    ContactForm,
    FollowUpForm,
    NoteForm,
    OutcomeForm,
)
from linehouse.edge.desk.interaction_rows import interaction_source, interactions_table
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.story import subject_url
from linehouse.edge.ui.listing import answer_list
from linehouse.insight.values import Subject
from linehouse.kernel.error import DomainError, NotFound
from linehouse.platform.documents.service import load

_ITEM_SUBJECTS = {"order": "order", "product": "product", "bill": "invoice", "payment": "payment"}
_FIELDS = {f"about.{position}": "about" for position in range(40)} | {
    "due_at": "follow_up_due",
    "attachments.0": "file",
    "ended_at": "began_at",
}


@desk_view("interaction.read", section="interactions")
def interactions(request: DeskRequest) -> HttpResponse:
    """All contacts, the newest first."""
    table = interactions_table(request.desk.brand.key)
    lede = _("Every call, mail, chat and visit, as it was recorded. Nothing is changed afterwards; notes are added.")
    return answer_list(request, table, interaction_source(table), context={"title": _("Contacts"), "lede": lede})


@desk_view("interaction.write", section="customers")
def record(request: DeskRequest, number: str) -> HttpResponse:
    """Record a contact with a customer, and what is to be done next."""
    customer = customers.customer_by_number(number)
    initial = {"about": request.GET.get("about", "")[:300], "state": "completed"}
    sent = request.method == "POST"
    form = ContactForm(request.POST if sent else None, request.FILES if sent else None, initial=initial)
    if sent and form.is_valid():
        made = _recorded(request, form, customer.id)
        if made is not None:
            toasts.success(request, _("The contact is recorded as %(number)s.") % {"number": made.number})
            return redirect("desk:customer", brand=request.desk.brand.key, number=number)
    back_url = reverse("desk:customer", args=(request.desk.brand.key, number))
    context = {"form": form, "customer": customer, "topics": TOPICS, "crumbs": [(customer.name, back_url)]}
    return render(request, "desk/interaction_record.html", context)


def _recorded(request: DeskRequest, form: ContactForm, customer_id: UUID) -> InteractionView | None:
    """The contact, and its follow-up where one was promised; None when a room refused, which the form then says."""
    data, actor = form.cleaned_data, request.desk.actor
    try:
        promised = None
        if data["follow_up"]:
            promised = NewFollowUp(
                customer_id=customer_id,
                text=data["follow_up"],
                due_at=data["follow_up_due"],
                owner_id=actor.id if data["follow_up_mine"] else "",
                owner_name=actor.name if data["follow_up_mine"] else "",
            )
        return care.record_interaction(form.interaction(customer_id=customer_id), actor=actor, follow_up=promised)
    except DomainError as refusal:
        tell(form, refusal, _FIELDS)
        return None


@desk_view("interaction.read", section="interactions")
def interaction(request: DeskRequest, number: str) -> HttpResponse:
    """One contact with its notes and what is still to be done."""
    return _page(request, care.find_interaction(number=number, withdrawn=True))


def _page(request: DeskRequest, view: InteractionView, refused: dict[str, forms.Form] | None = None) -> HttpResponse:
    brand = request.desk.brand.key
    customer = customers.customers([view.customer_id]).get(view.customer_id) if view.customer_id else None
    earlier = care.interactions_by_id(view.follows)
    context: dict[str, Any] = {
        "interaction": view,
        "customer": customer,
        "channel": CHANNELS[view.channel],
        "direction": DIRECTIONS[view.direction],
        "items": [(item, _item_url(item.kind, item.id, item.number, brand)) for item in view.items],
        "earlier": [earlier[key] for key in view.follows if key in earlier],
        "follow_ups": care.follow_ups(interaction_id=view.id),
        "moves": [state for state in INTERACTION.allowed(view.state) if state != "withdrawn"],
        "note_form": NoteForm(),
        "follow_up_form": FollowUpForm(),
        "outcome_form": OutcomeForm(),
        **(refused or {}),
    }
    return render(request, "desk/interaction.html", context)


def _item_url(kind: str, subject_id: UUID | None, number: str, brand: str) -> str:
    if subject_id is None or kind not in _ITEM_SUBJECTS:
        return ""
    return subject_url(Subject(_ITEM_SUBJECTS[kind], subject_id, number), brand)


@require_POST
@desk_view("interaction.read", section="interactions", write="interaction.write")
def move(request: DeskRequest, number: str, move: str) -> HttpResponse:
    """Add a note or a follow-up, settle the contact, or withdraw it."""
    view = care.find_interaction(number=number)
    act = _ACTS.get(move)
    if act is None:
        raise NotFound("there is no such page", field="move", value=move)
    name, form_type, do = act
    form = form_type(request.POST)
    if form.is_valid():
        try:
            do(request, view, form.cleaned_data)
        except DomainError as refusal:
            tell(form, refusal, {"follow_up": "text"})
    if form.errors:
        return _page(request, view, {name: form})
    return redirect("desk:interaction", brand=request.desk.brand.key, number=number)


def _note(request: DeskRequest, view: InteractionView, data: dict[str, Any]) -> None:
    care.annotate(view.id, data["text"], actor=request.desk.actor, visibility=data["visibility"])
    toasts.success(request, _("The note was added."))


def _follow_up(request: DeskRequest, view: InteractionView, data: dict[str, Any]) -> None:
    if view.customer_id is None:
        raise InteractionUnknown("the contact was with nobody that is a customer", field="customer")
    care.create_follow_up(_promised(request, view.customer_id, data, view.id), actor=request.desk.actor)
    toasts.success(request, _("The follow-up stands in the work list."))


def _promised(
    request: DeskRequest, customer_id: UUID, data: dict[str, Any], interaction_id: UUID | None = None
) -> NewFollowUp:
    actor = request.desk.actor
    return NewFollowUp(
        customer_id=customer_id,
        text=data["text"],
        due_at=data["due_at"],
        interaction_id=interaction_id,
        owner_id=actor.id if data["mine"] else "",
        owner_name=actor.name if data["mine"] else "",
    )


def _complete(request: DeskRequest, view: InteractionView, data: dict[str, Any]) -> None:
    care.move_interaction(view.id, "completed", actor=request.desk.actor, outcome=data["outcome"])
    toasts.success(request, _("The contact is settled."))


def _begin(request: DeskRequest, view: InteractionView, data: dict[str, Any]) -> None:
    care.move_interaction(view.id, "inProgress", actor=request.desk.actor)


def _withdraw(request: DeskRequest, view: InteractionView, data: dict[str, Any]) -> None:
    care.withdraw_interaction(view.id, actor=request.desk.actor, reason=data["outcome"])
    toasts.success(request, _("The contact is withdrawn; it stays on record."))


_ACTS: dict[str, tuple[str, type[forms.Form], Any]] = {
    "note": ("note_form", NoteForm, _note),
    "follow-up": ("follow_up_form", FollowUpForm, _follow_up),
    "complete": ("outcome_form", OutcomeForm, _complete),
    "begin": ("outcome_form", OutcomeForm, _begin),
    "withdraw": ("outcome_form", OutcomeForm, _withdraw),
}


@desk_view("interaction.write", section="customers")
def follow_up(request: DeskRequest, number: str) -> HttpResponse:
    """Plan something for a customer, without a contact."""
    customer = customers.customer_by_number(number)
    form = FollowUpForm(request.POST if request.method == "POST" else None)
    there = f"{reverse('desk:customer', args=(request.desk.brand.key, number))}?tab=contacts"
    if request.method == "POST" and form.is_valid():
        try:
            care.create_follow_up(_promised(request, customer.id, form.cleaned_data), actor=request.desk.actor)
        except DomainError as refusal:
            tell(form, refusal, {"follow_up": "text"})
        else:
            toasts.success(request, _("The follow-up stands in the work list."))
            return redirect(there)
    context = {
        "title": _("Plan a follow-up"),
        "lede": _("It stands in the work list until somebody does it."),
        "form": form,
        "submit": _("Plan it"),
        "crumbs": [(customer.name, there)],
    }
    return render(request, "desk/form.html", context)


@require_POST
@desk_view("interaction.read", section="interactions", write="interaction.write")
def follow_up_done(request: DeskRequest, follow_up_id: UUID) -> HttpResponse:
    """Say that a follow-up was done, or that it is not going to be."""
    dropped = request.POST.get("outcome") == "dropped"
    text = request.POST.get("text", "")[:500]
    care.finish_follow_up(follow_up_id, actor=request.desk.actor, outcome=text, dropped=dropped)
    toasts.success(request, _("The follow-up is dropped.") if dropped else _("The follow-up is done."))
    return back(request)


@desk_view("interaction.read", section="interactions")
def attachment(request: DeskRequest, number: str, file_id: UUID) -> HttpResponse:
    """A file that goes with a contact; always taken away, never run in the browser."""
    view = care.find_interaction(number=number, withdrawn=True)
    file = next((one for one in view.attachments if one.id == file_id), None)
    if file is None:
        raise NotFound("no such file", field="file", value=str(file_id))
    content = load(file.document_id).content
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    return response
