"""What is personal of the brand's own characteristics: any value may be, so all of a person's go."""

from linehouse.platform.personal.declare import DataClass, OnErasure, Personal, Table, not_personal, personal_table

_OWN = Personal(DataClass.FREE_TEXT, "what the brand itself wants to know; declared by the brand", OnErasure.DELETE)

personal_table(
    Table(
        name="characteristics_characteristicvalue",
        room="platform.characteristics",
        title="The brand's own fields",
        of="t.object_id = ANY(%(customers)s::uuid[] || %(party)s::uuid[] || %(accounts)s::uuid[])",
        shown=("created_at",),
        columns={"text": _OWN, "day": _OWN},
    )
)
not_personal("characteristics_characteristicspec", "entity", "label", "description", "choices")
