"""Whose data an API client was shown, for the log that the person can read."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from linehouse.edge.tmf.kit.access import Caller
from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.platform.personal.access_log import note_access

PEOPLE = frozenset({"Individual", "Organization"})
"""Kinds of resources that are people or organisations themselves: their id is the subject's."""


def accounted(kind: str) -> bool:
    """Whether representations of this kind are of people."""
    return kind in PEOPLE or kind == "Customer"


def account_for(kind: str, shown: Iterable[JsonObject], who: Caller) -> None:
    """Write down that the client was shown these representations, where they are of people; one statement for all."""
    found = [subject for one in shown if (subject := _subject(kind, one)) is not None]
    note_access(found, who.actor, "api", kind)


def _subject(kind: str, representation: JsonObject) -> UUID | None:
    if kind in PEOPLE:
        return _id(representation.get("id"))
    if kind == "Customer":
        party = representation.get("engagedParty")
        return _id(party.get("id")) if isinstance(party, dict) else None
    return None


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
