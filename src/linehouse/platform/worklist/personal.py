"""What is personal of tasks: what their reasons, evidence and notes tell of a customer."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

_TOLD = Personal(DataClass.FREE_TEXT, "to do the task and to account for it", OnErasure.BLANK, 36)

personal_table(
    Table(
        name="worklist_task",
        room="platform.worklist",
        title="Task",
        of="t.customer_id = ANY(%(customers)s)",
        since="created_at",
        shown=("created_at", "kind", "state"),
        columns=dict.fromkeys(("subject", "reason", "evidence", "note", "outcome"), _TOLD),
        settled="t.settled_at IS NOT NULL",
    )
)
not_personal("worklist_task", "owner_id", "owner_name", "settled_by")
