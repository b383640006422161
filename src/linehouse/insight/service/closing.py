"""What still stands in the way of closing a customer, asked of the rooms that know."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView
from linehouse.inventory import service as inventory
from linehouse.inventory.lifecycle import PRODUCT
from linehouse.kernel.money import Money
from linehouse.kernel.outcome import Problem
from linehouse.ledger import service as ledger
from linehouse.ordering import service as ordering
from linehouse.ordering.lifecycle import PRODUCT_ORDER


def living_products(customer_id: UUID) -> Iterator[Problem]:
    """Products that have not ended."""
    for product in inventory.products_of_customer(customer_id):
        if product.state not in PRODUCT.final:
            message = f"product {product.number} ({product.offering_name}) is {product.state}"
            yield Problem("insight.product_lives", message, "products", product.number, "an ended product")


def running_orders(customer_id: UUID) -> Iterator[Problem]:
    """Orders that have not come to an end."""
    for order in ordering.orders_of_customer(customer_id):
        if order.state not in PRODUCT_ORDER.final:
            message = f"order {order.number} is {order.state}"
            yield Problem("insight.order_runs", message, "orders", order.number, "a finished or cancelled order")


def open_money(customer_id: UUID) -> Iterator[Problem]:
    """Accounts on which something is owed, unbilled, or paid and not used."""
    for account in customers.customer_view(customer_id).accounts:
        yield from _open_on(account)


def living_products_of_account(account_id: UUID) -> Iterator[Problem]:
    """Products that have not ended and are billed to the account."""
    for product in inventory.products_of_customer(customers.billing_account(account_id).customer_id):
        if product.billing_account_id == account_id and product.state not in PRODUCT.final:
            message = f"product {product.number} ({product.offering_name}) is {product.state}"
            yield Problem("insight.product_lives", message, "products", product.number, "an ended product")


def open_money_of_account(account_id: UUID) -> Iterator[Problem]:
    """What is owed, unbilled, or paid and not used on one account."""
    yield from _open_on(customers.billing_account(account_id))


def _open_on(account: BillingAccountView) -> Iterator[Problem]:
    meanings = {"receivable": "is not paid", "unbilled": "is not billed", "credit": "belongs to the customer"}
    for kind, meaning in meanings.items():
        micros = ledger.balance(f"{kind}/{account.number}", account.currency)
        if micros:
            message = f"{Money(micros, account.currency)} on {account.number} {meaning}"
            yield Problem("insight.money_open", message, "accounts", account.number, "a balance of zero")
