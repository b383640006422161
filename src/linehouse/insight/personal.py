"""What is personal of timelines: the words by which they are searched."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

personal_table(
    Table(
        name="insight_timelinerow",
        room="insight",
        title="Timeline",
        of="t.customer_id = ANY(%(customers)s)",
        since="at",
        shown=("at", "event", "actor"),
        columns={"words": Personal(DataClass.FREE_TEXT, "to search a timeline", OnErasure.BLANK)},
    )
)
not_personal("insight_timelinerow", "facts")
not_personal("insight_whatif", "name", "origin", "files", "onto", "offering", "accounts", "fault", "sums")
# Numbers of subscriptions and accounts name rows, not people; without those rows nobody can be found by them.
not_personal("insight_whatifline", "subscription", "account", "offering_before", "offering_after")
