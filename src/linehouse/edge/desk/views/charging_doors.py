"""The network engineer's pages: the doors of charging as they are this minute, and one session's messages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from linehouse.charging import service as charging
from linehouse.charging.errors import SessionUnknown
from linehouse.charging.service import observed
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.charging_rows import (
    client_names,
    door_name,
    laid_out,
    milliseconds,
    rate_chart,
    refused_source,
    refused_table,
    sessions_source,
    sessions_table,
    speed_rows,
    whose,
    why,
)
from linehouse.edge.ui.formats import decimal_sign, number_text
from linehouse.edge.ui.listing import answer_list
from linehouse.inventory import service as inventory
from linehouse.kernel.error import NotFound


@desk_view("charging.read", section="charging")
def doors(request: DeskRequest) -> HttpResponse:
    """Processes, peers, rates, result codes and latency; asked by its own page, only the part that changes."""
    seen = observed.watch()
    names = client_names(request.desk.brand.key)
    whole, tenths = seen.whole, seen.tenths_per_second
    context = {
        "seen": seen,
        "rate": f"{number_text(tenths // 10)}{decimal_sign()}{tenths % 10}",
        "whole": {name: milliseconds(getattr(whole, name)) for name in ("p50", "p95", "p99", "slowest")},
        "chart": rate_chart(list(seen.minutes), request.desk.zone),
        "speeds": speed_rows(list(seen.speeds), names),
        "peers": [(one, door_name(one.door)) for one in seen.peers],
        "results": [(one, door_name(one.door), why(one.refused) if one.refused else "") for one in seen.results],
    }
    fragment = request.headers.get("HX-Request") and request.headers.get("HX-Target") == "doors-state"
    return render(request, "desk/charging_state.html" if fragment else "desk/charging.html", context)


@desk_view("charging.read", section="charging")
def refused(request: DeskRequest) -> HttpResponse:
    """What got nothing, and why."""
    brand = request.desk.brand.key
    table = refused_table(brand, client_names(brand))
    context = {
        "title": gettext("Refused at the doors"),
        "lede": gettext("Requests of the network that got nothing, newest first, with the reason in words."),
    }
    return answer_list(request, table, refused_source(table), context=context)


@desk_view("charging.read", section="charging")
def sessions(request: DeskRequest) -> HttpResponse:
    """Sessions, to be looked for by name, product or line."""
    request.desk.require_search(request.GET.get("q", ""))
    table = sessions_table(request.desk.brand.key)
    context = {
        "title": gettext("Sessions"),
        "lede": gettext("Every session that is charged while it lasts, newest first; each leads to its messages."),
    }
    return answer_list(request, table, sessions_source(table), context=context)


@desk_view("charging.read", section="charging")
def session(request: DeskRequest) -> HttpResponse:
    """One session's messages, personal values masked."""
    name = request.GET.get("session", "")[:400]
    messages = observed.messages_of(name)
    try:
        held = charging.session_named(name)
    except SessionUnknown:
        held = None
    if held is None and not messages:
        raise NotFound(gettext("there is no such session"), field="session", value=name)
    owner = held.subscription_id if held else whose(messages)
    names = client_names(request.desk.brand.key)
    context = {
        "name": name,
        "given": charging.given_name(name) or name,
        "held": held,
        "door": door_name(held.door if held else messages[0].door),
        "product": inventory.products_by_id([owner]).get(owner) if owner else None,
        "exchanged": [
            (
                one,
                names.get(one.peer, one.peer),
                laid_out(one),
                why(one.refused) if one.refused else "",
                milliseconds(one.micros) if one.micros else "",
            )
            for one in messages
        ],
    }
    return render(request, "desk/charging_session.html", context)
