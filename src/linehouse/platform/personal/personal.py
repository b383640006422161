"""Tables of the house in which no column tells of a customer: staff, the catalogue, the machinery."""

from linehouse.platform.personal.declare import not_personal

not_personal("access_user", "password", "email", "name")
not_personal("access_loginfailures", "address_hash")
not_personal("balance_bucket", "texts", "taxed_at", "when_empty", "terms", "shared")
not_personal("balance_entitlement", "allowance", "offering", "ref_prefix")
not_personal("balance_group_member", "holder")
not_personal("balance_movement", "cause", "member")
not_personal("catalog_catalogfile", "path", "text")
not_personal("catalog_catalogversion", "note")
not_personal(
    "catalog_catalogdeck", "tariff", "file_name", "heading", "columns", "constants", "settings", "opened_by", "drafts"
)
not_personal("catalog_catalogdraft", "name", "files", "opened_by", "proposal")
not_personal("jobs_job", "payload", "serial", "last_error")
not_personal("ledger_cause", "cause")
not_personal("ledger_transfer", "cause", "note")
not_personal("numbers_numberseries", "name")
not_personal("outbox_outboxevent", "name", "payload")
not_personal("pghistory_context", "metadata")
not_personal("worktop_dashboard", "owner_id", "tiles")
not_personal("worktop_savedfilter", "owner_id", "owner_name", "screen", "name", "query")
not_personal("worktop_undooffer", "owner_id", "what", "payload")
not_personal("usersessions_usersession", "ip", "session_key", "user_agent", "data")
