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

REFUND = Lifecycle(
    "payment.refund",
    states=("requested", "approved", "exported", "paid", "returned", "refused"),
    initial="requested",
    transitions=(
        ("requested", "approved"),
        ("requested", "refused"),
        ("approved", "exported"),
        ("approved", "paid"),
        ("approved", "refused"),
        ("exported", "paid"),
        ("exported", "returned"),
        ("paid", "returned"),
    ),
)
"""Money that goes back: asked for, approved by another, given to the bank in a file, paid. What the bank could not pay
is returned and is the account's credit again."""

TO_PAY = "payment.refund"
"""The kind of task that an approved refund is until it has been given to the bank."""

UNMATCHED_ENTRY = "payment.unmatched"
REFUSED_STATEMENT = "payment.refused_file"
"""The kinds of tasks that unmatched money and refused files of a bank are for people."""
