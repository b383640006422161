"""What is personal of customers and accounts, and what must be settled before one can be erased."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from linehouse.customer.models import Customer
from linehouse.customer.service.closing import close_customer, still_open
from linehouse.kernel.outcome import Problem
from linehouse.platform.personal.declare import (
    DataClass,
    OnErasure,
    Personal,
    Table,
    before_erasure,
    erasure_obstacle,
    not_personal,
    person_key,
    personal_table,
)
from linehouse.platform.work import Actor

person_key("customers", "SELECT id FROM customer_customer WHERE party_id = ANY(%(party)s)")
person_key("customer_numbers", "SELECT number FROM customer_customer WHERE party_id = ANY(%(party)s)")
person_key("accounts", "SELECT id FROM customer_billingaccount WHERE customer_id = ANY(%(customers)s)")
person_key("account_numbers", "SELECT number FROM customer_billingaccount WHERE customer_id = ANY(%(customers)s)")

_NAME = Personal(DataClass.IDENTITY, "to address the customer on screens and bills", OnErasure.KEY)

personal_table(
    Table(
        name="customer_customer",
        room="customer",
        title="Customer",
        of="t.party_id = ANY(%(party)s)",
        shown=("number", "created_at", "state"),
        columns={
            "name": _NAME,
            "state_reason": Personal(DataClass.FREE_TEXT, "to know why a customer was stopped", OnErasure.KEY),
            "external_id": Personal(
                DataClass.IDENTIFIER,
                "the registering system's own key, so that one is registered once",
                OnErasure.BLANK,
            ),
        },
    )
)
personal_table(
    Table(
        name="customer_billingaccount",
        room="customer",
        title="Billing account",
        of="t.customer_id = ANY(%(customers)s)",
        shown=("number", "opened_on", "state", "currency"),
        columns={"name": _NAME},
    )
)
not_personal("customer_customer", "dealer")
not_personal("customer_billingaccount", "opened_on")


@erasure_obstacle("customer")
def what_runs(subject: UUID) -> Iterable[Problem]:
    """Contracts, orders and money of every customer that the person is."""
    for customer_id in Customer.objects.filter(party_id=subject).exclude(state="closed").values_list("id", flat=True):
        yield from still_open(customer_id)


@before_erasure("customer")
def close(subject: UUID, actor: Actor) -> None:
    """Whoever is erased is no customer any more."""
    rows = Customer.objects.filter(party_id=subject).exclude(state="closed").order_by("id")
    for customer_id in rows.values_list("id", flat=True):
        close_customer(customer_id, actor=actor, reason="erased on the person's request")
