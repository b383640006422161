"""What is personal of bills: the buyer, kept as long as the law wants the bill, under a key of its own."""

from linehouse.platform.personal.declare import (
    DataClass,
    OnErasure,
    Personal,
    Table,
    not_personal,
    person_key,
    personal_table,
)

LAW_MONTHS = 120
"""Ten years: the longest that the countries of the demo brands keep invoices (DE § 14b UStG, FR L123-22 C. com.)."""
_BASIS = "invoices are kept for ten years"

person_key(
    "invoice_numbers",
    "SELECT number FROM billing_invoice WHERE customer_id = ANY(%(customers)s) AND number IS NOT NULL",
)

personal_table(
    Table(
        name="billing_invoice",
        room="billing",
        title="Invoice",
        of="t.customer_id = ANY(%(customers)s)",
        since="posted_at",
        shown=("number", "issue_date", "currency", "gross_micros", "state"),
        columns={
            "buyer": Personal(DataClass.FINANCIAL, "to bill as the law wants", OnErasure.LAW, LAW_MONTHS, _BASIS),
            "hold_reason": Personal(DataClass.FREE_TEXT, "to know why a bill is held", OnErasure.BLANK),
        },
    )
)
personal_table(
    Table(
        name="documents_storeddocument",
        part="invoices",
        room="billing",
        title="Files of invoices",
        of="t.subject = ANY(%(invoice_numbers)s)",
        rows="t.kind IN ('invoice.pdf', 'invoice.xml')",
        since="created_at",
        shown=("id", "name", "created_at"),
        columns={"content": Personal(DataClass.FINANCIAL, "the bill itself", OnErasure.LAW, LAW_MONTHS, _BASIS)},
        ends_whole=True,
    )
)
personal_table(
    Table(
        name="billing_credit",
        room="billing",
        title="Credit",
        of="t.customer_id = ANY(%(customers)s)",
        since="created_at",
        shown=("number", "created_at", "reason_code", "currency", "gross_micros"),
        columns={
            "note": Personal(
                DataClass.FREE_TEXT, "to account for money that was given", OnErasure.LAW, LAW_MONTHS, _BASIS
            )
        },
    )
)
not_personal("billing_credit", "once", "reason_code", "given_by")
not_personal("billing_invoice", "cut", "period_start", "period_end", "issue_date", "due_date", "seller")
not_personal("billing_invoiceline", "label", "exact", "covered_start", "covered_end", "explanation", "earned_until")
not_personal(
    "billing_billedentry", "period_start", "period_end", "covered_start", "covered_end", "exact", "explanation"
)
not_personal("billing_billrun", "cycle_until", "started_by_id")
not_personal("billing_charge", "terms", "first_bill", "start", "end")
not_personal("billing_recognition", "until")
not_personal("billing_runaccount", "cut", "reason")
not_personal("billing_settlement", "reference")
