"""States of payments and of bank entries."""

from linehouse.kernel.lifecycle import Lifecycle

PAYMENT = Lifecycle(
    "payment",
    states=("pendingAuthorization", "authorized", "captured", "done", "failed", "canceled", "denied", "returned"),
    initial=("pendingAuthorization", "captured"),
    transitions=(
        ("pendingAuthorization", "authorized"),
        ("pendingAuthorization", "denied"),
        ("pendingAuthorization", "canceled"),
        ("pendingAuthorization", "failed"),
        ("authorized", "captured"),
        ("authorized", "canceled"),
        ("authorized", "failed"),
        ("captured", "done"),
        ("captured", "returned"),
        ("done", "returned"),
    ),
)
"""TMF676's words; ``done`` means that nothing is left to allocate. A bank transfer begins as captured."""

BANK_ENTRY = Lifecycle(
    "bank entry",
    states=("booked", "matched", "unmatched", "ignored"),
    initial="booked",
    transitions=(
        ("booked", "matched"),
        ("booked", "unmatched"),
        ("booked", "ignored"),
        ("unmatched", "matched"),
        ("unmatched", "ignored"),
    ),
)
"""Unmatched money waits for a person, who assigns it to an account; money that went out is ignored here."""

UNMATCHED_ENTRY = "payment.unmatched"
"""The kind of task that unmatched money is for people."""
