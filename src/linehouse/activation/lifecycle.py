"""The states of a provisioning request."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

#: ``pending``: written, not yet answered. ``accepted``: the network works on it and gave us a monitor.
#: ``failed`` is final: the one who asked decides whether to ask again, and that is a new request.
PROVISIONING_REQUEST = Lifecycle(
    "activation.request",
    states=("pending", "accepted", "completed", "failed"),
    initial="pending",
    transitions=(
        ("pending", "accepted"),
        ("pending", "completed"),
        ("pending", "failed"),
        ("accepted", "completed"),
        ("accepted", "failed"),
    ),
)

#: The kind of task that a line which is not in the network as we want it is for people.
OUT_OF_LINE = "activation.line"
