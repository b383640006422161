"""What TMF622 says of an order: bodies and representations share most of it."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from linehouse.edge.tmf.kit.shapes import (
    Characteristic,
    Instant,
    MoneyValue,
    Note,
    PartyReference,
    Ref,
    RelatedParty,
    Representation,
    Shape,
)


class Price(Shape):
    """`Price`: with and without tax."""

    tax_included_amount: MoneyValue | None = None
    duty_free_amount: MoneyValue | None = None


class OrderPrice(Shape):
    """`OrderPrice`: a line of the price, or a total."""

    name: str | None = None
    price_type: str
    recurring_charge_period: str | None = None
    price: Price


class ProductRelationship(Shape):
    """`ProductRelationship`: `reliesOn` names the plan that an add-on or a pack goes with."""

    relationship_type: str
    product: Ref


class ProductOfItem(Shape):
    """`ProductRefOrValue`: the product to end, or wishes for the one to deliver."""

    id: str | None = None
    href: str | None = None
    name: str | None = None
    product_serial_number: str | None = None
    product_characteristic: list[Characteristic] | None = None
    product_relationship: list[ProductRelationship] | None = None


class ItemRelationship(Shape):
    """`OrderItemRelationship`: `reliesOn` names the item of the plan in the same order."""

    id: str
    relationship_type: str


class OrderItem(Shape):
    """`ProductOrderItem`."""

    id: str
    action: str
    quantity: int | None = None
    state: str | None = None
    product_offering: Ref | None = None
    product: ProductOfItem | None = None
    item_price: list[OrderPrice] | None = None
    product_order_item_relationship: list[ItemRelationship] | None = None


class ProductOrder(Representation):
    """`ProductOrder`."""

    external_id: str | None = None
    description: str
    state: str
    order_date: Instant
    expected_completion_date: Instant | None = None
    completion_date: Instant | None = None
    cancellation_date: Instant | None = None
    cancellation_reason: str | None = None
    related_party: list[RelatedParty]
    billing_account: Ref
    channel: list[Ref] | None = None
    note: list[Note] | None = None
    product_order_item: list[OrderItem]
    order_total_price: list[OrderPrice] | None = None


class ProductOrderCreate(Shape):
    """`ProductOrder_Create`: the customer stands in `relatedParty` with the role customer (or alone)."""

    product_order_item: list[OrderItem]
    related_party: list[PartyReference]
    billing_account: Ref | None = None
    external_id: str | None = None
    channel: list[Ref] | None = None
    note: list[Note] | None = None


class ProductOrderUpdate(Shape):
    """`ProductOrder_Update`: an order is cancelled as a whole, for its `cancellationReason`."""

    state: str | UnsetType = UNSET
    cancellation_reason: str | UnsetType | None = UNSET
