"""States of contacts and follow-ups (TMF683 PartyInteractionStatusType; withdrawn is ours and never shown there)."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

INTERACTION = Lifecycle(
    "care.interaction",
    states=("open", "inProgress", "completed", "withdrawn"),
    initial=("open", "inProgress", "completed"),
    transitions=(
        ("open", "inProgress"),
        ("open", "completed"),
        ("inProgress", "completed"),
        ("open", "withdrawn"),
        ("inProgress", "withdrawn"),
        ("completed", "withdrawn"),
    ),
)
FOLLOW_UP = Lifecycle(
    "care.follow_up",
    states=("open", "done", "dropped"),
    initial="open",
    transitions=(("open", "done"), ("open", "dropped")),
)
