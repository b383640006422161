"""What is personal of usage: who was in touch with whom, when and where (traffic and location data, ePrivacy 6)."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

DISPUTE_MONTHS = 12
"""A bill can be disputed for as long; then nobody needs to know who was called."""
RAW_MONTHS = 24

_BILL = "to bill, and to explain a bill while it can be disputed"
_LINE = Personal(DataClass.IDENTIFIER, "the line that was used", OnErasure.ALIAS)
_PEER = Personal(DataClass.TRAFFIC, _BILL, OnErasure.BLANK, DISPUTE_MONTHS)
_PLACE = Personal(DataClass.LOCATION, "to price roaming by the network that served it", OnErasure.ALIAS)
_RECORD = Personal(DataClass.TRAFFIC, "to bill what could not be billed at first", OnErasure.BLANK, DISPUTE_MONTHS)
_DONE = "t.state IN ('resolved', 'discarded')"

personal_table(
    Table(
        name="usage_record",
        room="usage",
        title="Usage",
        of="t.customer_id = ANY(%(customers)s)",
        since="started_at",
        shown=("started_at", "usage_type", "direction", "quantity", "unit"),
        columns={
            "msisdn": _LINE,
            "imsi": _LINE,
            "other_party": _PEER,
            "apn": _PLACE,
            "serving_plmn": _PLACE,
            "serving_country": _PLACE,
            "serving_tadig": _PLACE,
            "attributes": _PEER,
        },
        settled="t.state IN ('rejected', 'rated', 'rerated', 'billed')",
    )
)
not_personal("usage_record", "reference", "party_kind", "event_reference", "cause", "amount_currency")
not_personal("usage_record_move", "old", "new", "reason")
personal_table(
    Table(
        name="usage_suspense",
        room="usage",
        title="Usage that waits",
        of="t.customer_id = ANY(%(customers)s)",
        since="created_at",
        shown=("state", "reason", "started_at"),
        columns=dict.fromkeys(("record", "evidence", "imsi", "msisdn", "message", "resolution"), _RECORD),
        settled=_DONE,
    )
)
not_personal("usage_suspense", "reference", "reason")
personal_table(
    Table(
        name="usage_duplicate",
        room="usage",
        title="Usage that came twice",
        of="t.record ->> 'msisdn' IN (SELECT digits FROM resource_assignment WHERE holder = ANY(%(subscriptions)s))",
        since="seen_at",
        shown=("seen_at",),
        columns={"record": _RECORD},
    )
)
not_personal("usage_duplicate", "reference")
# Numbers of anybody, with no word of who has them: which network carries a number is told to every network.
not_personal("usage_ported_number", "number", "network", "source")
not_personal("usage_feed", "description")
not_personal("usage_file", "name", "sender", "recipient", "reason", "message", "notes")
personal_table(
    Table(
        name="documents_storeddocument",
        part="usage",
        room="usage",
        title="Usage files as they came",
        of="false",
        rows="t.kind = 'usage.raw'",
        since="created_at",
        columns={
            "content": Personal(
                DataClass.TRAFFIC,
                "proof of what the network reported",
                OnErasure.ALIAS,
                RAW_MONTHS,
                "many people in one",
            )
        },
        ends_whole=True,
    )
)
not_personal("documents_storeddocument", "name", "subject")
