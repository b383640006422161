"""What inventory tells: a product came alive, ended, or never came to be."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class ProductCreated(Event, name="inventory.product.created", aggregate="product_id"):
    """An order asks for a product; it waits to be activated."""

    product_id: UUID
    product_number: str
    customer_id: UUID
    offering_key: str
    parent_product_id: UUID | None
    created_at: datetime


class ServiceStarted(Event, name="inventory.service.started", aggregate="service_id"):
    """What a product is made of towards the network works from this instant."""

    service_id: UUID
    product_id: UUID
    specification_key: str
    started_at: datetime


class ServiceEnded(Event, name="inventory.service.ended", aggregate="service_id"):
    """What a product was made of towards the network ended at this instant."""

    service_id: UUID
    product_id: UUID
    specification_key: str
    ended_at: datetime


class ProductActivated(Event, name="inventory.product.activated", aggregate="product_id"):
    """The product works from this instant: charging and billing may begin."""

    product_id: UUID
    product_number: str
    customer_id: UUID
    billing_account_id: UUID
    billing_account_number: str
    offering_key: str
    catalog_version: int
    parent_product_id: UUID | None
    activated_at: datetime


class ProductTerminated(Event, name="inventory.product.terminated", aggregate="product_id"):
    """The product ended at this instant: nothing is due for what comes after."""

    product_id: UUID
    product_number: str
    customer_id: UUID
    billing_account_id: UUID
    offering_key: str
    parent_product_id: UUID | None
    terminated_at: datetime


class ProductCancelled(Event, name="inventory.product.cancelled", aggregate="product_id"):
    """The product was ordered and never delivered."""

    product_id: UUID
    product_number: str
    customer_id: UUID
    offering_key: str
    cancelled_at: datetime


class FriendsChanged(Event, name="inventory.friends.changed", aggregate="product_id"):
    """A number came to one of a line's own lists, or left it."""

    product_id: UUID
    list_key: str
