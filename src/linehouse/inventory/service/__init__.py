"""Use cases of inventory."""

from linehouse.inventory.service.identify import identify, identify_many
from linehouse.inventory.service.look import (
    add_ons_of,
    count_active,
    find_product,
    find_service,
    product_ids_by_number,
    products_by_id,
    products_of_customer,
    search_products,
    search_services,
    services_of,
    services_of_many,
)
from linehouse.inventory.service.product import activate_product, cancel_product, create_product, terminate_product

__all__ = [
    "activate_product",
    "add_ons_of",
    "cancel_product",
    "count_active",
    "create_product",
    "find_product",
    "find_service",
    "identify",
    "identify_many",
    "product_ids_by_number",
    "products_by_id",
    "products_of_customer",
    "search_products",
    "search_services",
    "services_of",
    "services_of_many",
    "terminate_product",
]
