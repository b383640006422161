"""What is personal of messages: what was written to whom, under the key of whom it was written to."""

from linehouse.platform.personal.declare import (
    DataClass,
    OnErasure,
    Personal,
    Table,
    key_owner,
    not_personal,
    personal_table,
)

MONTHS = 36
_TEXT = Personal(DataClass.CONTENT, "proof of what the customer was told", OnErasure.KEY, MONTHS)
_WHERE = Personal(DataClass.CONTACT, "proof of where it went", OnErasure.KEY, MONTHS)
_MASKED = Personal(DataClass.CONTACT, "proof of where it went, masked", OnErasure.BLANK, MONTHS)

key_owner("notify_message", "owner_id")  # whoever is written to without being a customer
personal_table(
    Table(
        name="notify_message",
        room="notify",
        title="Message",
        of="t.owner_id = ANY(%(party)s) OR t.customer_id = ANY(%(customers)s)",
        since="created_at",
        shown=("created_at", "channel", "template", "state", "sent_at"),
        columns={
            "subject": _TEXT,
            "text": _TEXT,
            "recipient_name": _WHERE,
            "recipient_email": _WHERE,
            "recipient_phone": _WHERE,
            "recipient_masked": _MASKED,
            "evidence": Personal(DataClass.CONTACT, "the receiving server's word, masked", OnErasure.BLANK, MONTHS),
            "description": Personal(DataClass.CONTENT, "what the message is about", OnErasure.BLANK, MONTHS),
        },
    )
)
not_personal("notify_message", "subject_ref", "documents", "message_id", "message_class")
personal_table(
    Table(
        name="notify_delivery",
        room="notify",
        title="Wording of a message for a channel",
        of="t.owner_id = ANY(%(party)s)",
        since="created_at",
        shown=("created_at", "channel", "state"),
        columns={"subject": _TEXT, "text": _TEXT, "html": _TEXT, "recipient_masked": _MASKED, "reason": _MASKED},
    )
)
not_personal("notify_evidence", "text")
not_personal("notify_ownnotice", "title", "message_class", "channels", "variables")
not_personal("notify_preference", "channels")
not_personal("notify_rules", "zone_of")
not_personal("notify_smspart", "centre_id", "receipt")
not_personal("notify_storedwording", "notice", "subject", "text", "html", "note", "made_by")
