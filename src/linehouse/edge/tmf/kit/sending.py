"""Notifications on their way: at least once, in order per listener and resource, held behind what was not taken."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from linehouse.edge.tmf.lifecycle import DELIVERY
from linehouse.edge.tmf.models import HubDelivery, HubSubscription
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.work import Work
from linehouse.platform.worklist.service import raise_task, settle_task

DELIVER = "tmf.deliver"
TASK = "tmf.delivery"
MAX_ATTEMPTS = 12
"""How often one is tried, with growing pauses, before it counts as dead: about forty minutes."""


def send(row: HubDelivery) -> None:
    """Ask for the delivery of one that waits; within a unit of work."""
    enqueue(
        DELIVER,
        {"delivery": str(row.id), "round": row.round},
        key=str(row.id) if not row.round else f"{row.id}/{row.round}",
        serial=f"{DELIVER}/{row.subscription_id}/{row.resource}/{row.resource_id}",
    )


def again(rows: Iterable[HubDelivery], work: Work) -> None:
    """Send each once more, with all its attempts, and then what was held behind it; within a unit of work."""
    listeners = {}
    for row in rows:
        if row.state == "waiting":
            continue
        row.state = DELIVERY.require(row.state, "waiting")
        row.round += 1
        row.delivered_at = None
        row.save(update_fields=["state", "round", "delivered_at"])
        send(row)
        listeners[row.subscription_id] = row.subscription
    for listener in listeners.values():
        release(listener, work)


def release(listener: HubSubscription, work: Work) -> None:
    """Send what is held for no reason any more, in order, and keep the task of what is dead up to date."""
    if listener.state == "active":
        blocked = set(_dead(listener).values_list("resource", "resource_id"))
        held = HubDelivery.objects.filter(subscription=listener, state="held").order_by("position", "id")
        for row in held:
            if (row.resource, row.resource_id) not in blocked:
                row.state = DELIVERY.require(row.state, "waiting")
                row.round += 1
                row.save(update_fields=["state", "round"])
                send(row)
    tell_people(listener, work)


def must_wait(row: HubDelivery) -> bool:
    """Whether its listener is paused, or an earlier one of the same resource was not taken."""
    if row.subscription.state == "paused":
        return True
    earlier = HubDelivery.objects.filter(
        subscription=row.subscription_id,
        resource=row.resource,
        resource_id=row.resource_id,
        state__in=("dead", "held"),
        position__lt=row.position,
    )
    return earlier.exists()


def _dead(listener: HubSubscription) -> QuerySet[HubDelivery]:
    return HubDelivery.objects.filter(subscription=listener, state="dead")


def tell_people(listener: HubSubscription, work: Work) -> None:
    """One task for each listener with dead notifications, settled when there are none."""
    dead = _dead(listener).order_by("position").values_list("last_answer", flat=True)
    count = len(dead)
    if not count:
        settle_task(TASK, str(listener.id), outcome="nothing is left undelivered")
        return
    raise_task(
        TASK,
        str(listener.id),
        subject=f"{listener.client_name}: {listener.api}",
        reason=f"{count} could not be delivered; the listener answered {dead[0] or 'nothing'}"[:1000],
        evidence={"listener": str(listener.id), "undelivered": str(count), "attempts": str(MAX_ATTEMPTS)},
        due=work.now,
    )
