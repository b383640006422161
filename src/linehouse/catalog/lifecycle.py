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
