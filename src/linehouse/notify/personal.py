"""What is personal of messages: what was written to whom."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

_TEXT = Personal(DataClass.CONTENT, "proof of what the customer was told", OnErasure.BLANK, 36)

personal_table(
    Table(
        name="notify_message",
        room="notify",
        title="Message",
        of="t.customer_id = ANY(%(customers)s)",
        since="created_at",
        shown=("created_at", "channel", "template", "state", "sent_at"),
        columns={
            "subject": _TEXT,
            "text": _TEXT,
            "recipient_masked": Personal(DataClass.CONTACT, "proof of where it went", OnErasure.BLANK, 36),
            "evidence": Personal(DataClass.CONTACT, "the receiving server's word", OnErasure.BLANK, 36),
        },
    )
)
not_personal("notify_message", "subject_ref", "documents", "message_id")
