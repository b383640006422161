"""How a customer is reached: preference and consents on the customer's page, and a message by hand."""

from typing import Any

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linehouse.customer import service as customers
from linehouse.customer.values import CustomerView
from linehouse.edge.desk.access import DeskRequest, desk_view, sentence
from linehouse.edge.desk.message_rows import CHANNELS, CLASSES
from linehouse.edge.desk.notice_forms import ConsentForm, HandSentForm
from linehouse.edge.desk.refused_form import tell
from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.notify import service as notify
from linehouse.notify.values import Channel
from linehouse.party import service as party
from linehouse.party.consent_values import Purpose
from linehouse.platform.work import unit_of_work


def _back(request: DeskRequest, number: str) -> HttpResponse:
    return redirect(f"{reverse('desk:customer', args=(request.desk.brand.key, number))}?tab=reach")


@require_POST
@desk_view("customer.read", section="customers", write="customer.write")
def preference(request: DeskRequest, number: str) -> HttpResponse:
    """Choose the channels by which the customer wants to be reached."""
    view = customers.customer_by_number(number)
    wanted = [one for one in str(request.POST.get("channels", "")).split(",") if one]
    notify.set_preference(view.id, wanted, actor=request.desk.actor, reason=_("said to customer care"))
    toasts.success(request, _("The preference is kept."))
    return _back(request, number)


@desk_view("customer.read", section="customers", write="customer.write")
def consent(request: DeskRequest, number: str) -> HttpResponse:
    """Record what the customer says about a purpose."""
    view = customers.customer_by_number(number)
    form = ConsentForm(request.POST if request.method == "POST" else None, initial={"source": "desk", "given": "yes"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            party.record_consent(
                view.party_id,
                Purpose(data["purpose"]),
                given=data["given"] == "yes",
                channel=data["channel"],
                source=data["source"],
                evidence=data["evidence"],
                customer_id=view.id,
                actor=request.desk.actor,
            )
        except DomainError as refusal:
            tell(form, refusal)
        else:
            toasts.success(request, _("It is written down."))
            return _back(request, number)
    crumbs = [(view.name, reverse("desk:customer", args=(request.desk.brand.key, number)))]
    context = {"title": _("What the customer agrees to"), "form": form, "crumbs": crumbs}
    return render(request, "desk/form.html", context)


@desk_view("customer.read", section="customers", write="message.write")
def send_by_hand(request: DeskRequest, number: str) -> HttpResponse:
    """Send one notice to a customer: choose it, fill its variables in, look, send."""
    view = customers.customer_by_number(number)
    chosen = str(request.POST.get("notice") or request.GET.get("notice", ""))
    brand = request.desk.brand.key
    context: dict[str, Any] = {
        "customer": view,
        "notices": [(one, CLASSES[one.message_class.value]) for one in notify.notices()],
        "chosen": "",
        "once": str(request.POST.get("once") or new_id()),
    }
    if chosen:
        declared = notify.notice(chosen)
        sent = request.method == "POST"
        form = HandSentForm(request.POST if sent else None, notice=declared, channels=declared.channels)
        context |= {"chosen": chosen, "notice": declared, "form": form}
        if sent and form.is_valid():
            by, values = form.cleaned_data["channel"], form.values
            if "send" in request.POST:
                try:
                    with unit_of_work(request.desk.actor, _("sent by hand")):
                        made = notify.send_notice(
                            chosen,
                            key=f"hand/{context['once'][:60]}",
                            customer_id=view.id,
                            variables=values,
                            channels=[by] if by else (),
                        )
                except DomainError as refusal:
                    tell(form, refusal, {name: field for field, name in form.names.items()})
                else:
                    toasts.success(request, _("The message is on its way."))
                    return redirect("desk:message", brand, made) if made else redirect("desk:messages", brand)
            context["previews"] = _previews(view, chosen, values, [Channel(by)] if by else declared.channels)
    return render(request, "desk/message_by_hand.html", context)


def _previews(view: CustomerView, notice: str, values: dict[str, str], channels: Any) -> list[tuple[Any, Any, str]]:
    found: list[tuple[Any, Any, str]] = []
    for channel in channels:
        words = notify.chosen_wording(notice, channel, view.language)
        if words is None:
            continue
        try:
            shown = notify.preview(
                notice, channel, words.language, words.wording, customer_number=view.number, values=values
            )
        except DomainError as refusal:
            found.append((CHANNELS[channel.value], None, sentence(refusal)))
        else:
            found.append((CHANNELS[channel.value], shown, ""))
    return found
