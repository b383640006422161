"""States of a re-rate: a correction of prices on usage that was charged."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

RERATE = Lifecycle(
    "charging.rerate",
    states=("planning", "planned", "proposed", "approved", "applying", "applied", "discarded", "stale"),
    initial="planning",
    transitions=(
        ("planning", "planned"),
        ("planning", "discarded"),
        ("planned", "proposed"),
        ("planned", "discarded"),
        ("planned", "stale"),
        ("proposed", "approved"),
        ("proposed", "discarded"),
        ("proposed", "stale"),
        ("approved", "applying"),
        ("applying", "applied"),
    ),
)
"""The difference is reckoned, put before another person, and applied once approved. A stale one is planned again."""

RERATE_SUBSCRIBER = Lifecycle(
    "charging.rerate subscriber",
    states=("waiting", "looked", "same", "applied", "left-out"),
    initial="waiting",
    transitions=(
        ("waiting", "looked"),
        ("waiting", "same"),
        ("looked", "applied"),
        ("looked", "left-out"),
    ),
)
"""One subscription of it: looked at, with a difference or none; applied, or left out because it changed meanwhile."""
