"""What is personal of orders: numbers and cards wished for, and notes."""

from linehouse.platform.personal.declare import (
    DataClass,
    OnErasure,
    Personal,
    Table,
    not_personal,
    person_key,
    personal_table,
)

person_key("orders", "SELECT id FROM ordering_order WHERE customer_id = ANY(%(customers)s)")

_LINE = Personal(DataClass.IDENTIFIER, "the number or card that was asked for", OnErasure.ALIAS)
_NOTE = Personal(DataClass.FREE_TEXT, "to carry the order out", OnErasure.BLANK)

personal_table(
    Table(
        name="ordering_order",
        room="ordering",
        title="Order",
        of="t.customer_id = ANY(%(customers)s)",
        shown=("number", "created_at", "state"),
        columns={
            "request": _LINE,
            "note": _NOTE,
            "reason": _NOTE,
            "external_id": Personal(DataClass.IDENTIFIER, "the caller's own key", OnErasure.ALIAS),
        },
    )
)
personal_table(
    Table(
        name="ordering_item",
        room="ordering",
        title="Order item",
        of="t.order_id = ANY(%(orders)s)",
        shown=("offering_name", "action", "state"),
        columns={"msisdn": _LINE, "iccid": _LINE, "reason": _NOTE},
    )
)
personal_table(
    Table(
        name="ordering_canceltask",
        room="ordering",
        title="Request to cancel an order",
        of="t.order_id = ANY(%(orders)s)",
        shown=("created_at", "state"),
        columns={"reason": _NOTE},
    )
)
not_personal("ordering_order", "price")
not_personal("ordering_step", "needs", "compensation", "reason", "network_ref")
