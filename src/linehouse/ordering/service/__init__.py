"""Use cases of ordering."""

from linehouse.ordering.service.cancel import cancel_order, give_up_item, retry_step
from linehouse.ordering.service.capture import capture_order, check_order
from linehouse.ordering.service.look import (
    fallout,
    find_cancel_task,
    find_order,
    orders_by_id,
    orders_of_customer,
    search_cancel_tasks,
    search_orders,
    track,
)
from linehouse.ordering.service.price import price

__all__ = [
    "cancel_order",
    "capture_order",
    "check_order",
    "fallout",
    "find_cancel_task",
    "find_order",
    "give_up_item",
    "orders_by_id",
    "orders_of_customer",
    "price",
    "retry_step",
    "search_cancel_tasks",
    "search_orders",
    "track",
]
