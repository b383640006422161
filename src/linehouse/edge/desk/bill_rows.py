"""Bills as rows."""

from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from linehouse.billing import service as billing
from linehouse.billing.lifecycle import BILL
from linehouse.billing.service import InvoiceView
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Source, Table
from linehouse.platform.texts.codes import titled_lazily

STATES: Final = tuple((state, titled_lazily(state)) for state in BILL.states if state != "new")
_SORTS: Final = {"account_number": "account", "created_at": "created"}


def bill_url(brand: str, bill: InvoiceView) -> str:
    """The address of a bill: by its number, or by its id while it is a draft."""
    if bill.number:
        return reverse("desk:invoice", args=(brand, bill.number))
    return reverse("desk:bill", args=(brand, bill.id))


def invoices_table(brand: str, *, drafts: bool = False, of_customer: bool = False) -> Table[InvoiceView]:
    """The list of bills, of the brand, a run or a customer."""
    return Table[InvoiceView](
        key="invoices",
        caption=gettext("Bills") if drafts else gettext("Invoices"),
        columns=(
            Column(
                "number",
                gettext("Invoice"),
                Kind.CODE,
                value=lambda b: b.number or gettext("Draft"),
                sort=True,
                link=lambda b: bill_url(brand, b),
            ),
            *(
                ()
                if of_customer
                else (
                    Column[InvoiceView](
                        "buyer_name",
                        gettext("Customer"),
                        value=lambda b: b.buyer_name or b.customer_number,
                        link=lambda b: reverse("desk:customer", args=(brand, b.customer_number)),
                        note=lambda b: b.account_number,
                    ),
                )
            ),
            Column("issue_date", gettext("Issued"), Kind.DATE, sort=True, shown=Shown.FROM_TABLET),
            Column("due_date", gettext("Due"), Kind.DATE, sort=True, shown=Shown.FROM_TABLET),
            Column("state", gettext("State"), Kind.STATUS, sort=True, note=lambda b: b.hold_reason),
            Column("gross", gettext("Amount"), Kind.MONEY, sort=True),
            Column("open", gettext("Open"), Kind.MONEY, shown=Shown.FROM_TABLET),
        ),
        filters=(Filter("state", gettext("State"), STATES),),
        search_label="" if drafts or of_customer else gettext("Invoice, reference, account, customer number"),
        sort="-number",
        empty=Empty(
            gettext("No invoice yet"),
            gettext("Invoices come from bill runs, or at once where a purchase asks for it."),
            "bill",
        ),
    )


def invoice_source(
    *, customer_id: UUID | None = None, run_id: UUID | None = None, drafts: bool = False
) -> Source[InvoiceView]:
    """The bills of the brand, a run or a customer; billing itself sorts by every column that the table offers."""

    def source(query: Query) -> Slice[InvoiceView]:
        rows, total = billing.search_invoices(
            query=query.search,
            customer_id=customer_id,
            run_id=run_id,
            states=(query.filters["state"],) if "state" in query.filters else (),
            drafts=drafts,
            sort=_SORTS.get(query.sort, query.sort),
            descending=query.descending,
            offset=query.offset,
            limit=query.limit,
        )
        return Slice(rows, total)

    return source
