"""Messages to customers, with the evidence of their delivery."""

from typing import Final
from uuid import UUID

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, back, desk_view
from linehouse.edge.desk.bulk import offering
from linehouse.edge.desk.bulk_acts import resend_messages
from linehouse.edge.desk.message_rows import CHANNELS, CLASSES, message_source, messages_table
from linehouse.edge.desk.message_tabs import message_tabs
from linehouse.edge.desk.shown import Action, outside_world
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.status import Tone
from linehouse.edge.ui.timeline import Moment
from linehouse.notify import service as notify
from linehouse.notify.values import EvidenceView

_HAPPENED: Final = {
    "written": (_("Written"), "mail", Tone.QUIET),
    "held": (_("Held back"), "pause", Tone.WARN),
    "submitted": (_("Handed to the SMS centre"), "phone", Tone.INFO),
    "accepted": (_("Taken by the other side"), "check", Tone.GOOD),
    "receipt": (_("Receipt"), "check-circle", Tone.GOOD),
    "repeated": (_("Receipt once more"), "check-circle", Tone.QUIET),
    "put-off": (_("To be tried again"), "retry", Tone.WARN),
    "failed": (_("Failed by this channel"), "close", Tone.BAD),
    "fallback": (_("By the next channel"), "order", Tone.INFO),
    "bounced": (_("Came back"), "close", Tone.BAD),
    "delayed": (_("Delayed by the other side"), "pause", Tone.WARN),
    "no-receipt": (_("No receipt in time"), "alert", Tone.WARN),
    "unknown": (_("Nobody knows whether it was taken"), "alert", Tone.WARN),
    "cancelled": (_("Not sent"), "close", Tone.QUIET),
    "changed": (_("Changed before it went"), "history", Tone.QUIET),
    "again": (_("Sent again"), "retry", Tone.INFO),
}


@desk_view("message.read", section="messages")
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
    context = {"title": gettext("Messages"), "actions": _mailbox(request), "tabs": message_tabs(request, "")}
    return answer_list(request, table, message_source(table), context=context)


def _mailbox(request: DeskRequest) -> list[Action]:
    url = outside_world(request)
    return [Action(gettext("Mailbox of the outside world"), url, "mail")] if url else []


@desk_view("message.read", section="messages")
def message(request: DeskRequest, message_id: UUID) -> HttpResponse:
    """One message with its text, attachments, ways and evidence."""
    found = notify.message(message_id)
    customer = customers.customers([found.customer_id]).get(found.customer_id) if found.customer_id else None
    context = {
        "message": found,
        "customer": customer,
        "class_word": CLASSES[found.message_class.value],
        "ways": [{"word": CHANNELS[way.channel.value], "way": way} for way in notify.ways_of(message_id)],
        "moments": [_moment(line) for line in reversed(notify.evidence_of(message_id))],
    }
    return render(request, "desk/message.html", context)


def _moment(line: EvidenceView) -> Moment:
    title, icon, tone = _HAPPENED.get(line.kind, (line.kind, "event", Tone.QUIET))
    return Moment(line.at, title, line.text, icon, tone, by=str(CHANNELS.get(line.channel, "")))


@require_POST
@desk_view("message.read", section="messages", write="message.write")
def send_again(request: DeskRequest, message_id: UUID) -> HttpResponse:
    """Try a failed message once more."""
    notify.send_again(message_id, actor=request.desk.actor, reason="sent again from the desk")
    toasts.success(request, gettext("The message will be sent again."))
    return back(request)


@require_POST
@desk_view("message.read", section="messages", write="message.write")
def cancel(request: DeskRequest, message_id: UUID) -> HttpResponse:
    """Do not send a message that still waits."""
    notify.cancel_message(message_id, actor=request.desk.actor, reason="cancelled at the desk")
    toasts.success(request, gettext("The message is not sent."))
    return back(request)
