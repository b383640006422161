"""What is personal of the APIs' own tables: answers and notifications as they went out."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

_SENT = Personal(DataClass.CONTENT, "to repeat the same answer to the same request", OnErasure.DELETE, 1)

personal_table(
    Table(
        name="tmf_hubdelivery",
        room="edge.tmf",
        title="Notification of a listener",
        of="t.resource_id = ANY(SELECT unnest(%(customers)s::uuid[] || %(party)s::uuid[])::text)",
        since="made_at",
        shown=("made_at", "event_type"),
        columns={"body": Personal(DataClass.CONTENT, "to tell a listener", OnErasure.DELETE, 1)},
        settled="t.delivered_at IS NOT NULL",
    )
)
personal_table(
    Table(
        name="tmf_idempotencykey",
        room="edge.tmf",
        title="Answer kept for a repeated request",
        of="EXISTS (SELECT 1 FROM unnest(%(customers)s::uuid[] || %(party)s::uuid[]) AS p(id)"
        " WHERE strpos(t.answer::text, p.id::text) > 0)",
        since="created_at",
        shown=("created_at",),
        columns={"answer": _SENT},
    )
)
not_personal("tmf_hubdelivery", "last_answer")
not_personal("tmf_exchangejob", "api", "client_name", "content_type", "path", "query", "base_url", "error")
not_personal(
    "tmf_hubsubscription",
    "api",
    "client_name",
    "callback",
    "query",
    "base_url",
    "token_client",
    "token_scope",
    "token_secret",
    "token_url",
)
