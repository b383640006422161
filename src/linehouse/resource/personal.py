"""What is personal of numbers and cards: they name a line, and through its product a customer."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

_LINE = Personal(
    DataClass.IDENTIFIER,
    "the brand's own stock of numbers and cards; whose it was is told by a product whose customer is erased",
    OnErasure.ALIAS,
)

personal_table(
    Table(
        name="resource_number",
        room="resource",
        title="Telephone number",
        of="t.holder = ANY(%(subscriptions)s)",
        shown=("state", "holder"),
        columns={"digits": _LINE},
    )
)
personal_table(
    Table(
        name="resource_assignment",
        room="resource",
        title="Numbers held over time",
        of="t.holder = ANY(%(subscriptions)s)",
        shown=("kind", "holder", "period"),
        columns={"digits": _LINE},
    )
)
personal_table(
    Table(
        name="resource_simcard",
        room="resource",
        title="SIM card",
        of="t.holder = ANY(%(subscriptions)s)",
        shown=("state", "holder"),
        columns={
            "iccid": _LINE,
            "imsi": _LINE,
            "puk": Personal(DataClass.SECRET, "to unlock the card for its user", OnErasure.BLANK),
        },
    )
)

personal_table(
    Table(
        name="resource_pinlock",
        room="resource",
        title="Wrong PINs of vouchers",
        of="t.key = ANY(%(subscriptions)s)",
        shown=("kind", "wrong", "since", "locked_until"),
        columns={"key": _LINE},
    )
)
personal_table(
    Table(
        name="resource_voucher",
        room="resource",
        title="Redeemed voucher",
        of="t.redeemed_by = ANY(%(subscriptions)s)",
        shown=("serial", "redeemed_at"),
        columns={"redeemed_by": _LINE},
    )
)
# The PIN is on paper; here is a keyed hash of it, of which it cannot be found.
not_personal("resource_voucher", "serial", "pin_hash", "sale", "blocked_for")
not_personal("resource_voucherbatch", "name", "made_by", "exported_by")
personal_table(
    Table(
        name="resource_voucherpins",
        room="resource",
        title="PINs of vouchers that wait for their export",
        of="false",
        columns={"pins": Personal(DataClass.SECRET, "to be printed on vouchers; nobody's yet", OnErasure.ALIAS)},
    )
)
