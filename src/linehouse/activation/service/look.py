"""Reading lines, requests and recorded traffic."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linehouse.activation.desired import from_json
from linehouse.activation.errors import LineNotProvisioned, RequestNotFound
from linehouse.activation.models import Line, Request
from linehouse.activation.values import Action, Exchange, LineView, RequestView


def request_view(row: Request) -> RequestView:
    """The row as a value."""
    return RequestView(
        id=row.id,
        key=row.key,
        line=row.line.line,
        customer_id=row.line.customer_id,
        product_id=row.line.product_id,
        action=Action(row.action),
        state=row.state,
        attempts=row.attempts,
        reason=row.reason,
        network_ref=row.network_ref,
        monitor=row.monitor,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )


def find_request(*, id: UUID | None = None, key: str = "") -> RequestView:  # noqa: A002  # the caller's word
    """A request by id or key. Raises RequestNotFound."""
    rows = Request.objects.select_related("line")
    row = (rows.filter(id=id) if id is not None else rows.filter(key=key)).first()
    if row is None:
        raise RequestNotFound("there is no such request", field="request", value=str(id or key))
    return request_view(row)


def search_requests(
    *, state: str = "", query: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[RequestView], int]:
    """A page of requests, newest first, and how many match; ``query`` is a part of key or line."""
    rows = Request.objects.select_related("line").order_by("-created_at", "-id")
    if state:
        rows = rows.filter(state=state)
    if query:
        rows = rows.filter(key__icontains=query) | rows.filter(line__line__icontains=query)
    return [request_view(row) for row in rows[offset : offset + limit]], rows.count()


def requests_of_line(line: str) -> tuple[RequestView, ...]:
    """Everything that was asked for a line, oldest first."""
    rows = Request.objects.select_related("line").filter(line__line=line).order_by("created_at", "id")
    return tuple(request_view(row) for row in rows)


def exchanges_of(request_id: UUID) -> tuple[Exchange, ...]:
    """What went over the wire for a request, oldest first, personal values masked."""
    row = Request.objects.filter(id=request_id).first()
    if row is None:
        raise RequestNotFound("there is no such request", field="request", value=str(request_id))
    return tuple(
        Exchange(e.method, e.path, e.request_body, e.status, e.response_body, e.at, e.milliseconds)
        for e in row.exchanges.order_by("at", "id")
    )


def find_line(line: str) -> LineView:
    """A line as we want it and as the network last confirmed it. Raises LineNotProvisioned."""
    row = Line.objects.filter(line=line).first()
    if row is None:
        raise LineNotProvisioned("nothing was ever asked of the network for this line", field="line", value=line)
    return LineView(
        line=row.line,
        product_id=row.product_id,
        customer_id=row.customer_id,
        network_ref=row.network_ref,
        desired=from_json(row.desired) if row.desired is not None else None,
        confirmed_at=row.confirmed_at,
    )
