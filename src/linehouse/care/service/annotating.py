"""Adding a note to a contact."""

from __future__ import annotations

from uuid import UUID

from linehouse.care.errors import InteractionUnknown
from linehouse.care.events import InteractionAnnotated
from linehouse.care.models import Annotation, Interaction
from linehouse.care.values import TEXT_LIMIT, Visibility
from linehouse.kernel.error import Invalid
from linehouse.kernel.ids import new_id
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work


def annotate(
    interaction_id: UUID, text: str, *, actor: Actor, visibility: Visibility | str = Visibility.INTERNAL
) -> UUID:
    """Add a note; the actor is its author, now its time. Returns the note's id.

    Raises InteractionUnknown, Invalid for an empty or too long text or an unknown visibility.
    """
    if not text.strip():
        raise Invalid("a note says something", field="text", expected="a sentence")
    if len(text) > TEXT_LIMIT:
        raise Invalid("the note is too long", field="text", expected=f"at most {TEXT_LIMIT} characters")
    if visibility not in set(Visibility):
        expected = ", ".join(word.value for word in Visibility)
        raise Invalid("nobody reads that", field="visibility", value=str(visibility)[:40], expected=expected)
    with unit_of_work(actor) as work:
        row = Interaction.objects.select_for_update().filter(id=interaction_id).exclude(state="withdrawn").first()
        if row is None:
            raise InteractionUnknown("no such contact", field="id", value=str(interaction_id))
        row.changed_at = work.now
        row.save(update_fields=["changed_at"])
        note = Annotation.objects.create(
            id=new_id(),
            interaction=row,
            author=actor.name,
            author_id=actor.id,
            text=text.strip(),
            visibility=visibility,
            created_at=work.now,
            changed_at=work.now,
        )
        emit(
            InteractionAnnotated(
                interaction_id=row.id,
                customer_id=row.customer_id,
                number=row.number,
                annotation_id=note.id,
                visibility=note.visibility,
            )
        )
        return note.id
