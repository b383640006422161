"""The lives of a listener and of a notification on its way to it."""

from linehouse.kernel.lifecycle import Lifecycle

LISTENER = Lifecycle(
    "listener",
    states=("active", "paused"),
    initial="active",
    transitions=(("active", "paused"), ("paused", "active")),
)

DELIVERY = Lifecycle(
    "delivery",
    states=("waiting", "held", "delivered", "dead", "discarded"),
    initial=("waiting", "held"),
    transitions=(
        ("waiting", "delivered"),
        ("waiting", "held"),
        ("waiting", "dead"),
        ("held", "waiting"),
        ("held", "discarded"),
        ("dead", "waiting"),
        ("dead", "discarded"),
        ("delivered", "waiting"),
    ),
)
"""Held is what waits behind one that could not be delivered, or for a listener that is paused; dead is what was tried
for the last time. Both are sent when somebody says so, what was delivered too."""
EXCHANGE = Lifecycle(
    "exchange job",
    states=("acknowledged", "inProgress", "done", "terminatedWithError"),
    initial="acknowledged",
    transitions=(
        ("acknowledged", "inProgress"),
        ("inProgress", "done"),
        ("inProgress", "terminatedWithError"),
    ),
)
"""Import and export jobs of the APIs, with the states that TM Forum gives to tasks."""
