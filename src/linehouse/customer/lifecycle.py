"""States of customers and billing accounts (TMF629 and TMF666 leave the words open)."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

CUSTOMER = Lifecycle(
    "customer.customer",
    states=("active", "suspended", "closed"),
    initial="active",
    transitions=(("active", "suspended"), ("active", "closed"), ("suspended", "active"), ("suspended", "closed")),
)
BILLING_ACCOUNT = Lifecycle(
    "customer.billing_account",
    states=("active", "suspended", "closed"),
    initial="active",
    transitions=(("active", "suspended"), ("active", "closed"), ("suspended", "active"), ("suspended", "closed")),
)
