"""Use cases of customers and billing accounts."""

from __future__ import annotations

from linehouse.customer.service.accounts import (
    billing_account,
    billing_account_by_number,
    billing_account_ids,
    billing_accounts,
    find_billing_accounts,
    open_billing_account,
    update_billing_account,
)
from linehouse.customer.service.closing import (
    ClosingCheck,
    account_closing_check,
    close_billing_account,
    close_customer,
    closing_check,
    resume_customer,
    suspend_customer,
    withdraw_customer,
)
from linehouse.customer.service.find import (
    count_customers,
    customer_by_external_id,
    customer_by_number,
    customer_view,
    customer_views,
    customers,
    customers_of_party,
    find_customers,
    own_customer_ids,
)
from linehouse.customer.service.register import likely_duplicates, register_customer
from linehouse.customer.service.update import update_customer

__all__ = [
    "ClosingCheck",
    "account_closing_check",
    "billing_account",
    "billing_account_by_number",
    "billing_account_ids",
    "billing_accounts",
    "close_billing_account",
    "close_customer",
    "closing_check",
    "count_customers",
    "customer_by_external_id",
    "customer_by_number",
    "customer_view",
    "customer_views",
    "customers",
    "customers_of_party",
    "find_billing_accounts",
    "find_customers",
    "likely_duplicates",
    "open_billing_account",
    "own_customer_ids",
    "register_customer",
    "resume_customer",
    "suspend_customer",
    "update_billing_account",
    "update_customer",
    "withdraw_customer",
]
