"""The life of a product: ordered, alive, ended, or never delivered. Every use case may be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linehouse.catalog.values import OfferingKind
from linehouse.inventory.errors import ParentNotActive, ProductDiffers, ProductNotFound
from linehouse.inventory.events import (
    ProductActivated,
    ProductCancelled,
    ProductCreated,
    ProductTerminated,
    ServiceEnded,
    ServiceStarted,
)
from linehouse.inventory.lifecycle import PRODUCT, SERVICE
from linehouse.inventory.models import Product, Service
from linehouse.inventory.service.look import product_view
from linehouse.inventory.values import CreateProduct, ProductView, ServiceToCreate
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.resource import service as resources

#: The series that product numbers come from.
SERIES = default_series("product", "S-{n:06d}")


def create_product(new: CreateProduct, *, actor: Actor) -> ProductView:
    """Make the product of an order item, waiting to be activated. The same item again gives the same product.

    Raises ProductDiffers when the item has another product already.
    """
    with unit_of_work(actor, "product of an order") as work:
        row = Product.objects.filter(order_item=new.order_item).first()
        if row is not None:
            if (row.customer_id, row.offering_key, row.parent_id) != (
                new.customer_id,
                new.offering_key,
                new.parent_product_id,
            ):
                raise ProductDiffers("the order item has another product", field="order_item", value=new.order_item)
            return product_view(row)
        row = Product.objects.create(
            number=next_number(SERIES),
            order_item=new.order_item,
            kind=str(new.kind),
            state="pendingActive",
            customer_id=new.customer_id,
            billing_account_id=new.billing_account_id,
            billing_account_number=new.billing_account_number,
            offering_key=new.offering_key,
            offering_name=new.offering_name,
            catalog_version=new.catalog_version,
            tariff_key=new.tariff_key,
            billing_mode=str(new.billing_mode),
            parent_id=new.parent_product_id,
            characteristics=dict(new.characteristics),
            created_at=work.now,
            changed_at=work.now,
        )
        emit(
            ProductCreated(
                product_id=row.id,
                product_number=row.number,
                customer_id=row.customer_id,
                offering_key=row.offering_key,
                parent_product_id=row.parent_id,
                created_at=work.now,
            )
        )
        return product_view(row)


def activate_product(product_id: UUID, services: Sequence[ServiceToCreate] = (), *, actor: Actor) -> None:
    """The product works from now on; a plan's number and SIM are assigned to it. Active already: nothing happens.

    Raises ProductNotFound, IllegalTransition, ParentNotActive, and what resource.assign raises.
    """
    with unit_of_work(actor, "activation") as work:
        row = _locked(product_id)
        if row.state == "active":
            return
        row.state = PRODUCT.require(row.state, "active")
        if row.parent is not None and (row.parent.state != "active" or row.parent.customer_id != row.customer_id):
            raise ParentNotActive("the plan of this product is not active", field="parent", value=row.parent.number)
        if row.kind == OfferingKind.PLAN:
            resources.assign(row.number, actor=actor)
        row.activated_at = row.changed_at = work.now
        row.save(update_fields=["state", "activated_at", "changed_at"])
        for service in services:
            started = Service.objects.create(
                product=row,
                specification_key=service.specification_key,
                name=service.name,
                state="active",
                characteristics=dict(service.characteristics),
                network_ref=service.network_ref,
                started_at=work.now,
                created_at=work.now,
                changed_at=work.now,
            )
            emit(
                ServiceStarted(
                    service_id=started.id,
                    product_id=row.id,
                    specification_key=started.specification_key,
                    started_at=work.now,
                )
            )
        emit(
            ProductActivated(
                product_id=row.id,
                product_number=row.number,
                customer_id=row.customer_id,
                billing_account_id=row.billing_account_id,
                billing_account_number=row.billing_account_number,
                offering_key=row.offering_key,
                catalog_version=row.catalog_version,
                parent_product_id=row.parent_id,
                activated_at=work.now,
            )
        )


def terminate_product(product_id: UUID, *, actor: Actor) -> None:
    """The product ends now, and with a plan everything that ran on it. Ended already: nothing happens.

    Raises ProductNotFound, IllegalTransition.
    """
    with unit_of_work(actor, "termination") as work:
        row = _locked(product_id)
        if row.state == "terminated":
            return
        for child in Product.objects.select_for_update().filter(parent=row).order_by("number"):
            if child.state in ("active", "suspended", "pendingTerminate"):
                _end(child, work)
        _end(row, work)


def _end(row: Product, work: Work) -> None:
    row.state = PRODUCT.require(row.state, "terminated")
    row.terminated_at = row.changed_at = work.now
    row.save(update_fields=["state", "terminated_at", "changed_at"])
    for service in row.services.filter(state="active"):
        service.state = SERVICE.require(service.state, "terminated")
        service.ended_at = service.changed_at = work.now
        service.save(update_fields=["state", "ended_at", "changed_at"])
        emit(
            ServiceEnded(
                service_id=service.id,
                product_id=row.id,
                specification_key=service.specification_key,
                ended_at=work.now,
            )
        )
    emit(
        ProductTerminated(
            product_id=row.id,
            product_number=row.number,
            customer_id=row.customer_id,
            billing_account_id=row.billing_account_id,
            offering_key=row.offering_key,
            parent_product_id=row.parent_id,
            terminated_at=work.now,
        )
    )


def cancel_product(product_id: UUID, *, actor: Actor) -> None:
    """The product will not be delivered; cancelled already, nothing happens.

    Raises ProductNotFound, IllegalTransition.
    """
    with unit_of_work(actor, "order cancelled") as work:
        row = _locked(product_id)
        if row.state == "cancelled":
            return
        row.state, row.changed_at = PRODUCT.require(row.state, "cancelled"), work.now
        row.save(update_fields=["state", "changed_at"])
        emit(
            ProductCancelled(
                product_id=row.id,
                product_number=row.number,
                customer_id=row.customer_id,
                offering_key=row.offering_key,
                cancelled_at=work.now,
            )
        )


def _locked(product_id: UUID) -> Product:
    row = Product.objects.select_for_update().filter(id=product_id).first()
    if row is None:
        raise ProductNotFound("there is no such product", field="product_id", value=str(product_id))
    return row
