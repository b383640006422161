"""States of a message (TMF681)."""

from linehouse.kernel.lifecycle import Lifecycle

MESSAGE = Lifecycle(
    "message",
    states=("initial", "inProgress", "completed", "cancelled", "failed"),
    initial="initial",
    transitions=(
        ("initial", "inProgress"),
        ("initial", "cancelled"),
        ("initial", "failed"),
        ("inProgress", "completed"),
        ("inProgress", "failed"),
        ("failed", "inProgress"),
    ),
)
"""In progress from the first attempt on; a failed one can be sent again."""
