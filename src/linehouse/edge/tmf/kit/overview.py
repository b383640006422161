"""Listeners and their notifications as colleagues at the desk see them: no contents, they may tell of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from linehouse.edge.tmf.models import HubDelivery, HubSubscription
from linehouse.kernel.error import NotFound


@dataclass(frozen=True, slots=True)
class ListenerRow:
    """A listener with how many notifications are where."""

    id: UUID
    client_name: str
    api: str
    callback: str
    query: str
    state: str
    wants_token: bool
    since_position: int
    created_at: datetime
    waiting: int
    held: int
    dead: int
    delivered: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A notification on its way, or there."""

    id: UUID
    event_type: str
    resource: str
    resource_id: str
    position: int
    state: str
    attempts: int
    last_answer: str
    made_at: datetime
    delivered_at: datetime | None
    source: UUID | None


def listeners(
    *, search: str = "", state: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[ListenerRow], int]:
    """A page of listeners, newest first, and how many match."""
    rows = HubSubscription.objects.order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(Q(client_name__icontains=search) | Q(api__icontains=search) | Q(callback__icontains=search))
    page = list(rows[offset : offset + limit])
    counted = _counts([row.id for row in page])
    return [_row(row, counted.get(row.id, {})) for row in page], rows.count()


def listener(listener_id: UUID) -> ListenerRow:
    """One listener. Raises NotFound."""
    row = listener_record(listener_id)
    return _row(row, _counts([row.id]).get(row.id, {}))


def listener_record(listener_id: UUID) -> HubSubscription:
    """The listener itself, for what can be done with it. Raises NotFound."""
    row = HubSubscription.objects.filter(id=listener_id).first()
    if row is None:
        raise NotFound("there is no such listener", field="id", value=str(listener_id))
    return row


def _counts(ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = {}
    rows = HubDelivery.objects.filter(subscription__in=ids).values("subscription", "state").annotate(n=Count("id"))
    for row in rows.order_by("subscription", "state"):
        found.setdefault(row["subscription"], {})[row["state"]] = row["n"]
    return found


def _row(row: HubSubscription, counted: dict[str, int]) -> ListenerRow:
    return ListenerRow(
        row.id,
        row.client_name,
        row.api,
        row.callback,
        row.query,
        row.state,
        bool(row.token_url),
        row.since_position,
        row.created_at,
        counted.get("waiting", 0),
        counted.get("held", 0),
        counted.get("dead", 0),
        counted.get("delivered", 0),
    )


def deliveries(
    listener_id: UUID, *, state: str = "", search: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[DeliveryRow], int]:
    """A page of a listener's notifications, newest first, and how many match."""
    rows = HubDelivery.objects.filter(subscription=listener_id).order_by("-position", "-made_at")
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(Q(event_type__icontains=search) | Q(resource_id__icontains=search))
    page = [
        DeliveryRow(
            row.id,
            row.event_type,
            row.resource,
            row.resource_id,
            row.position,
            row.state,
            row.attempts,
            row.last_answer,
            row.made_at,
            row.delivered_at,
            row.source,
        )
        for row in rows.defer("body")[offset : offset + limit]
    ]
    return page, rows.count()


def listener_of(delivery_id: UUID) -> UUID:
    """Whose notification it is. Raises NotFound."""
    row = HubDelivery.objects.filter(id=delivery_id).values_list("subscription_id", flat=True).first()
    if row is None:
        raise NotFound("there is no such notification", field="id", value=str(delivery_id))
    return row
