"""Taking an order: checked, priced, planned, once per external id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from linehouse.catalog import service as catalog
from linehouse.catalog.values import Catalogue
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.inventory.values import CreateProduct, ProductView
from linehouse.kernel.numbering import Iccid, Msisdn
from linehouse.kernel.outcome import Problem, Refused, RefusedError
from linehouse.ordering.decompose import plan_item
from linehouse.ordering.errors import OrderDiffers
from linehouse.ordering.events import OrderCaptured as OrderWasCaptured
from linehouse.ordering.models import Item, Order, Step
from linehouse.ordering.provisioning import brings
from linehouse.ordering.qualify import Buyer, OwnedProduct, Question, qualify
from linehouse.ordering.service.price import price
from linehouse.ordering.values import CaptureOrder, ItemAction, OrderCaptured, OrderItemRequest, PlannedStep
from linehouse.platform.access.ownership import bound_dealer
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, Work, unit_of_work

#: The series that order numbers come from.
SERIES = default_series("order", "O-{n:06d}")


def check_order(new: CaptureOrder, *, actor: Actor) -> tuple[Problem, ...]:
    """Everything that would keep the order from being taken, for a form that is still being filled in.

    Raises CustomerUnknown, BillingAccountUnknown, NothingPublished.
    """
    with unit_of_work(actor, "check of an order") as work:
        outcome = qualify(_question(new, work))
        return outcome.problems if isinstance(outcome, Refused) else ()


def capture_order(new: CaptureOrder, *, actor: Actor) -> OrderCaptured:
    """Take an order: all of it or nothing. The same external id again gives the same order.

    Raises RefusedError with every reason why not, OrderDiffers when the external id asked for something else,
    CustomerUnknown, BillingAccountUnknown, NothingPublished.
    """
    request = msgspec.json.decode(msgspec.json.encode(new))
    with unit_of_work(actor, "order") as work:
        # One customer's orders are taken one after the other: what one adds, the next one's rules see.
        _take_turns(f"ordering/customer/{new.customer_id}")
        if new.external_id:
            _take_turns(f"ordering/external/{new.external_id}")
            if (again := _repeated(new.external_id, request)) is not None:
                return again
        question = _question(new, work)
        outcome = qualify(question)
        if isinstance(outcome, Refused):
            raise RefusedError(outcome.problems)
        order = _write(new, request, question.catalogue, work)
        enqueue("ordering.start", {"order": str(order.id)}, key=str(order.id), serial=f"order/{order.id}")
        return OrderCaptured(order.id, order.number, repeated=False)


def _take_turns(name: str) -> None:
    with brand_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _repeated(external_id: str, request: dict[str, Any]) -> OrderCaptured | None:
    # The key is one of the whole brand: also another dealer's order has taken it.
    known = Order.everyones.filter(external_id=external_id).first()
    if known is None:
        return None
    if known.request != request:
        different = sorted(name for name in request if request[name] != known.request.get(name))
        raise OrderDiffers(
            "the external id has its order already", field=different[0] if different else "items", value=external_id,
            expected="another external id" if bound_dealer() is not None else f"what order {known.number} asked for",
        )  # fmt: skip
    return OrderCaptured(known.id, known.number, repeated=True)


def _question(new: CaptureOrder, work: Work) -> Question:
    customer = customers.customer_view(new.customer_id)
    account = customers.billing_account(new.billing_account_id)
    barred = f"the customer is {customer.state}" if customer.state != "active" else ""
    if not barred and account.state != "active":
        barred = f"the billing account is {account.state}"
    buyer = Buyer(
        customer_id=new.customer_id,
        kind=str(customer.kind),
        barred=barred,
        account_owner=account.customer_id,
        currency=account.currency,
        products=tuple(
            OwnedProduct(p.id, p.number, p.offering_key, p.kind, p.state, p.customer_id)
            for p in inventory.products_of_customer(new.customer_id)
        ),
    )
    return Question(buyer, new.items, catalog.published(work.now), new.channel, work.now)


def _write(new: CaptureOrder, request: dict[str, Any], catalogue: Catalogue, work: Work) -> Order:
    preview = price(new.billing_account_id, new.items, at=work.now)
    order = Order.objects.create(
        number=next_number(SERIES),
        external_id=new.external_id,
        request=request,
        customer_id=new.customer_id,
        billing_account_id=new.billing_account_id,
        channel=new.channel,
        note=new.note,
        catalog_version=catalogue.version,
        price=msgspec.json.decode(msgspec.json.encode(preview)),
        created_at=work.now,
        changed_at=work.now,
    )
    account = customers.billing_account(new.billing_account_id)
    products: dict[str, ProductView] = {}
    for wanted in _parents_first(new.items):
        products[wanted.ref] = _product(order, wanted, account.number, products, catalogue, work)
    plan: list[PlannedStep] = []
    for position, wanted in enumerate(new.items):
        plan += _write_item(order, wanted, position, products[wanted.ref], catalogue, work)
    order.promised_at = work.now + timedelta(minutes=max(step.promised_minutes for step in plan))
    order.save(update_fields=["promised_at"])
    emit(
        OrderWasCaptured(
            order_id=order.id,
            order_number=order.number,
            customer_id=order.customer_id,
            billing_account_id=order.billing_account_id,
            offering_keys=tuple(products[wanted.ref].offering_key for wanted in new.items),
            channel=order.channel,
            captured_at=work.now,
        )
    )
    return order


def _parents_first(items: Sequence[OrderItemRequest]) -> list[OrderItemRequest]:
    return sorted(items, key=lambda item: bool(item.parent_item))


def _product(
    order: Order,
    wanted: OrderItemRequest,
    account_number: str,
    products: dict[str, ProductView],
    catalogue: Catalogue,
    work: Work,
) -> ProductView:
    if wanted.action is ItemAction.DELETE:
        return inventory.find_product(id=wanted.product_id)
    offering = catalogue.offering(wanted.offering_key)
    parent = products[wanted.parent_item].id if wanted.parent_item else wanted.parent_product_id
    return inventory.create_product(
        CreateProduct(
            order_item=f"{order.number}/{wanted.ref}",
            kind=offering.kind,
            customer_id=order.customer_id,
            billing_account_id=order.billing_account_id,
            billing_account_number=account_number,
            offering_key=offering.key,
            offering_name=offering.name,
            catalog_version=catalogue.version,
            tariff_key=offering.tariff,
            billing_mode=offering.billing_mode,
            parent_product_id=parent,
        ),
        actor=work.actor,
    )


def _write_item(
    order: Order,
    wanted: OrderItemRequest,
    position: int,
    product: ProductView,
    catalogue: Catalogue,
    work: Work,
) -> list[PlannedStep]:
    # What is ended was sold under another version, maybe of an offering that is not in the catalogue any more.
    sold = catalogue if wanted.action is ItemAction.ADD else catalog.version(product.catalog_version)
    stands_on = brings(sold.decompose(product.offering_key))
    item = Item.objects.create(
        order=order,
        ref=wanted.ref,
        position=position,
        action=str(wanted.action),
        offering_key=product.offering_key,
        offering_name=product.offering_name,
        product_id=product.id,
        product_number=product.number,
        parent_item=wanted.parent_item,
        parent_product_id=product.parent_product_id,
        msisdn=Msisdn.parse(wanted.msisdn).e164 if wanted.msisdn else "",
        iccid=Iccid.parse(wanted.iccid).digits if wanted.iccid else "",
        created_at=work.now,
        changed_at=work.now,
    )
    plan = plan_item(
        wanted.ref,
        wanted.action,
        number=stands_on.number,
        sim=stands_on.sim,
        network=stands_on.network,
        parent_item=wanted.parent_item,
    )
    Step.objects.bulk_create(
        Step(
            order=order,
            item=item,
            key=step.key,
            position=position * 100 + place,
            kind=str(step.kind),
            needs=list(step.needs),
            compensation=str(step.compensation or ""),
            final=step.final,
            promised_at=work.now + timedelta(minutes=step.promised_minutes),
            created_at=work.now,
            changed_at=work.now,
        )
        for place, step in enumerate(plan)
    )
    return list(plan)
