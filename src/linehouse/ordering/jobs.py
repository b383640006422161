"""What drives orders: jobs that do and undo steps, and the network's answers."""

from __future__ import annotations

from uuid import UUID

from linehouse.activation.events import RequestCompleted, RequestFailed
from linehouse.balance.events import PrepaidLineMoved
from linehouse.catalog.service import publication_check
from linehouse.inventory import service as inventory
from linehouse.ordering.provisioning import undeliverable
from linehouse.ordering.service import drive
from linehouse.ordering.service.capture import capture_order
from linehouse.ordering.values import CaptureOrder, ItemAction, OrderItemRequest
from linehouse.platform.jobs.registry import Payload, job
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.work import Work

publication_check("ordering.deliverable")(undeliverable)


@job("ordering.start")
def start(payload: Payload, _work: Work) -> None:
    """Begin a received order."""
    drive.start(UUID(payload["order"]))


@job("ordering.act")
def act(payload: Payload, _work: Work) -> None:
    """Do a step."""
    drive.run_step(UUID(payload["order"]), payload["step"], payload["attempt"], back=False)


@job("ordering.undo")
def undo(payload: Payload, _work: Work) -> None:
    """Wind a step back."""
    drive.run_step(UUID(payload["order"]), payload["step"], payload["attempt"], back=True)


@consumer("ordering.network", on=(RequestCompleted, RequestFailed))
def network_answered(event: RequestCompleted | RequestFailed, _work: Work) -> None:
    """The network has done, or will not do, what a step asked for."""
    if isinstance(event, RequestCompleted):
        drive.network_answered(event.key, network_ref=event.network_ref, code="", reason="")
    else:
        drive.network_answered(event.key, network_ref="", code=event.code, reason=event.reason)


@consumer("ordering.recycle", on=(PrepaidLineMoved,))
def end_a_recycled_line(event: PrepaidLineMoved, work: Work) -> None:
    """A recycled prepaid line leaves the network by an order; its number rests, its card is retired."""
    if event.new != "recycled":
        return
    line = inventory.find_product(id=event.subscription_id)
    capture_order(
        CaptureOrder(
            customer_id=line.customer_id,
            billing_account_id=line.billing_account_id,
            items=(OrderItemRequest("1", action=ItemAction.DELETE, product_id=line.id),),
            external_id=f"recycle/{line.number}",
            channel="house",
            note="neither money nor use for long",
        ),
        actor=work.actor,
    )
