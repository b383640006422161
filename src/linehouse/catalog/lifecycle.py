"""States of a published catalogue version."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

VERSION = Lifecycle(
    "catalog.version",
    states=("published", "withdrawn"),
    initial="published",
    transitions=(("published", "withdrawn"),),
)
"""A version that is in force stays; one that has not begun can be withdrawn."""
