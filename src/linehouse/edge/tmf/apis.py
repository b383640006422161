"""Every API that is served, by number."""

from __future__ import annotations

from linehouse.edge.tmf import (
    account,
    communication,
    customer,
    customer_bill,
    party,
    party_interaction,
    party_role,
    payment,
    prepay_balance,
    product_catalog,
    product_inventory,
    product_ordering,
    resource_inventory,
    roles_and_permissions,
    service_inventory,
    usage,
    usage_consumption,
)
from linehouse.edge.tmf.kit.declaration import Api

APIS: tuple[Api, ...] = (
    product_catalog.API,
    product_ordering.API,
    customer.API,
    party.API,
    usage.API,
    product_inventory.API,
    service_inventory.API,
    resource_inventory.API,
    account.API,
    prepay_balance.API,
    payment.API,
    usage_consumption.API,
    customer_bill.API,
    party_interaction.API,
    communication.API,
    party_role.API,
    roles_and_permissions.API,
)


def api_at(path: str) -> Api | None:
    """The API at this place of the address."""
    return next((api for api in APIS if api.path == path), None)
