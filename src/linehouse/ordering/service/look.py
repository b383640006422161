"""Reading orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from linehouse.customer.service import own_customer_ids
from linehouse.ordering.errors import OrderNotFound
from linehouse.ordering.milestones import milestones
from linehouse.ordering.models import CancelTask, Item, Order, Step
from linehouse.ordering.values import (
    CancelTaskView,
    Fallout,
    ItemAction,
    ItemView,
    Milestone,
    OrderView,
    StepKind,
    StepView,
)


def _orders() -> QuerySet[Order]:
    return Order.objects.prefetch_related(
        Prefetch("items", Item.objects.order_by("position")),
        Prefetch("steps", Step.objects.select_related("item").order_by("position")),
    ).order_by("-created_at", "-number")


def order_view(row: Order) -> OrderView:
    """The row with its items and steps as a value."""
    return OrderView(
        id=row.id,
        number=row.number,
        external_id=row.external_id,
        state=row.state,
        reason=row.reason,
        customer_id=row.customer_id,
        billing_account_id=row.billing_account_id,
        channel=row.channel,
        note=row.note,
        catalog_version=row.catalog_version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        promised_at=row.promised_at,
        completed_at=row.completed_at,
        items=tuple(_item_view(item) for item in row.items.all()),
        steps=tuple(_step_view(step) for step in row.steps.all()),
        price=row.price,
    )


def _item_view(row: Item) -> ItemView:
    return ItemView(
        id=row.id,
        ref=row.ref,
        action=ItemAction(row.action),
        state=row.state,
        reason=row.reason,
        offering_key=row.offering_key,
        offering_name=row.offering_name,
        product_id=row.product_id,
        product_number=row.product_number,
        parent_item=row.parent_item,
        parent_product_id=row.parent_product_id,
    )


def _step_view(row: Step) -> StepView:
    return StepView(
        id=row.id,
        key=row.key,
        item=row.item.ref,
        kind=StepKind(row.kind),
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        final=row.final,
        started_at=row.started_at,
        settled_at=row.settled_at,
        promised_at=row.promised_at,
    )


def find_order(*, id: UUID | None = None, number: str = "", external_id: str = "") -> OrderView:  # noqa: A002  # callers' word
    """An order by id, business number or the caller's key. Raises OrderNotFound."""
    rows = _orders()
    if id is not None:
        rows = rows.filter(id=id)
    else:
        rows = rows.filter(number=number) if number else rows.filter(external_id=external_id).exclude(external_id="")
    row = rows.first()
    if row is None:
        raise OrderNotFound("there is no such order", field="order", value=str(id or number or external_id))
    return order_view(row)


def orders_by_id(ids: Iterable[UUID]) -> dict[UUID, OrderView]:
    """Those of the orders that exist, by id."""
    return {row.id: order_view(row) for row in _orders().filter(id__in=list(ids))}


def orders_of_customer(customer_id: UUID) -> tuple[OrderView, ...]:
    """The customer's orders, newest first."""
    return tuple(order_view(row) for row in _orders().filter(customer_id=customer_id))


def search_orders(
    *,
    state: str = "",
    customer_id: UUID | None = None,
    channel: str = "",
    query: str = "",
    created_from: datetime | None = None,
    created_until: datetime | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[OrderView], int]:
    """A page of orders, newest first, and how many match; ``query`` is a part of number or external id."""
    rows = _orders()
    if state:
        rows = rows.filter(state=state)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if channel:
        rows = rows.filter(channel=channel)
    if created_from is not None:
        rows = rows.filter(created_at__gte=created_from)
    if created_until is not None:
        rows = rows.filter(created_at__lt=created_until)
    if query:
        rows = rows.filter(number__icontains=query) | rows.filter(external_id__icontains=query)
    return [order_view(row) for row in rows[offset : offset + limit]], rows.count()


def track(order_id: UUID) -> tuple[Milestone, ...]:
    """The milestones that customer and agent see. Raises OrderNotFound."""
    return milestones(find_order(id=order_id))


def fallout(*, offset: int = 0, limit: int = 50) -> tuple[Sequence[Fallout], int]:
    """The work queue: failed steps and failed compensations, longest waiting first, and how many there are."""
    rows = (
        Step.objects.select_related("order")
        .filter(state__in=("failed", "compensationFailed"), order__completed_at__isnull=True)
        .order_by("changed_at", "id")
    )
    if (own := own_customer_ids()) is not None:
        rows = rows.filter(order__customer_id__in=own)
    page = [
        Fallout(
            s.order_id,
            s.order.number,
            s.order.customer_id,
            s.key,
            StepKind(s.kind),
            s.state,
            s.code,
            s.reason,
            s.changed_at,
        )
        for s in rows[offset : offset + limit]
    ]
    return page, rows.count()


def cancel_task_view(row: CancelTask) -> CancelTaskView:
    """The row as a value."""
    return CancelTaskView(
        id=row.id,
        order_id=row.order_id,
        order_number=row.order.number,
        state=row.state,
        reason=row.reason,
        requested_at=row.created_at,
        settled_at=row.settled_at,
    )


def _cancel_tasks() -> QuerySet[CancelTask]:
    rows = CancelTask.objects.select_related("order").order_by("-created_at", "-id")
    own = own_customer_ids()
    return rows if own is None else rows.filter(order__customer_id__in=own)


def find_cancel_task(task_id: UUID) -> CancelTaskView:
    """A request to cancel. Raises OrderNotFound."""
    row = _cancel_tasks().filter(id=task_id).first()
    if row is None:
        raise OrderNotFound("there is no such request to cancel", field="id", value=str(task_id))
    return cancel_task_view(row)


def search_cancel_tasks(*, state: str = "", offset: int = 0, limit: int = 50) -> tuple[Sequence[CancelTaskView], int]:
    """A page of requests to cancel, newest first, and how many match."""
    rows = _cancel_tasks()
    if state:
        rows = rows.filter(state=state)
    return [cancel_task_view(row) for row in rows[offset : offset + limit]], rows.count()
