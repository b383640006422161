"""TMF622 `cancelProductOrder`: a request to cancel is a thing with a state of its own."""

from __future__ import annotations

from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, referred
from linehouse.edge.tmf.kit.shapes import Instant, Ref, Representation, Shape
from linehouse.ordering import service
from linehouse.ordering.events import CancellationCompleted, CancellationRequested
from linehouse.ordering.values import CancelTaskView
from linehouse.platform.work import Actor


class CancelProductOrder(Representation):
    """`CancelProductOrder`."""

    cancellation_reason: str | None = None
    requested_cancellation_date: Instant
    effective_cancellation_date: Instant | None = None
    state: str
    product_order: Ref


class CancelProductOrderCreate(Shape):
    """`CancelProductOrder_Create`."""

    product_order: Ref
    cancellation_reason: str | None = None


def represent(view: CancelTaskView, links: Links) -> CancelProductOrder:
    """A request to cancel as TMF622 says it."""
    return CancelProductOrder(
        id=str(view.id),
        cancellation_reason=view.reason or None,
        requested_cancellation_date=view.requested_at,
        effective_cancellation_date=view.settled_at if view.state == "done" else None,
        state=view.state,
        product_order=Ref(
            id=str(view.order_id),
            href=links.to("productOrderingManagement", "productOrder", view.order_id),
            name=view.order_number,
            referred_type="ProductOrder",
        ),
    )


def create(body: CancelProductOrderCreate, actor: Actor) -> CancelTaskView:
    """Ask for the cancellation of an order."""
    order_id = referred(body.product_order.id, "/productOrder/id")
    return service.cancel_order(order_id, reason=body.cancellation_reason or "cancelled by API", actor=actor)


def search(narrow: Narrow) -> Slice[CancelTaskView]:
    """Requests to cancel by state, newest first."""
    values, total = service.search_cancel_tasks(
        state=narrow.get("state") or "", offset=narrow.offset, limit=narrow.limit
    )
    return Slice(values, total)


CANCEL: Resource[CancelTaskView] = Resource(
    name="cancelProductOrder",
    kind="CancelProductOrder",
    description="A request to cancel an order",
    read="order.read",
    write="order.write",
    representation=CancelProductOrder,
    represent=represent,
    search=search,
    narrows=("state",),
    get=lambda key: service.find_cancel_task(id_of(key)),
    create=Create(CancelProductOrderCreate, create),
    events=(
        EventMapping(CancellationRequested, "CancelProductOrderCreateEvent", lambda event: event.cancellation_id),
        EventMapping(CancellationCompleted, "CancelProductOrderStateChangeEvent", lambda event: event.cancellation_id),
    ),
    pointers={"order": "/productOrder/id"},
)
