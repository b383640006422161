"""The states of a task."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

TASK = Lifecycle(
    "worklist.task",
    states=("open", "taken", "waiting", "snoozed", "done", "dismissed"),
    initial="open",
    transitions=(
        ("open", "taken"),
        ("open", "snoozed"),
        ("open", "done"),
        ("open", "dismissed"),
        ("taken", "open"),
        ("taken", "waiting"),
        ("taken", "snoozed"),
        ("taken", "done"),
        ("taken", "dismissed"),
        ("waiting", "open"),
        ("waiting", "taken"),
        ("waiting", "snoozed"),
        ("waiting", "done"),
        ("waiting", "dismissed"),
        ("snoozed", "open"),
        ("snoozed", "taken"),
        ("snoozed", "done"),
        ("snoozed", "dismissed"),
        ("done", "open"),
        ("done", "taken"),
        ("dismissed", "open"),
        ("dismissed", "taken"),
    ),
)
"""``waiting`` is for somebody outside, ``snoozed`` until an instant. A settled task begins again when the same thing
happens once more, with the one who had it."""

LIVE = ("open", "taken", "waiting", "snoozed")
"""The states of a task that is not settled."""
