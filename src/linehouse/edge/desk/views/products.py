"""One product of a customer: its services, allowances, charges and what runs on it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from linehouse.balance import service as balance
from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.bucket_rows import movement_source, movements_table
from linehouse.edge.desk.products import amount_text, card_of, meter, sharing_of
from linehouse.edge.ui.listing import answer_list
from linehouse.inventory import service as inventory
from linehouse.inventory.errors import ProductNotFound


@desk_view("customer.read", section="customers", own=True)
def product(request: DeskRequest, number: str) -> HttpResponse:
    """The product's page."""
    found = inventory.find_product(number=number)
    parent = None
    if found.parent_product_id is not None:
        parent = inventory.find_product(id=found.parent_product_id)
    context = {
        "card": card_of(found, request.desk.clock.now),
        "product": found,
        "parent": parent,
        "customer": customers.customers([found.customer_id]).get(found.customer_id),
        "past": [
            meter(bucket)
            for bucket in balance.buckets_of(found.id)
            if not bucket.valid.contains(request.desk.clock.now)
        ][:24],
    }
    return render(request, "desk/product.html", context)


@desk_view("customer.read", section="customers", own=True)
def bucket(request: DeskRequest, bucket_id: UUID) -> HttpResponse:
    """One allowance with every movement of it."""
    found = balance.bucket_by_id(bucket_id)
    table = movements_table(request.desk.brand.key)
    try:
        product = inventory.find_product(id=found.owner.subscription_id)
    except ProductNotFound:
        if request.desk.held.bound_to("customer.read") is not None:
            raise
        product = None
    context = {
        "meter": meter(found),
        "bucket": found,
        "product": product,
        "sharing": sharing_of(found),
        "rolled": amount_text(found, found.rolled) if found.rolled else "",
    }
    return answer_list(request, table, movement_source(table, bucket_id), "desk/bucket.html", context)
