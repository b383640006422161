"""Finding contacts and follow-ups."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from linehouse.care import store
from linehouse.care.errors import FollowUpUnknown, InteractionUnknown
from linehouse.care.models import FollowUp, Interaction
from linehouse.care.values import FollowUpView, InteractionFilter, InteractionView

SORTS = {"began_at": "began_at", "number": "number", "topic": "topic", "state": "state", "agent": "agent"}
"""Columns by which a list of contacts can be sorted."""


def find_interaction(
    *,
    id: UUID | None = None,  # noqa: A002  # callers' word
    number: str = "",
    withdrawn: bool = False,
) -> InteractionView:
    """A contact by id or number; a withdrawn one only where that is wanted. Raises InteractionUnknown."""
    rows = store.rows_with_parts(Interaction.objects.all())
    rows = rows.filter(id=id) if id is not None else rows.filter(number=number)
    row = rows.first()
    if row is None or (row.state == "withdrawn" and not withdrawn):
        raise InteractionUnknown("no such contact", field="id", value=str(id or number))
    return store.view(row)


def find_interactions(
    wanted: InteractionFilter | None = None,
    *,
    withdrawn: bool = False,
    sort: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[InteractionView], int]:
    """A page of contacts, the newest first unless sorted, and how many fit."""
    rows = store.search(wanted or InteractionFilter(), withdrawn=withdrawn)
    column = SORTS.get(sort)
    ordered = (
        rows.order_by(f"{'-' if descending else ''}{column}", "-id") if column else rows.order_by("-began_at", "-id")
    )
    page = store.rows_with_parts(ordered)[offset : offset + limit]
    return [store.view(row) for row in page], rows.count()


def interactions_by_id(ids: Iterable[UUID]) -> dict[UUID, InteractionView]:
    """Many contacts by id, withdrawn ones too; unknown ids are left out."""
    rows = store.rows_with_parts(Interaction.objects.filter(id__in=set(ids)))
    return {row.id: store.view(row) for row in rows}


def find_follow_up(follow_up_id: UUID) -> FollowUpView:
    """A follow-up. Raises FollowUpUnknown."""
    row = FollowUp.objects.filter(id=follow_up_id).first()
    if row is None:
        raise FollowUpUnknown("no such follow-up", field="id", value=str(follow_up_id))
    return store.follow_up_view(row)


def follow_ups(
    *, customer_id: UUID | None = None, interaction_id: UUID | None = None, state: str = "", limit: int = 100
) -> list[FollowUpView]:
    """Follow-ups, those that are due first at the top."""
    rows = FollowUp.objects.order_by("due_at", "id")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if interaction_id is not None:
        rows = rows.filter(interaction_id=interaction_id)
    if state:
        rows = rows.filter(state=state)
    return [store.follow_up_view(row) for row in rows[:limit]]
