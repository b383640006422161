"""What is personal of products: numbers and cards among their characteristics."""

from linehouse.platform.personal.declare import (
    DataClass,
    OnErasure,
    Personal,
    Table,
    not_personal,
    person_key,
    personal_table,
)

person_key("products", "SELECT id FROM inventory_product WHERE customer_id = ANY(%(customers)s)")
# Whoever holds a number or a card is named by the product's number.
person_key("subscriptions", "SELECT number FROM inventory_product WHERE customer_id = ANY(%(customers)s)")
person_key("services", "SELECT id FROM inventory_service WHERE product_id = ANY(%(products)s)")

_LINE = Personal(DataClass.IDENTIFIER, "number and card by which the network knows the line", OnErasure.ALIAS)

personal_table(
    Table(
        name="inventory_product",
        room="inventory",
        title="Product",
        of="t.customer_id = ANY(%(customers)s)",
        shown=("number", "offering_name", "state", "activated_at", "terminated_at"),
        columns={"characteristics": _LINE},
    )
)
personal_table(
    Table(
        name="inventory_service",
        room="inventory",
        title="Service",
        of="t.product_id = ANY(%(products)s)",
        shown=("name", "state", "started_at", "ended_at"),
        columns={"characteristics": _LINE, "network_ref": _LINE},
    )
)
not_personal("inventory_service", "specification_key", "name")
_FRIEND = Personal(
    DataClass.TRAFFIC, "to price calls to numbers that the line chose", OnErasure.KEY, 12, "contract, GDPR 6(1)(b)"
)
personal_table(
    Table(
        name="inventory_listednumber",
        room="inventory",
        title="Numbers on a line's lists",
        of="t.product_id = ANY(%(products)s)",
        since="valid_to",
        shown=("list_key", "valid_from", "valid_to"),
        columns={
            "number": _FRIEND,
            "number_index": Personal(DataClass.TRAFFIC, "to find the number", OnErasure.BLANK, 12),
        },
    )
)
not_personal("inventory_listednumber", "list_key")
not_personal("inventory_closedgroup", "key", "name", "word")
not_personal("inventory_groupmember", "kind")
