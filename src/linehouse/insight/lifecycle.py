"""States of a plan that is tried on usage of the past."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

WHAT_IF = Lifecycle(
    "insight.what_if",
    states=("running", "done", "failed", "cancelled"),
    initial="running",
    transitions=(
        ("running", "done"),
        ("running", "failed"),
        ("running", "cancelled"),
        ("cancelled", "running"),
        ("failed", "running"),
    ),
)
"""One that was cancelled or failed goes on where it stopped."""
