"""What can go wrong with products and services."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class ProductNotFound(DomainError, code="inventory.product_not_found", kind=Kind.NOT_FOUND):
    """No product with that id or number."""


class ServiceNotFound(DomainError, code="inventory.service_not_found", kind=Kind.NOT_FOUND):
    """No service with that id."""


class ProductDiffers(DomainError, code="inventory.product_differs", kind=Kind.CONFLICT):
    """The order item has its product already, and this request describes another one."""


class ParentNotActive(DomainError, code="inventory.parent_not_active", kind=Kind.REFUSED):
    """An add-on needs a plan that is active and belongs to the same customer."""
