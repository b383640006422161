"""The states of packs that a balance pays, and of prepaid lines."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

#: A pack that a balance pays. In grace its renewal waits for money; a paused one is renewed when somebody says so.
PACK = Lifecycle(
    "balance.pack",
    states=("active", "grace", "paused", "ended"),
    initial=("active",),
    transitions=(
        ("active", "grace"),
        ("active", "paused"),
        ("active", "ended"),
        ("grace", "active"),
        ("grace", "ended"),
        ("paused", "active"),
        ("paused", "ended"),
    ),
)

#: A prepaid line without money and use: first it can only be reached, then it is barred, then its number goes.
PREPAID_LINE = Lifecycle(
    "balance.prepaid_line",
    states=("active", "grace", "inactive", "recycled"),
    initial=("active",),
    transitions=(
        ("active", "grace"),
        ("grace", "active"),
        ("grace", "inactive"),
        ("inactive", "active"),
        ("inactive", "recycled"),
    ),
)

MONEY_MOVE = Lifecycle(
    "balance.money_move", states=("booked", "reversed"), initial="booked", transitions=(("booked", "reversed"),)
)
"""A top-up, a transfer, an adjustment: booked once; taken back once, as a whole."""

AUTO_TOP_UP = Lifecycle(
    "balance.auto_top_up",
    states=("on", "off", "stopped"),
    initial="on",
    transitions=(("on", "off"), ("on", "stopped"), ("off", "on"), ("stopped", "on"), ("stopped", "off")),
)
"""An automatic top-up; ``stopped`` after too many failures in a row, until somebody switches it on again."""
