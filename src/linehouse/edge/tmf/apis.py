"""Every API that is served, by number."""

from __future__ import annotations

from linehouse.edge.tmf import (
    account,
    customer,
    party,
    product_catalog,
    product_inventory,
    resource_inventory,
    service_inventory,
    usage,
)
from linehouse.edge.tmf.kit.declaration import Api

APIS: tuple[Api, ...] = (
    product_catalog.API,
    customer.API,
    party.API,
    usage.API,
    product_inventory.API,
    service_inventory.API,
    resource_inventory.API,
    account.API,
)


def api_at(path: str) -> Api | None:
    """The API at this place of the address."""
    return next((api for api in APIS if api.path == path), None)
