"""Listeners of the APIs: who is told of events, what was not taken, and sending it again."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.tmf.kit import delivering, hub, overview
from linehouse.edge.tmf.kit.overview import DeliveryRow, ListenerRow
from linehouse.edge.tmf.lifecycle import DELIVERY, LISTENER
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.kernel.error import Invalid

COLUMNS: Final = (
    Column[ListenerRow]("api", gettext_lazy("API")),
    Column[ListenerRow]("state", gettext_lazy("State"), Kind.STATUS),
    Column[ListenerRow]("dead", gettext_lazy("Not taken"), Kind.NUMBER),
    Column[ListenerRow]("held", gettext_lazy("Held"), Kind.NUMBER, shown=Shown.FROM_TABLET),
    Column[ListenerRow]("waiting", gettext_lazy("Waiting"), Kind.NUMBER, shown=Shown.FROM_TABLET),
    Column[ListenerRow]("callback", gettext_lazy("Address"), Kind.CODE, shown=Shown.FROM_DESKTOP),
    Column[ListenerRow]("created_at", gettext_lazy("Since"), Kind.INSTANT, shown=Shown.FROM_DESKTOP),
)
DELIVERY_COLUMNS: Final = (
    Column[DeliveryRow]("state", gettext_lazy("State"), Kind.STATUS),
    Column[DeliveryRow]("resource_id", gettext_lazy("Of"), Kind.CODE, shown=Shown.FROM_TABLET),
    Column[DeliveryRow]("attempts", gettext_lazy("Attempts"), Kind.NUMBER, shown=Shown.FROM_TABLET),
    Column[DeliveryRow]("last_answer", gettext_lazy("Last answer")),
    Column[DeliveryRow]("position", gettext_lazy("Position"), Kind.NUMBER, shown=Shown.FROM_DESKTOP),
    Column[DeliveryRow]("made_at", gettext_lazy("Made (business time)"), Kind.INSTANT, shown=Shown.FROM_DESKTOP),
)


@desk_view("operations.read", section="listeners")
def listeners(request: DeskRequest) -> HttpResponse:
    """Every listener that a program of the brand registered."""
    brand = request.desk.brand.key
    table = Table[ListenerRow](
        key="listeners",
        caption=gettext("Listeners"),
        columns=(
            Column[ListenerRow](
                "client_name",
                gettext("Program"),
                link=lambda row: reverse("desk:listener", args=(brand, row.id)),
            ),
            *COLUMNS,
        ),
        filters=(Filter("state", gettext("State"), tuple((s, s.capitalize()) for s in LISTENER.states)),),
        search_label=gettext("Program, API or address"),
        empty=Empty(
            gettext("No listener yet"),
            gettext("A program registers one by POST to /hub of an API; it is then told what happens."),
            "event",
        ),
    )
    source = paged(
        lambda query, offset, limit: overview.listeners(
            search=query.search, state=query.filters.get("state", ""), offset=offset, limit=limit
        ),
        table,
    )
    context = {"title": gettext("Listeners"), "lede": gettext("Programs that are told of events as they happen.")}
    return answer_list(request, table, source, context=context)


@desk_view("operations.read", section="listeners")
def listener(request: DeskRequest, listener_id: UUID) -> HttpResponse:
    """One listener with its notifications."""
    found = overview.listener(listener_id)
    brand = request.desk.brand.key
    table = Table[DeliveryRow](
        key="deliveries",
        caption=gettext("Notifications"),
        columns=(
            Column[DeliveryRow](
                "event_type",
                gettext("Notification"),
                Kind.CODE,
                link=lambda row: reverse("desk:event", args=(brand, row.source)) if row.source is not None else None,
            ),
            *DELIVERY_COLUMNS,
        ),
        filters=(Filter("state", gettext("State"), tuple((s, s.capitalize()) for s in DELIVERY.states)),),
        search_label=gettext("Kind or id of what it tells of"),
        empty=Empty(gettext("Nothing yet"), gettext("What this listener is told is shown here."), "event"),
    )
    source = paged(
        lambda query, offset, limit: overview.deliveries(
            listener_id, state=query.filters.get("state", ""), search=query.search, offset=offset, limit=limit
        ),
        table,
    )
    dead, _ = overview.deliveries(listener_id, state="dead", limit=10)
    context = {
        "title": found.client_name,
        "lede": found.callback,
        "above": "desk/listener_head.html",
        "listener": found,
        "dead": dead,
    }
    return answer_list(request, table, source, context=context)


@require_POST
@desk_view("operations.read", section="listeners", write="operations.write")
def listener_move(request: DeskRequest, listener_id: UUID, move: str) -> HttpResponse:
    """Pause it, let it hear again, send what it did not take, or tell it a time again."""
    record = overview.listener_record(listener_id)
    actor, reason = request.desk.actor, gettext("from the screen of listeners")
    match move:
        case "pause":
            hub.move(record, "paused", actor=actor, reason=reason)
            messages.success(request, gettext("It is told nothing until you let it hear again."))
        case "resume":
            hub.move(record, "active", actor=actor, reason=reason)
            messages.success(request, gettext("It hears again; what was held is sent."))
        case "send":
            count = delivering.retry_dead(str(listener_id), actor=actor)
            text = ngettext("%(count)s notification is sent again.", "%(count)s notifications are sent again.", count)
            messages.success(request, text % {"count": count})
        case "replay":
            span = hub.span_of(after=None, since=_day(request, "since"), until=_day(request, "until", optional=True))
            hub.replay(record, span, actor=actor, reason=reason)
            messages.success(request, gettext("What happened in that time is told again."))
        case _:
            raise Invalid(gettext("there is no such move"), field="move", value=move)
    return redirect("desk:listener", request.desk.brand.key, listener_id)


@require_POST
@desk_view("operations.read", section="listeners", write="operations.write")
def delivery_move(request: DeskRequest, delivery_id: UUID, move: str) -> HttpResponse:
    """Send one notification again, or give it up."""
    owner = overview.listener_of(delivery_id)
    reason = gettext("from the screen of listeners")
    if move == "again":
        hub.send_again(str(delivery_id), actor=request.desk.actor, reason=reason)
        messages.success(request, gettext("It is sent again."))
    elif move == "skip":
        hub.skip(str(delivery_id), actor=request.desk.actor, reason=reason)
        messages.success(request, gettext("It is given up; what was held behind it is sent."))
    else:
        raise Invalid(gettext("there is no such move"), field="move", value=move)
    return redirect("desk:listener", request.desk.brand.key, owner)


def _day(request: DeskRequest, name: str, *, optional: bool = False) -> datetime | None:
    """The midnight, UTC, that a date field names. Raises Invalid."""
    text = request.POST.get(name, "").strip()
    if not text and optional:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise Invalid(gettext("that is no day"), field=name, value=text[:30], expected="2026-11-01") from None
