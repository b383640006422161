"""States of a published catalogue version."""

from __future__ import annotations

from linehouse.catalog.values import LifecycleStatus
from linehouse.kernel.lifecycle import Lifecycle

VERSION = Lifecycle(
    "catalog.version",
    states=("published", "withdrawn"),
    initial="published",
    transitions=(("published", "withdrawn"),),
)
"""A version that is in force stays; one that has not begun can be withdrawn."""

DRAFT = Lifecycle(
    "catalog.draft",
    states=("open", "published", "discarded"),
    initial="open",
    transitions=(("open", "published"), ("open", "discarded"), ("discarded", "open")),
)
"""A draft is worked on until it is published or given up; what was given up can be taken up again."""

OFFERING = Lifecycle(
    "catalog.offering",
    states=tuple(status.value for status in LifecycleStatus),
    initial=tuple(status.value for status in LifecycleStatus),
    transitions=(
        ("In Study", "In Design"),
        ("In Design", "In Test"),
        ("In Test", "Active"),
        ("In Test", "Rejected"),
        ("Active", "Launched"),
        ("Active", "Retired"),
        ("Launched", "Retired"),
        ("Retired", "Obsolete"),
    ),
)
"""TMF620's lifecycleStatus. Files may begin anywhere; one change at a time goes along these lines."""
