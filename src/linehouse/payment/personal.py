"""What is personal of payments: who paid, from which account, and what they wrote."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

LAW_MONTHS = 120
_BASIS = "vouchers of the books are kept for ten years"
_PAYER = Personal(DataClass.FINANCIAL, "to know whose the money is", OnErasure.LAW, LAW_MONTHS, _BASIS)

personal_table(
    Table(
        name="payment_payment",
        room="payment",
        title="Payment",
        of="t.customer_id = ANY(%(customers)s)",
        since="created_at",
        shown=("number", "booked_on", "currency", "amount_micros", "state"),
        columns={"reference": _PAYER},
    )
)
personal_table(
    Table(
        name="payment_bankentry",
        room="payment",
        title="Booking of the bank",
        of="t.payment_id IN (SELECT p.id FROM payment_payment p WHERE p.customer_id = ANY(%(customers)s))",
        since="created_at",
        shown=("booked_on", "currency", "amount_micros"),
        columns=dict.fromkeys(("reference", "text", "payer", "payer_account", "end_to_end"), _PAYER),
    )
)
personal_table(
    Table(
        name="documents_storeddocument",
        part="statements",
        room="payment",
        title="Bank statements as they came",
        of="false",
        rows="t.kind = 'bank.statement'",
        since="created_at",
        columns={"content": _PAYER},
        ends_whole=True,
    )
)
personal_table(
    Table(
        name="documents_storeddocument",
        part="refund files",
        room="payment",
        title="Refunds as they were given to the bank",
        of="false",
        rows="t.kind = 'refund.export'",
        since="created_at",
        columns={"content": _PAYER},
        ends_whole=True,
    )
)
personal_table(
    Table(
        name="payment_refund",
        room="payment",
        title="Refund",
        of="t.customer_id = ANY(%(customers)s)",
        since="created_at",
        shown=("number", "created_at", "state", "currency", "amount_micros"),
        columns=dict.fromkeys(
            ("iban", "holder", "reason", "outcome"),
            Personal(DataClass.FINANCIAL, "to pay money back", OnErasure.LAW, LAW_MONTHS, _BASIS),
        ),
    )
)
not_personal("payment_refund", "once", "requested_by", "proposal", "paid_on", "bank_ref")
not_personal("payment_refundbatch", "made_by")
not_personal("payment_refusedstatement", "name", "reason")
not_personal("payment_payment", "booked_on", "bank_ref")
not_personal("payment_bankentry", "bank_ref", "iban", "booked_on", "value_on", "reason")
not_personal("payment_bankstatement", "iban", "name")
not_personal("payment_bankentry", "top_up")
