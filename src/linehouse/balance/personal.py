"""What is personal of packs, thresholds and prepaid lines: nothing that names a person, only what a line has."""

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
