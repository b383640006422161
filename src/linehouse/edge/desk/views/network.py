"""The host network: what was asked of it, what went over the wire, and whether it is as it should be."""

import json
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linehouse.activation import service as activation
from linehouse.activation.lifecycle import PROVISIONING_REQUEST
from linehouse.activation.values import RequestView
from linehouse.edge.desk.access import DeskRequest, back, desk_view
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import in_memory, paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.platform.texts.codes import titled, titled_lazily

STATES: Final = tuple((state, titled_lazily(state)) for state in PROVISIONING_REQUEST.states)


def _table(brand: str, *, of_line: bool = False) -> Table[RequestView]:
    return Table[RequestView](
        key="requests",
        caption=gettext("Requests to the network"),
        columns=(
            Column(
                "created_at",
                gettext("Asked"),
                Kind.INSTANT,
                sort=True,
                link=lambda r: reverse("desk:network_request", args=(brand, r.id)),
            ),
            Column("action", gettext("Action"), value=lambda r: titled(r.action)),
            *(
                ()
                if of_line
                else (
                    Column[RequestView](
                        "line",
                        gettext("Line"),
                        Kind.CODE,
                        sort=True,
                        link=lambda r: reverse("desk:network_line", args=(brand, r.line)),
                    ),
                )
            ),
            Column("state", gettext("State"), Kind.STATUS, sort=True, note=lambda r: r.reason),
            Column("attempts", gettext("Attempts"), Kind.NUMBER, sort=True, shown=Shown.FROM_TABLET),
            Column("settled_at", gettext("Settled"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
        ),
        filters=() if of_line else (Filter("state", gettext("State"), STATES),),
        search_label="" if of_line else gettext("Part of a key or a line"),
        sort="-created_at",
        empty=Empty(gettext("Nothing asked yet"), gettext("Requests appear when an order is provisioned."), "network"),
    )


@desk_view("network.read", section="network")
def requests(request: DeskRequest) -> HttpResponse:
    """Every request to the host network, newest first."""
    table = _table(request.desk.brand.key)
    source = paged(
        lambda q, offset, limit: activation.search_requests(
            state=q.filters.get("state", ""), query=q.search, offset=offset, limit=limit
        ),
        table,
    )
    context = {
        "title": gettext("Host network"),
        "lede": gettext("What was asked of the host operator for each line, and what came of it."),
    }
    return answer_list(request, table, source, context=context)


@desk_view("network.read", section="network")
def one_request(request: DeskRequest, request_id: UUID) -> HttpResponse:
    """One request with the recorded traffic, personal values masked."""
    found = activation.find_request(id=request_id)
    exchanges = [
        (one, _laid_out(one.request_body), _laid_out(one.response_body)) for one in activation.exchanges_of(found.id)
    ]
    return render(request, "desk/network_request.html", {"asked": found, "exchanges": exchanges})


def _laid_out(body: str) -> str:
    """A JSON body on several lines; anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


@desk_view("network.read", section="network")
def line(request: DeskRequest, line: str) -> HttpResponse:
    """One line: its desired state, and on request what the network really has."""
    view = activation.find_line(line)
    table = _table(request.desk.brand.key, of_line=True)
    source = in_memory(list(reversed(activation.requests_of_line(line))), table)
    compared = "compare" in request.GET
    context = {
        "line": view,
        "compared": compared,
        "differences": activation.compare(line) if compared else (),
    }
    return answer_list(request, table, source, "desk/network_line.html", context)


@require_POST
@desk_view("network.read", section="network")
def look(request: DeskRequest, line: str) -> HttpResponse:
    """Compare the line with the network; what differs is kept and becomes a task."""
    found = activation.check_line(line, actor=request.desk.actor)
    if not found:
        messages.success(request, gettext("The network is as it should be."))
    return redirect(f"{reverse('desk:network_line', args=(request.desk.brand.key, line))}?compare")


@require_POST
@desk_view("network.read", section="network", write="network.write")
def bring_in_line(request: DeskRequest, line: str) -> HttpResponse:
    """Ask the network for the desired state once more."""
    asked = activation.bring_in_line(line, actor=request.desk.actor)
    if asked is None:
        messages.success(request, gettext("The network is as it should be; nothing was asked."))
    else:
        messages.success(request, gettext("The network was asked for the desired state."))
    return back(request)
