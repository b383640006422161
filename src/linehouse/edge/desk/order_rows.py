"""Orders as rows."""

from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Source, Table
from linehouse.ordering import service as ordering
from linehouse.ordering.lifecycle import PRODUCT_ORDER
from linehouse.ordering.values import OrderView
from linehouse.platform.texts.codes import titled, titled_lazily

STATES: Final = tuple((state, titled_lazily(state)) for state in PRODUCT_ORDER.states)


def what(order: OrderView) -> str:
    """What the order is about, in one line."""
    words = [
        gettext("End %(offering)s") % {"offering": item.offering_name}
        if item.action == "delete"
        else item.offering_name
        for item in order.items
    ]
    return ", ".join(words)


def orders_table(brand: str, *, of_customer: bool = False) -> Table[OrderView]:
    """The list of orders, of the brand or of one customer."""
    return Table[OrderView](
        key="orders",
        caption=gettext("Orders"),
        columns=(
            Column(
                "number",
                gettext("Order"),
                Kind.CODE,
                sort=True,
                link=lambda o: reverse("desk:order", args=(brand, o.number)),
            ),
            Column("what", gettext("What"), value=what),
            Column("state", gettext("State"), Kind.STATUS, sort=True, note=lambda o: o.reason),
            Column(
                "channel",
                gettext("Channel"),
                value=lambda o: titled(o.channel),
                sort=True,
                shown=Shown.FROM_DESKTOP,
            ),
            Column("created_at", gettext("Ordered"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
            Column("completed_at", gettext("Completed"), Kind.INSTANT, sort=True, shown=Shown.FROM_DESKTOP),
        ),
        filters=(Filter("state", gettext("State"), STATES),),
        search_label="" if of_customer else gettext("Order number, or the other system's key"),
        sort="-created_at",
        empty=Empty(gettext("No order yet"), gettext("An order brings a product to a customer."), "order"),
    )


def order_source(table: Table[OrderView], customer_id: UUID | None = None) -> Source[OrderView]:
    """The orders of the brand or of one customer."""

    def fetch(query: Query, offset: int, limit: int) -> tuple[list[OrderView], int]:
        rows, total = ordering.search_orders(
            state=query.filters.get("state", ""),
            customer_id=customer_id,
            query=query.search,
            offset=offset,
            limit=limit,
        )
        return list(rows), total

    return paged(fetch, table)
