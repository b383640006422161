"""Payments as rows."""

from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Source, Table
from linehouse.payment import service as payments
from linehouse.payment.lifecycle import PAYMENT
from linehouse.payment.values import PaymentView
from linehouse.platform.texts.codes import titled, titled_lazily

PAYMENT_STATES: Final = tuple((state, titled_lazily(state)) for state in PAYMENT.states)


def payments_table(brand: str, *, of_customer: bool = False) -> Table[PaymentView]:
    """The list of payments, of the brand or of one customer."""
    return Table[PaymentView](
        key="payments",
        caption=gettext("Payments"),
        columns=(
            Column(
                "number",
                gettext("Payment"),
                Kind.CODE,
                sort=True,
                link=lambda p: reverse("desk:payment", args=(brand, p.id)),
            ),
            Column("booked_on", gettext("Booked"), Kind.DATE, sort=True),
            Column("billing_account_number", gettext("Account"), Kind.CODE, sort=True, shown=Shown.FROM_TABLET),
            Column("method", gettext("Method"), value=lambda p: titled(p.method), shown=Shown.FROM_DESKTOP),
            Column("reference", gettext("Reference"), Kind.CODE, shown=Shown.FROM_DESKTOP),
            Column("state", gettext("State"), Kind.STATUS, sort=True, shown=Shown.FROM_TABLET),
            Column("amount_micros", gettext("Amount"), Kind.MONEY, value=lambda p: p.amount, sort=True),
            Column("left", gettext("Not allocated"), Kind.MONEY, shown=Shown.FROM_TABLET),
        ),
        filters=(Filter("state", gettext("State"), PAYMENT_STATES),),
        search_label="" if of_customer else gettext("Payment, account, reference"),
        sort="-number",
        empty=Empty(gettext("No payment yet"), gettext("Payments come from bank statements."), "payment"),
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
