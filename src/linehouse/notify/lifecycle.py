"""States of messages (TMF681), of their ways by a channel, of an SMS's segments, and of wordings."""

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
        ("inProgress", "cancelled"),
        ("inProgress", "failed"),
        ("failed", "inProgress"),
        ("failed", "completed"),
        ("completed", "failed"),
        ("completed", "inProgress"),
    ),
)
"""In progress from the first attempt on; a failed one can be sent again, and completes when a receipt comes late. A
completed one fails, or goes by its next channel, when the receiving server sends it back."""

DELIVERY = Lifecycle(
    "message delivery",
    states=("waiting", "submitting", "accepted", "delivered", "failed", "unknown", "skipped"),
    initial="waiting",
    transitions=(
        ("waiting", "submitting"),
        ("waiting", "failed"),
        ("waiting", "skipped"),
        ("submitting", "waiting"),
        ("submitting", "accepted"),
        ("submitting", "failed"),
        ("submitting", "unknown"),
        ("unknown", "submitting"),
        ("unknown", "accepted"),
        ("unknown", "delivered"),
        ("unknown", "failed"),
        ("accepted", "delivered"),
        ("accepted", "failed"),
        ("failed", "waiting"),
        ("failed", "delivered"),
        ("skipped", "waiting"),
    ),
)
"""Submitting is recorded before the call: found so later, nobody knows whether the other side took it."""

PART = Lifecycle(
    "sms part",
    states=("waiting", "submitting", "accepted", "delivered", "failed", "unknown"),
    initial="waiting",
    transitions=(
        ("waiting", "submitting"),
        ("submitting", "waiting"),
        ("submitting", "accepted"),
        ("submitting", "failed"),
        ("submitting", "unknown"),
        ("unknown", "submitting"),
        ("unknown", "delivered"),
        ("unknown", "failed"),
        ("accepted", "delivered"),
        ("accepted", "failed"),
        ("accepted", "waiting"),
        ("failed", "waiting"),
        ("failed", "delivered"),
    ),
)

WORDING = Lifecycle(
    "message wording",
    states=("draft", "published", "replaced", "discarded"),
    initial=("draft", "published"),
    transitions=(("draft", "published"), ("draft", "discarded"), ("published", "replaced")),
)
"""One is published at a time; what was published stays to be looked at and to go back to."""

UNDELIVERED = "notify.undelivered"
"""The kind of task for a notice that the law demands and that reached nobody."""
