"""States of a declared characteristic."""

from linehouse.kernel.lifecycle import Lifecycle

CHARACTERISTIC = Lifecycle(
    "characteristic",
    states=("active", "retired"),
    initial="active",
    transitions=(("active", "retired"), ("retired", "active")),
)
"""A retired characteristic keeps its values and takes no new ones."""
