"""What is personal of balances: of packs, thresholds and prepaid lines nothing, they tell what a line has; of money
that moved the notes of people, and by what a card is charged."""

from linehouse.platform.personal.declare import (
    DataClass,
    OnErasure,
    Personal,
    Table,
    not_personal,
    personal_table,
)

not_personal("balance_pack", "once_key", "product_number", "offering_name", "why_ended", "renewal")
not_personal("balance_packpayment", "tax_code", "gl", "covered_start", "covered_end")
not_personal("balance_threshold", "origin", "measure", "source", "zone")
not_personal("balance_prepaidline", "rest_kept_as", "rest_currency")

personal_table(
    Table(
        name="balance_autotopup",
        room="balance",
        title="Automatic top-up",
        of="t.customer_id = ANY(%(customers)s)",
        since="created_at",
        shown=("subscription", "currency", "micros", "threshold_micros", "day", "state"),
        columns={
            "token": Personal(DataClass.FINANCIAL, "to charge the card by which the line is topped up", OnErasure.KEY)
        },
    )
)

_BASIS = "vouchers of the books are kept for ten years"
_NOTE = Personal(DataClass.FREE_TEXT, "to account for money that was moved by hand", OnErasure.LAW, 120, _BASIS)
_SHOWN = ("number", "created_at", "state")
for _name, _title, _of, _shown, _columns in (
    (
        "balance_topup",
        "Top-up",
        "t.customer_id = ANY(%(customers)s)",
        (*_SHOWN, "currency", "micros", "method"),
        ("reference", "why_reversed"),
    ),
    (
        "balance_moneytransfer",
        "Transfer between lines",
        "t.customer_id = ANY(%(customers)s)",
        (*_SHOWN, "currency", "micros"),
        ("why_reversed",),
    ),
    (
        "balance_adjustment",
        "Adjustment of a balance",
        "t.customer_id = ANY(%(customers)s)",
        (*_SHOWN, "asset", "amount", "reason_code"),
        ("note", "why_reversed"),
    ),
    (
        "balance_overdraft",
        "Overdraft",
        "t.customer_id = ANY(%(customers)s)",
        ("subscription", "created_at", "currency", "micros"),
        ("reason",),
    ),
):
    personal_table(
        Table(
            name=_name,
            room="balance",
            title=_title,
            of=_of,
            since="created_at",
            shown=_shown,
            columns=dict.fromkeys(_columns, _NOTE),
        )
    )
not_personal("balance_topup", "once", "bucket_ref", "bonus_key", "bonus_ref", "taken_by")
not_personal("balance_moneytransfer", "once", "day", "from_subscription", "to_subscription", "asked_by")
not_personal("balance_adjustment", "once", "bucket_ref", "reason_code", "given_by")
not_personal("balance_autotopup", "last_error", "next_on")
not_personal("balance_moneyfile", "text", "applied_by")
not_personal("balance_vouchersale", "once", "batch", "first", "last", "dealer", "sold_by")
