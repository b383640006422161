"""Use cases of billing."""

from __future__ import annotations

from linehouse.billing.quoting import Quote
from linehouse.billing.service.bill_account import preview
from linehouse.billing.service.charges import ChargeView, charges_of_account, charges_of_product
from linehouse.billing.service.closing import recognise
from linehouse.billing.service.credits import (
    CreditOutcome,
    CreditRequest,
    CreditView,
    credit,
    credits_given,
    give_credit,
    reverse_credit,
)
from linehouse.billing.service.documents import attach, document
from linehouse.billing.service.facts import facts_of
from linehouse.billing.service.look import (
    explain_line,
    invoice,
    invoice_by_number,
    invoice_detail,
    invoice_taxes,
    line_of_record,
    lines_by_id,
    run,
    run_accounts,
    run_by_number,
    search_invoices,
    search_lines,
    search_runs,
)
from linehouse.billing.service.off_cycle import bill_now
from linehouse.billing.service.posting import post, post_held, post_page
from linehouse.billing.service.quoting import Wanted, facts_of_brand, first_bill, quote
from linehouse.billing.service.running import (
    RunReport,
    approve,
    calculate_page,
    cancel,
    exclude,
    retry_parked,
    start_run,
)
from linehouse.billing.service.settling import OpenInvoice, invoices_by_reference, mark_sent, open_invoices, settle
from linehouse.billing.service.views import (
    Child,
    Explanation,
    InvoiceDetail,
    InvoiceView,
    LineView,
    RunAccountView,
    RunView,
    SettlementView,
    TaxView,
)

__all__ = [
    "ChargeView",
    "Child",
    "CreditOutcome",
    "CreditRequest",
    "CreditView",
    "Explanation",
    "InvoiceDetail",
    "InvoiceView",
    "LineView",
    "OpenInvoice",
    "Quote",
    "RunAccountView",
    "RunReport",
    "RunView",
    "SettlementView",
    "TaxView",
    "Wanted",
    "approve",
    "attach",
    "bill_now",
    "calculate_page",
    "cancel",
    "charges_of_account",
    "charges_of_product",
    "credit",
    "credits_given",
    "document",
    "exclude",
    "explain_line",
    "facts_of",
    "facts_of_brand",
    "first_bill",
    "give_credit",
    "invoice",
    "invoice_by_number",
    "invoice_detail",
    "invoice_taxes",
    "invoices_by_reference",
    "line_of_record",
    "lines_by_id",
    "mark_sent",
    "open_invoices",
    "post",
    "post_held",
    "post_page",
    "preview",
    "quote",
    "recognise",
    "retry_parked",
    "reverse_credit",
    "run",
    "run_accounts",
    "run_by_number",
    "search_invoices",
    "search_lines",
    "search_runs",
    "settle",
    "start_run",
]
