"""The states of a number and of a SIM card in the brand's stock."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

#: A number on offer, held for an order, in use by a product, or resting before it may be given to somebody else.
NUMBER = Lifecycle(
    "resource.number",
    states=("available", "reserved", "assigned", "quarantine"),
    initial="available",
    transitions=(
        ("available", "reserved"),
        ("reserved", "available"),
        ("reserved", "assigned"),
        ("assigned", "quarantine"),
        ("quarantine", "available"),
    ),
)

#: A card in the drawer, held for an order, given to a product, in use, blocked, worn out. A card is never given twice.
SIM = Lifecycle(
    "resource.sim",
    states=("available", "reserved", "assigned", "active", "suspended", "retired"),
    initial="available",
    transitions=(
        ("available", "reserved"),
        ("available", "retired"),
        ("reserved", "available"),
        ("reserved", "assigned"),
        ("assigned", "active"),
        ("assigned", "retired"),
        ("active", "suspended"),
        ("active", "retired"),
        ("suspended", "active"),
        ("suspended", "retired"),
    ),
)
