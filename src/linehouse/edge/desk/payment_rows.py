"""Payments as rows."""

from typing import Final
from uuid import UUID

from django.urls import reverse

from linehouse.edge.ui.status import readable
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Source, Table
from linehouse.payment import service as payments
from linehouse.payment.lifecycle import PAYMENT
from linehouse.payment.values import PaymentView

PAYMENT_STATES: Final = tuple((state, readable(state).capitalize()) for state in PAYMENT.states)


def payments_table(brand: str, *, of_customer: bool = False) -> Table[PaymentView]:
    """The list of payments, of the brand or of one customer."""
    return Table[PaymentView](
        key="payments",
        caption="Payments",
        columns=(
            Column(
                "number", "Payment", Kind.CODE, sort=True, link=lambda p: reverse("desk:payment", args=(brand, p.id))
            ),
            Column("booked_on", "Booked", Kind.DATE, sort=True),
            Column("billing_account_number", "Account", Kind.CODE, sort=True, shown=Shown.FROM_TABLET),
            Column("method", "Method", value=lambda p: readable(p.method).capitalize(), shown=Shown.FROM_DESKTOP),
            Column("reference", "Reference", Kind.CODE, shown=Shown.FROM_DESKTOP),
            Column("state", "State", Kind.STATUS, sort=True, shown=Shown.FROM_TABLET),
            Column("amount_micros", "Amount", Kind.MONEY, value=lambda p: p.amount, sort=True),
            Column("left", "Not allocated", Kind.MONEY, shown=Shown.FROM_TABLET),
        ),
        filters=(Filter("state", "State", PAYMENT_STATES),),
        search_label="" if of_customer else "Payment, account, reference",
        sort="-number",
        empty=Empty("No payment yet", "Payments come from bank statements.", "payment"),
    )


def sort_word(query: Query) -> str:
    """The query's order as the payment room takes it."""
    return ("-" if query.descending else "") + query.sort


def payment_source(customer_id: UUID | None = None) -> Source[PaymentView]:
    """The payments of the brand or of one customer; the room sorts by itself."""

    def source(query: Query) -> Slice[PaymentView]:
        rows, total = payments.payments(
            search=query.search,
            customer_id=customer_id,
            state=query.filters.get("state", ""),
            sort=sort_word(query),
            offset=query.offset,
            limit=query.limit,
        )
        return Slice(rows, total)

    return source
