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

#: A batch while its vouchers are made, on offer, and frozen: then none of its vouchers can be used, whatever they are.
VOUCHER_BATCH = Lifecycle(
    "resource.voucher_batch",
    states=("generating", "ready", "frozen"),
    initial="generating",
    transitions=(("generating", "ready"), ("ready", "frozen"), ("frozen", "ready")),
)

#: A voucher that was made, may be sold, was sold, was used, is over, is stopped, or was bought back. A use that was
#: taken back makes it a sold one again.
VOUCHER = Lifecycle(
    "resource.voucher",
    states=("generated", "activated", "sold", "redeemed", "expired", "blocked", "refunded"),
    initial="generated",
    transitions=(
        ("generated", "activated"),
        ("generated", "blocked"),
        ("generated", "expired"),
        ("activated", "sold"),
        ("activated", "blocked"),
        ("activated", "expired"),
        ("sold", "redeemed"),
        ("sold", "blocked"),
        ("sold", "expired"),
        ("sold", "refunded"),
        ("redeemed", "sold"),
        ("blocked", "generated"),
        ("blocked", "activated"),
        ("blocked", "sold"),
        ("blocked", "expired"),
        ("blocked", "refunded"),
    ),
)
