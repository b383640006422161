"""What is personal of contacts with customers: what was said, and notes about it."""

from linehouse.platform.personal.declare import (
    DataClass,
    OnErasure,
    Personal,
    Table,
    not_personal,
    person_key,
    personal_table,
)

person_key(
    "interactions",
    "SELECT id FROM care_interaction WHERE customer_id = ANY(%(customers)s) OR party_id = ANY(%(party)s)",
)

_SAID = Personal(DataClass.FREE_TEXT, "to know what was said and promised", OnErasure.BLANK, 36)
_OF = "t.interaction_id = ANY(%(interactions)s)"

personal_table(
    Table(
        name="care_interaction",
        room="care",
        title="Contact",
        of="t.id = ANY(%(interactions)s)",
        since="created_at",
        shown=("number", "began_at", "channel", "direction", "agent"),
        columns={
            **dict.fromkeys(("topic", "text", "outcome", "state_reason"), _SAID),
            "channel_ref": Personal(DataClass.CONTACT, "where the contact took place", OnErasure.BLANK, 36),
            "external_id": Personal(DataClass.IDENTIFIER, "the contact centre's own key", OnErasure.BLANK, 36),
        },
    )
)
personal_table(
    Table(
        name="care_annotation",
        room="care",
        title="Note",
        of=_OF,
        since="created_at",
        shown=("created_at", "author"),
        columns={"text": _SAID},
    )
)
personal_table(
    Table(
        name="care_followup",
        room="care",
        title="Follow-up",
        of="t.customer_id = ANY(%(customers)s)",
        since="created_at",
        shown=("due_at", "state", "owner_name"),
        columns={"text": _SAID, "outcome": _SAID},
    )
)
personal_table(
    Table(
        name="care_interactionitem",
        room="care",
        title="What a contact was about",
        of=_OF,
        since="created_at",
        shown=("kind", "subject_number"),
        columns={"reason": _SAID, "resolution": _SAID},
    )
)
personal_table(
    Table(
        name="care_attachment",
        room="care",
        title="File of a contact",
        of=_OF,
        since="created_at",
        shown=("created_at", "media_type"),
        columns={"name": _SAID},
    )
)
not_personal("care_annotation", "author", "author_id", "visibility")
not_personal("care_interaction", "agent", "agent_id", "follows")
not_personal("care_followup", "owner_id", "owner_name", "created_by", "closed_by")
not_personal("care_interactionitem", "subject_number")
