"""Events of customers and billing accounts."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class CustomerCreated(Event, name="customer.customer.created", version=1, aggregate="customer_id"):
    """A customer was registered."""

    customer_id: UUID
    number: str
    kind: str
    party_id: UUID


class CustomerChanged(Event, name="customer.customer.changed", version=1, aggregate="customer_id"):
    """Fields of a customer, or of the person or organisation behind it, changed."""

    customer_id: UUID
    fields: tuple[str, ...]


class CustomerStateChanged(Event, name="customer.customer.state_changed", version=1, aggregate="customer_id"):
    """A customer moved to another state."""

    customer_id: UUID
    old: str
    new: str


class BillingAccountCreated(Event, name="customer.billing_account.created", version=1, aggregate="billing_account_id"):
    """A billing account was opened for a customer."""

    billing_account_id: UUID
    customer_id: UUID
    number: str
    currency: str
    cycle_day: int


class BillingAccountChanged(Event, name="customer.billing_account.changed", version=1, aggregate="billing_account_id"):
    """Fields of a billing account changed."""

    billing_account_id: UUID
    customer_id: UUID
    fields: tuple[str, ...]


class BillingAccountStateChanged(
    Event, name="customer.billing_account.state_changed", version=1, aggregate="billing_account_id"
):
    """A billing account moved to another state."""

    billing_account_id: UUID
    customer_id: UUID
    old: str
    new: str
