"""What is personal of rated usage: whom it was with."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

personal_table(
    Table(
        name="charging_rated_usage",
        room="charging",
        title="Rated usage",
        of="t.customer_id = ANY(%(customers)s)",
        since="started_at",
        shown=("started_at", "usage_type", "direction", "quantity", "unit", "subscription"),
        columns={
            "peer": Personal(
                DataClass.TRAFFIC, "to explain a bill while it can be disputed", OnErasure.BLANK, 12, "ePrivacy 6(2)"
            ),
            "network": Personal(DataClass.LOCATION, "to explain what roaming cost", OnErasure.ALIAS),
        },
    )
)
not_personal("charging_rated_usage", "label", "unit_takes", "money_takes", "explanation")
# A TAC names a model of device, not one device; a segment and an offering are shared by many.
not_personal("charging_rated_usage", "offering", "segment", "device", "cost_rule", "cost_reason")
# Names of counters, lists, groups and segments, and figures: never a number of anybody.
not_personal("charging_rated_usage", "reason", "counted", "counted_in", "told")
not_personal("charging_counter", "counter", "period_start")
not_personal(
    "charging_usage_hour",
    "offering",
    "segment",
    "device",
    "tariff",
    "billing_mode",
    "usage_type",
    "direction",
    "unit",
    "number_zone",
    "network_zone",
    "network",
    "currency",
)
personal_table(
    Table(
        name="charging_line",
        room="charging",
        title="Line as charging knows it",
        of="t.customer_id = ANY(%(customers)s)",
        shown=("subscription", "valid_from", "valid_to"),
        columns={"msisdn": Personal(DataClass.IDENTIFIER, "to charge while it is used", OnErasure.ALIAS)},
    )
)
not_personal("charging_line", "offering")
not_personal("charging_billed", "invoice")
not_personal("charging_tariffs", "files")
not_personal("charging_rated_usage", "rerate")
not_personal("charging_reversal", "rerate")
not_personal(
    "charging_rerate",
    "tariff",
    "offering",
    "ordering",
    "reason",
    "note",
    "subscriptions",
    "sums",
    "applied_sums",
    "billed",
    "proposal",
    "planner_kind",
    "planner_id",
    "planner_name",
)
not_personal("charging_reratesubscriber", "seen", "outcome", "sums", "why")
not_personal("charging_rerateline", "usage_type", "unit", "rule_before", "rule_now")
not_personal("charging_rerateline", "takes_before", "takes_now", "kept")
personal_table(
    Table(
        name="charging_session",
        room="charging",
        title="Sessions charged while they last",
        of=(
            "t.subscription_id IN (SELECT l.subscription_id FROM charging_line l"
            " WHERE l.customer_id = ANY(%(customers)s))"
        ),
        since="began_at",
        shown=("began_at", "closed_at"),
        columns={
            "state": Personal(
                DataClass.TRAFFIC, "to go on with a session where it was", OnErasure.DELETE, 12, "ePrivacy 6(2)"
            ),
        },
    )
)
# A session's name is the gateway's own; an answer tells amounts and quantities, not with whom.
not_personal("charging_session", "session", "door", "door_address")
not_personal("charging_match", "record_key", "session", "usage_type", "outcome")
not_personal("charging_wish", "session", "reason", "outcome")
not_personal("charging_answer", "session", "key", "fingerprint", "answer")
not_personal("charging_tariffs", "cost_tariff")
personal_table(
    Table(
        name="charging_trace",
        room="charging",
        title="Messages of the network about a line",
        of=(
            "t.subscription_id IN (SELECT l.subscription_id FROM charging_line l"
            " WHERE l.customer_id = ANY(%(customers)s))"
        ),
        since="at",
        shown=("at", "door", "name", "result", "refused"),
        columns={
            "detail": Personal(
                DataClass.TRAFFIC, "to find out why a session failed, for some days", OnErasure.DELETE, 1
            ),
        },
    )
)
not_personal("charging_trace", "node", "door", "peer", "session", "way", "name", "result", "refused")
# Network elements and processes, never people.
not_personal("charging_rate", "node", "door", "peer", "name", "result", "refused", "latency")
not_personal("charging_peer", "node", "door", "peer", "realm", "address", "state", "detail")
not_personal("charging_node", "node")
not_personal("charging_tariffs", "home", "currency")
not_personal("charging_cap", "key", "recent")
not_personal("charging_policy_counter", "key")
not_personal("charging_policy_status", "key", "status", "acts", "next_status")
not_personal("charging_policy_change", "key", "was", "status", "why")
# The address is that of the network element that subscribed.
not_personal("charging_policy_subscription", "kind", "ref", "counters", "address")
not_personal("charging_policy_push", "key", "status", "next_status")
not_personal("charging_linecontrol", "kind", "key", "set_by")
personal_table(
    Table(
        name="charging_whereabouts",
        room="charging",
        title="Country in which a line was seen last",
        of=(
            "t.subscription_id IN (SELECT l.subscription_id FROM charging_line l"
            " WHERE l.customer_id = ANY(%(customers)s))"
        ),
        since="since",
        shown=("since",),
        columns={
            "country": Personal(DataClass.LOCATION, "to greet on arrival and to slow abroad", OnErasure.DELETE),
            "plmn": Personal(DataClass.LOCATION, "to greet on arrival and to slow abroad", OnErasure.DELETE),
        },
    )
)
not_personal("charging_whereabouts", "device")
personal_table(
    Table(
        name="charging_capconsent",
        room="charging",
        title="Agreements to go on above a limit",
        of="t.customer_id = ANY(%(customers)s)",
        since="given_at",
        shown=("given_at", "key", "channel"),
        columns={
            "evidence": Personal(
                DataClass.CONTENT, "to show that the customer agreed", OnErasure.BLANK, 84, "Reg. (EU) 2022/612 Art. 14"
            ),
        },
    )
)
not_personal("charging_capconsent", "key", "channel")
personal_table(
    Table(
        name="charging_friend",
        room="charging",
        title="Numbers on a line's lists, as charging knows them",
        of=(
            "t.subscription_id IN (SELECT l.subscription_id FROM charging_line l"
            " WHERE l.customer_id = ANY(%(customers)s))"
        ),
        shown=("list_key", "number", "valid_from"),
        columns={"number": Personal(DataClass.CONTACT, "to charge while it is used", OnErasure.DELETE)},
    )
)
not_personal("charging_friend", "list_key")
not_personal("charging_line", "segment", "segments")
personal_table(
    Table(
        name="charging_consumption",
        room="charging",
        title="Answers to programs about balances and usage",
        of=(
            "t.subscription_ids && ARRAY(SELECT l.subscription_id FROM charging_line l"
            " WHERE l.customer_id = ANY(%(customers)s))"
        ),
        since="asked_at",
        shown=("asked_at",),
        columns={
            "lines": Personal(DataClass.TRAFFIC, "to give the same answer again", OnErasure.DELETE, 1),
        },
    )
)
not_personal("charging_consumption", "asked", "subscription_ids")
