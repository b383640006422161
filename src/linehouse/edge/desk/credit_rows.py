"""Credits by hand and refunds of one customer."""

from __future__ import annotations

from typing import Any

from linehouse.billing import service as billing
from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView, CustomerView
from linehouse.payment import service as payments


def accounts_of(view: CustomerView) -> list[BillingAccountView]:
    """The customer's billing accounts."""
    return list(customers.find_billing_accounts(customer_id=view.id, limit=100).rows)


def credit_tab(view: CustomerView) -> dict[str, Any]:
    """What the customer's tab of credits and refunds shows."""
    given, _ = billing.credits_given(customer_id=view.id, limit=200)
    back, _ = payments.refunds(customer_id=view.id, limit=200)
    unused = [(a.number, payments.credit_of(a.id, a.currency)) for a in accounts_of(view)]
    return {"credits": given, "refunds": back, "unused": unused}
