"""What is personal of proposals: the change that was proposed and what was said of it."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

_SAID = Personal(DataClass.FREE_TEXT, "to account for who proposed and decided what", OnErasure.BLANK, 36)

personal_table(
    Table(
        name="approval_proposal",
        room="platform.approval",
        title="Proposal",
        of="t.customer_id = ANY(%(customers)s)",
        since="created_at",
        shown=("number", "created_at", "kind", "state"),
        columns=dict.fromkeys(("subject", "changes", "payload", "reason", "note", "result"), _SAID),
        settled="t.decided_at IS NOT NULL",
    )
)
not_personal(
    "approval_proposal",
    "effect_currency",
    "fingerprint",
    "proposer_kind",
    "proposer_id",
    "proposer_name",
    "decider_id",
    "decider_name",
)
