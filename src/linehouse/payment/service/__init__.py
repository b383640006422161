"""Use cases of payments."""

from linehouse.payment.service.entries import assign_entry, ignore_entry
from linehouse.payment.service.payments import allocate_open
from linehouse.payment.service.reading import (
    credit_of,
    entries,
    entry,
    payment,
    payment_by_number,
    payments,
    payments_of_invoice,
    payments_of_invoices,
    statement,
    statements,
)
from linehouse.payment.service.refunds import (
    export_refunds,
    record_paid,
    record_returned,
    refund,
    refund_by_id,
    refunds,
    refunds_of_payment,
    request_refund,
)
from linehouse.payment.service.refused import keep_refused, refused_files, taken_after_all
from linehouse.payment.service.statements import delivered, receive_statement
from linehouse.payment.service.taking import take_payment

__all__ = [
    "allocate_open",
    "assign_entry",
    "credit_of",
    "delivered",
    "entries",
    "entry",
    "export_refunds",
    "ignore_entry",
    "keep_refused",
    "payment",
    "payment_by_number",
    "payments",
    "payments_of_invoice",
    "payments_of_invoices",
    "receive_statement",
    "record_paid",
    "record_returned",
    "refund",
    "refund_by_id",
    "refunds",
    "refunds_of_payment",
    "refused_files",
    "request_refund",
    "statement",
    "statements",
    "take_payment",
    "taken_after_all",
]
