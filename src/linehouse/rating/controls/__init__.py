"""What bounds a line's usage beside its price: limits on spending, bars, attempts, and counters for policy."""

from __future__ import annotations

from linehouse.rating.controls.shipped import default_controls, read_controls
from linehouse.rating.controls.values import (
    NO_CONTROLS,
    Acts,
    AttemptLimit,
    BarRule,
    ControlRule,
    Controls,
    CounterRule,
    Hours,
    Per,
    Reach,
    SetBy,
    SpendLimit,
    StatusRule,
    Whereabouts,
)

__all__ = [
    "NO_CONTROLS",
    "Acts",
    "AttemptLimit",
    "BarRule",
    "ControlRule",
    "Controls",
    "CounterRule",
    "Hours",
    "Per",
    "Reach",
    "SetBy",
    "SpendLimit",
    "StatusRule",
    "Whereabouts",
    "default_controls",
    "read_controls",
]
