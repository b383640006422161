"""TMF622 `productOrder`: what a customer asks for, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import UNSET

from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_body
from linehouse.edge.tmf.kit.shapes import MoneyValue, Note, Ref, RelatedParty
from linehouse.edge.tmf.product_ordering.capture import RELIES_ON, create
from linehouse.edge.tmf.product_ordering.shapes import (
    ItemRelationship,
    OrderItem,
    OrderPrice,
    Price,
    ProductOfItem,
    ProductOrder,
    ProductOrderCreate,
    ProductOrderUpdate,
    ProductRelationship,
)
from linehouse.kernel.money import Money
from linehouse.ordering import service
from linehouse.ordering.events import OrderCaptured, OrderStateChanged
from linehouse.ordering.values import ItemView, OrderView, PriceLine, PricePreview
from linehouse.platform.work import Actor


def represent(view: OrderView, links: Links) -> ProductOrder:
    """An order as TMF622 says it."""
    price = msgspec.convert(view.price, PricePreview) if view.price else None
    cancelled = view.state == "cancelled"
    return ProductOrder(
        id=str(view.id),
        external_id=view.external_id or None,
        description=view.number,
        state=view.state,
        order_date=view.created_at,
        expected_completion_date=view.promised_at,
        completion_date=None if cancelled else view.completed_at,
        cancellation_date=view.completed_at if cancelled else None,
        cancellation_reason=(view.reason or None) if cancelled else None,
        related_party=[
            RelatedParty(
                id=str(view.customer_id),
                href=links.to("customerManagement", "customer", view.customer_id),
                role="customer",
                referred_type="Customer",
            )
        ],
        billing_account=Ref(
            id=str(view.billing_account_id),
            href=links.to("accountManagement", "billingAccount", view.billing_account_id),
        ),
        channel=[Ref(id=view.channel, name=view.channel)] if view.channel else None,
        note=list(_notes(view)) or None,
        product_order_item=[_item(item, price, links) for item in view.items],
        order_total_price=_totals(price) if price else None,
    )


def _notes(view: OrderView) -> Iterator[Note]:
    if view.note:
        yield Note(id="1", text=view.note, date=view.created_at)
    if view.reason:
        yield Note(id="2", text=view.reason, date=view.changed_at, author="Linehouse")


def _item(item: ItemView, price: PricePreview | None, links: Links) -> OrderItem:
    lines = [line for line in price.lines if line.item == item.ref] if price else []
    offering = Ref(
        id=item.offering_key,
        href=links.to("productCatalogManagement", "productOffering", item.offering_key),
        name=item.offering_name,
    )
    return OrderItem(
        id=item.ref,
        action=item.action.value,
        quantity=1,
        state=item.state,
        product_offering=offering,
        product=_product(item, links),
        item_price=[_line(line) for line in lines] or None,
        product_order_item_relationship=(
            [ItemRelationship(id=item.parent_item, relationship_type=RELIES_ON)] if item.parent_item else None
        ),
    )


def _product(item: ItemView, links: Links) -> ProductOfItem:
    parent = item.parent_product_id
    relationships = None
    if parent is not None:
        plan = Ref(id=str(parent), href=links.to("productInventory", "product", parent))
        relationships = [ProductRelationship(relationship_type=RELIES_ON, product=plan)]
    return ProductOfItem(
        id=str(item.product_id),
        href=links.to("productInventory", "product", item.product_id),
        name=item.offering_name,
        product_serial_number=item.product_number,
        product_relationship=relationships,
    )


def _line(line: PriceLine) -> OrderPrice:
    amounts = Price(
        tax_included_amount=MoneyValue.from_money(line.gross), duty_free_amount=MoneyValue.from_money(line.net)
    )
    return OrderPrice(name=line.text, price_type=line.kind, price=amounts)


def _totals(price: PricePreview) -> list[OrderPrice]:
    return [
        _total("Due with the first bill", "oneTime", price.due_now),
        _total("Due every period", "recurring", price.recurring),
    ]


def _total(name: str, kind: str, amount: Money) -> OrderPrice:
    return OrderPrice(name=name, price_type=kind, price=Price(tax_included_amount=MoneyValue.from_money(amount)))


def search(narrow: Narrow) -> Slice[OrderView]:
    """Orders by customer, state or channel, newest first."""
    owner = narrow.get("relatedParty.id")
    owner_id = id_or_none(owner)
    if owner and owner_id is None:
        return Slice.empty()
    values, total = service.search_orders(
        customer_id=owner_id,
        state=narrow.get("state") or "",
        channel=narrow.get("channel.id") or "",
        offset=narrow.offset,
        limit=narrow.limit,
    )
    return Slice(values, total)


def patch(key: str, body: ProductOrderUpdate, actor: Actor) -> OrderView:
    """Cancel an order; its other states follow from its steps."""
    if body.state is UNSET:
        raise bad_body("/cancellationReason", "a reason comes with the state cancelled")
    if body.state not in ("cancelled", "assessingCancellation"):
        raise ApiProblem(
            409, "tmf.state", "an order's state follows from its steps; by API it can be cancelled", "/state"
        )
    reason = body.cancellation_reason if isinstance(body.cancellation_reason, str) else ""
    service.cancel_order(id_of(key), reason=reason or "cancelled by API", actor=actor)
    return service.find_order(id=id_of(key))


PRODUCT_ORDER: Resource[OrderView] = Resource(
    name="productOrder",
    kind="ProductOrder",
    description="What a customer asks for, and how far it is",
    read="order.read",
    write="order.write",
    representation=ProductOrder,
    represent=represent,
    search=search,
    narrows=("relatedParty.id", "state", "channel.id"),
    get=lambda key: service.find_order(id=id_of(key)),
    create=Create(ProductOrderCreate, create, external_id=lambda body: body.external_id),
    patch=Patch(ProductOrderUpdate, patch),
    refused={"DELETE": "an order stays on record; cancel it by cancelProductOrder or by its state"},
    events=(
        EventMapping(OrderCaptured, "ProductOrderCreateEvent"),
        EventMapping(OrderStateChanged, "ProductOrderStateChangeEvent"),
    ),
    pointers={"customer_id": "/relatedParty", "id": "/billingAccount/id"},
)
