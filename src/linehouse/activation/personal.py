"""What is personal of provisioning: the line's identifiers as they were asked of the network."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

_LINE = Personal(DataClass.IDENTIFIER, "to set the line up and take it down in the network", OnErasure.ALIAS)
_MINE = "SELECT r.id FROM activation_request r JOIN activation_line l ON l.id = r.line_id"

personal_table(
    Table(
        name="activation_line",
        room="activation",
        title="Line in the network",
        of="t.customer_id = ANY(%(customers)s)",
        shown=("line", "confirmed_at"),
        columns={"desired": _LINE, "network_ref": _LINE, "drift": _LINE},
    )
)
personal_table(
    Table(
        name="activation_request",
        room="activation",
        title="Request to the network",
        of="t.line_id IN (SELECT l.id FROM activation_line l WHERE l.customer_id = ANY(%(customers)s))",
        shown=("created_at", "action", "state"),
        columns={"desired": _LINE, "network_ref": _LINE},
    )
)
personal_table(
    Table(
        name="activation_wireexchange",
        room="activation",
        title="What went over the wire, masked",
        of=f"t.request_id IN ({_MINE} WHERE l.customer_id = ANY(%(customers)s))",
        since="at",
        shown=("at", "method"),
        columns=dict.fromkeys(
            ("path", "request_body", "response_body"),
            Personal(DataClass.IDENTIFIER, "to explain a failure", OnErasure.BLANK, 12),
        ),
    )
)
not_personal("activation_line", "line")
not_personal("activation_request", "reason", "monitor")
