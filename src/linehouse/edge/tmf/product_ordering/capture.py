"""A TMF622 order as ordering takes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from linehouse.customer import service as customers
from linehouse.edge.tmf.kit.keys import referred
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_body
from linehouse.edge.tmf.product_ordering.shapes import OrderItem, ProductOrderCreate
from linehouse.kernel.outcome import Problem, RefusedError
from linehouse.ordering import service
from linehouse.ordering.values import CaptureOrder, ItemAction, OrderItemRequest, OrderView
from linehouse.platform.work import Actor

CHANNEL = "api"
RELIES_ON = "reliesOn"
_OFFERED = {action.value: action for action in ItemAction}
_WISHES = ("msisdn", "iccid")
_ITEM_FIELD = re.compile(r"items\[(?P<ref>[^\]]*)\]\.(?P<name>\w+)")
_ITEM_POINTERS = {
    "offering": "productOffering/id",
    "parent": "productOrderItemRelationship",
    "product": "product/id",
    "msisdn": "product/productCharacteristic",
    "iccid": "product/productCharacteristic",
}
_POINTERS = {
    "items": "/productOrderItem",
    "customer": "/relatedParty",
    "billing_account_id": "/billingAccount/id",
    "channel": "/channel",
}


def create(body: ProductOrderCreate, actor: Actor) -> OrderView:
    """Take the order; a refusal names every reason with its place in the body."""
    customer_id = _customer(body)
    order = CaptureOrder(
        customer_id=customer_id,
        billing_account_id=_account(body, customer_id),
        items=tuple(_item(item, position) for position, item in enumerate(body.product_order_item)),
        external_id=body.external_id or "",
        channel=body.channel[0].id if body.channel else CHANNEL,
        note="\n".join(note.text for note in body.note or ()),
    )
    try:
        taken = service.capture_order(order, actor=actor)
    except RefusedError as error:
        refs = [item.id for item in body.product_order_item]
        raise RefusedError(tuple(_placed(problem, refs) for problem in error.problems)) from error
    return service.find_order(id=taken.order_id)


def _customer(body: ProductOrderCreate) -> UUID:
    parties = body.related_party
    positions = [i for i, party in enumerate(parties) if party.role == "customer" or len(parties) == 1]
    if len(positions) != 1:
        raise bad_body("/relatedParty", "one related party with the role customer is needed")
    return referred(parties[positions[0]].id, f"/relatedParty/{positions[0]}/id")


def _account(body: ProductOrderCreate, customer_id: UUID) -> UUID:
    if body.billing_account is not None:
        return referred(body.billing_account.id, "/billingAccount/id")
    page = customers.find_billing_accounts(customer_id=customer_id, state="active", limit=2)
    if page.total != 1:
        raise bad_body("/billingAccount", "the customer has not exactly one active account, so one must be named")
    return page.rows[0].id


def _item(item: OrderItem, position: int) -> OrderItemRequest:
    place = f"/productOrderItem/{position}"
    action = _OFFERED.get(item.action)
    if action is None:
        raise ApiProblem(
            422,
            "tmf.action_not_offered",
            f"the action {item.action} is not offered; expected {' or '.join(_OFFERED)}",
            f"{place}/action",
        )
    if item.quantity not in (None, 1):
        raise ApiProblem(422, "tmf.one_each", "one product is ordered by each item", f"{place}/quantity")
    if action is ItemAction.DELETE:
        if item.product is None or not item.product.id:
            raise bad_body(f"{place}/product/id", "the product to end is mandatory")
        return OrderItemRequest(item.id, action, product_id=referred(item.product.id, f"{place}/product/id"))
    if item.product_offering is None:
        raise bad_body(f"{place}/productOffering/id", "the offering is mandatory")
    wishes = _wishes(item, place)
    return OrderItemRequest(
        item.id,
        action,
        offering_key=item.product_offering.id,
        parent_item=_parent_item(item, place),
        parent_product_id=_parent_product(item, place),
        msisdn=wishes.get("msisdn", ""),
        iccid=wishes.get("iccid", ""),
    )


def _parent_item(item: OrderItem, place: str) -> str:
    parents = item.product_order_item_relationship or []
    for position, parent in enumerate(parents):
        if parent.relationship_type != RELIES_ON or position:
            here = f"{place}/productOrderItemRelationship/{position}"
            raise bad_body(here, f"one relationship of the type {RELIES_ON} is understood")
    return parents[0].id if parents else ""


def _parent_product(item: OrderItem, place: str) -> UUID | None:
    parents = (item.product.product_relationship if item.product else None) or []
    here = f"{place}/product/productRelationship"
    for position, parent in enumerate(parents):
        if parent.relationship_type != RELIES_ON or position:
            raise bad_body(f"{here}/{position}", f"one relationship of the type {RELIES_ON} is understood")
    return referred(parents[0].product.id, f"{here}/0/product/id") if parents else None


def _wishes(item: OrderItem, place: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for position, wish in enumerate((item.product.product_characteristic if item.product else None) or ()):
        here = f"{place}/product/productCharacteristic/{position}"
        if wish.name not in _WISHES:
            raise bad_body(f"{here}/name", f"{wish.name} cannot be wished for; expected {' or '.join(_WISHES)}")
        if not isinstance(wish.value, str):
            raise bad_body(f"{here}/value", "a text was expected")
        # Our own representations write numbers without the plus sign.
        plus = "+" if wish.name == "msisdn" and wish.value.isdecimal() else ""
        found[wish.name] = plus + wish.value
    return found


def _placed(problem: Problem, refs: Sequence[str]) -> Problem:
    """The room's name of a field as the place in the caller's body."""
    found = _ITEM_FIELD.fullmatch(problem.field)
    if found and found["ref"] in refs:
        name = _ITEM_POINTERS.get(found["name"], found["name"])
        return replace(problem, field=f"/productOrderItem/{refs.index(found['ref'])}/{name}")
    return replace(problem, field=_POINTERS.get(problem.field, problem.field))
