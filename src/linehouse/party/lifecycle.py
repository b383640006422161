"""States of people and organisations (TMF632 IndividualStateType, OrganizationStateType)."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

# The published TMF632 v4 enum spells it "deceaded"; the edge writes that word, we keep the right one.
INDIVIDUAL = Lifecycle(
    "party.individual",
    states=("initialized", "validated", "deceased"),
    initial="initialized",
    transitions=(("initialized", "validated"), ("initialized", "deceased"), ("validated", "deceased")),
)
ORGANIZATION = Lifecycle(
    "party.organization",
    states=("initialized", "validated", "closed"),
    initial="initialized",
    transitions=(("initialized", "validated"), ("initialized", "closed"), ("validated", "closed")),
)


# GDPR 12: received, then it is made sure who asks, then answered or refused with a reason, within a month.
SUBJECT_REQUEST = Lifecycle(
    "party.subject_request",
    states=("received", "identified", "in-progress", "answered", "refused"),
    initial="received",
    transitions=(
        ("received", "identified"),
        ("received", "refused"),
        ("identified", "in-progress"),
        ("identified", "refused"),
        ("in-progress", "answered"),
        ("in-progress", "refused"),
    ),
)
