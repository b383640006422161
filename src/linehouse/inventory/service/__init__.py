"""Use cases of inventory."""

from linehouse.inventory.service.identify import identify, identify_many
from linehouse.inventory.service.look import (
    add_ons_of,
    add_ons_of_many,
    count_active,
    count_plans,
    find_product,
    find_service,
    plan_ids,
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
    "add_ons_of_many",
    "cancel_product",
    "count_active",
    "count_plans",
    "create_product",
    "find_product",
    "find_service",
    "identify",
    "identify_many",
    "plan_ids",
    "product_ids_by_number",
    "products_by_id",
    "products_of_customer",
    "search_products",
    "search_services",
    "services_of",
    "services_of_many",
    "terminate_product",
]
