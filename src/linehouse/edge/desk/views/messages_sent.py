"""Messages to customers, with the evidence of their delivery."""

from uuid import UUID

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, back, desk_view
from linehouse.edge.desk.bulk import offering
from linehouse.edge.desk.bulk_acts import resend_messages
from linehouse.edge.desk.message_rows import message_source, messages_table
from linehouse.edge.desk.shown import Action, outside_world
from linehouse.edge.ui.listing import answer_list
from linehouse.notify import service as notify


@desk_view("customer.read", section="messages")
def message_list(request: DeskRequest) -> HttpResponse:
    """All messages, newest first."""
    brand = request.desk.brand.key
    table = offering(
        request,
        messages_table(brand),
        resend_messages(request),
        row_id=lambda m: m.id,
        row_name=lambda m: f"{m.subject}, {m.subject_ref}" if m.subject_ref else m.subject,
    )
    return answer_list(
        request, table, message_source(table), context={"title": gettext("Messages"), "actions": _mailbox(request)}
    )


def _mailbox(request: DeskRequest) -> list[Action]:
    url = outside_world(request)
    return [Action(gettext("Mailbox of the outside world"), url, "mail")] if url else []


@desk_view("customer.read", section="messages")
def message(request: DeskRequest, message_id: UUID) -> HttpResponse:
    """One message with its text, attachments and evidence."""
    found = notify.message(message_id)
    customer = customers.customers([found.customer_id]).get(found.customer_id) if found.customer_id else None
    return render(request, "desk/message.html", {"message": found, "customer": customer})


@require_POST
@desk_view("customer.read", section="messages", write="customer.write")
def send_again(request: DeskRequest, message_id: UUID) -> HttpResponse:
    """Try a failed message once more."""
    notify.send_again(message_id, actor=request.desk.actor, reason="sent again from the desk")
    toasts.success(request, gettext("The message will be sent again."))
    return back(request)
