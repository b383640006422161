"""What an order is made of, as values: what is asked for, what the plan holds, what screens show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from linehouse.kernel.money import Money


class ItemAction(StrEnum):
    """OrderItemActionType of TMF622, as far as orders use it."""

    ADD = "add"
    DELETE = "delete"


class Phase(StrEnum):
    """Where the order as a whole is driven; with the steps it decides every state (progress.py)."""

    RECEIVED = "received"
    WAITING = "waiting"
    RUNNING = "running"
    ASSESSING = "assessing"
    WINDING_BACK = "winding-back"


class StepKind(StrEnum):
    """What a step does."""

    RESERVE_MSISDN = "reserve_msisdn"
    RESERVE_SIM = "reserve_sim"
    PROVISION_NETWORK = "provision_network"
    ACTIVATE_PRODUCT = "activate_product"
    DEPROVISION_NETWORK = "deprovision_network"
    TERMINATE_PRODUCT = "terminate_product"
    RETIRE_SIM = "retire_sim"
    QUARANTINE_MSISDN = "quarantine_msisdn"
    COMPLETE = "complete"

    @property
    def outward(self) -> bool:
        """Whether it asks somebody outside and waits for the answer."""
        return self in (StepKind.PROVISION_NETWORK, StepKind.DEPROVISION_NETWORK)


class Compensation(StrEnum):
    """What winds a step back."""

    RELEASE_MSISDN = "release_msisdn"
    RELEASE_SIM = "release_sim"
    DEPROVISION_NETWORK = "deprovision_network"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of the plan. ``key`` is unique in the order (``1/reserve_msisdn``); ``needs`` are keys that come before.

    Once a ``final`` step has begun there is no way back: the customer is served, and money may be due.
    ``promised_minutes`` counts from the start of the order.
    """

    key: str
    item: str
    kind: StepKind
    needs: tuple[str, ...]
    compensation: Compensation | None
    final: bool
    promised_minutes: int


@dataclass(frozen=True, slots=True)
class OrderItemRequest:
    """One thing asked for. ``ref`` is the caller's name for it within the order.

    ``add`` names an offering, and for anything but a plan the plan it goes with: ``parent_item`` in this order, or
    ``parent_product_id``, a product that the customer has. ``delete`` names a ``product_id``.
    ``msisdn`` asks for one number of the stock, ``iccid`` for one card.
    """

    ref: str
    action: ItemAction = ItemAction.ADD
    offering_key: str = ""
    parent_item: str = ""
    parent_product_id: UUID | None = None
    product_id: UUID | None = None
    msisdn: str = ""
    iccid: str = ""


@dataclass(frozen=True, slots=True)
class CaptureOrder:
    """An order as it comes in. ``external_id`` is the caller's key: the same one again gives the same order."""

    customer_id: UUID
    billing_account_id: UUID
    items: tuple[OrderItemRequest, ...]
    external_id: str = ""
    channel: str = "desk"
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderCaptured:
    """What the caller gets back; ``repeated`` when the external id had its order already."""

    order_id: UUID
    order_number: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of the price preview, tax included in ``gross``."""

    item: str
    text: str
    kind: str
    gross: Money
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class PricePreview:
    """What the order costs. ``due_now`` is due with the first bill or at once, ``recurring`` every period after."""

    lines: tuple[PriceLine, ...]
    due_now: Money
    recurring: Money


@dataclass(frozen=True, slots=True)
class StepView:
    """A step for screens."""

    id: UUID
    key: str
    item: str
    kind: StepKind
    state: str
    reason: str
    attempts: int
    final: bool
    started_at: datetime | None
    settled_at: datetime | None
    promised_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """An order item for screens and TMF622."""

    id: UUID
    ref: str
    action: ItemAction
    state: str
    reason: str
    offering_key: str
    offering_name: str
    product_id: UUID
    product_number: str
    parent_item: str
    parent_product_id: UUID | None


@dataclass(frozen=True, slots=True)
class CancelTaskView:
    """A request to cancel for screens and TMF622 cancelProductOrder."""

    id: UUID
    order_id: UUID
    order_number: str
    state: str
    reason: str
    requested_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order for screens and TMF622. Instants are business time."""

    id: UUID
    number: str
    external_id: str
    state: str
    reason: str
    customer_id: UUID
    billing_account_id: UUID
    channel: str
    note: str
    catalog_version: int
    created_at: datetime
    changed_at: datetime
    promised_at: datetime | None
    completed_at: datetime | None
    items: tuple[ItemView, ...] = ()
    steps: tuple[StepView, ...] = ()
    price: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fallout:
    """An entry of the work queue: a step that somebody must look at."""

    order_id: UUID
    order_number: str
    customer_id: UUID
    step: str
    kind: StepKind
    state: str
    code: str
    reason: str
    since: datetime


class MilestoneState(StrEnum):
    """How a milestone stands, for the tracker."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    STOPPED = "stopped"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Milestone:
    """What a customer sees of the plan. ``key`` names the words (``received``, ``number_reserved`` …)."""

    key: str
    state: MilestoneState
    promised_at: datetime | None
    reached_at: datetime | None
    reason: str = ""
