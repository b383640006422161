"""States of an import and of its rows."""

from linehouse.kernel.lifecycle import Lifecycle

IMPORT = Lifecycle(
    "import",
    states=("received", "trying", "tried", "running", "done", "undoing", "undone"),
    initial="received",
    transitions=(
        ("received", "trying"),
        ("received", "running"),
        ("trying", "tried"),
        ("tried", "trying"),
        ("tried", "running"),
        ("running", "done"),
        ("done", "undoing"),
        ("done", "running"),
        ("undoing", "undone"),
        ("undone", "undoing"),
    ),
)
"""A try has no effect and can be repeated with another mapping. A done import can run again: rows that were refused are
taken once more. An undo that could not take everything back can be repeated."""

ROW = Lifecycle(
    "import row",
    states=("taken", "known", "refused", "undone", "kept"),
    initial=("taken", "known", "refused"),
    transitions=(
        ("refused", "taken"),
        ("refused", "known"),
        ("taken", "undone"),
        ("taken", "kept"),
        ("kept", "undone"),
    ),
)
"""``known``: the same row was taken before, here or by another import. ``kept``: it could not be undone, with
the reason."""
