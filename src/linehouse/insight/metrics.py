"""Metrics of a brand, declared as data: what is measured, in which unit, what it means, who may see it, where it leads.

A dashboard shows nothing else, so that a figure means the same wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django_stubs_ext import StrOrPromise

from linehouse.kernel.money import Money


class Unit(StrEnum):
    """What a metric counts."""

    COUNT = "count"
    MONEY = "money"


class Shape(StrEnum):
    """How a metric is shown: one figure, or a drawing."""

    FIGURE = "figure"
    BARS = "bars"
    STACK = "stack"
    DONUT = "donut"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric. `link` is the screen behind it, as a path below the brand; `waits` marks what should be nil."""

    key: str
    title: StrOrPromise
    meaning: StrOrPromise
    unit: Unit
    shape: Shape
    permission: str
    link: str = ""
    icon: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured: a count or an amount."""

    value: int | Money


@dataclass(frozen=True, slots=True)
class Drawn:
    """Figures to draw: names along the axis, and one row of figures for each series (micro-units for money)."""

    names: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    currency: str = ""


DEFAULTS: Final[Mapping[str, tuple[str, ...]]] = {
    "admin": (
        "customers.active",
        "products.active",
        "orders.open",
        "revenue.month",
        "receivable.open",
        "revenue.by_month",
        "usage.by_day",
        "products.by_offering",
    ),
    "care": (
        "customers.active",
        "products.active",
        "orders.open",
        "orders.stuck",
        "messages.failed",
        "orders.by_state",
        "products.by_offering",
    ),
    "finance": (
        "revenue.month",
        "receivable.open",
        "bills.held",
        "payments.unmatched",
        "runs.to_approve",
        "revenue.by_month",
        "receivable.by_state",
    ),
    "network": (
        "numbers.available",
        "sims.available",
        "usage.today",
        "usage.suspended",
        "jobs.failed",
        "usage.by_day",
        "numbers.by_state",
    ),
    "product": (
        "products.active",
        "offerings.sold",
        "customers.active",
        "usage.today",
        "products.by_offering",
        "usage.by_day",
    ),
    "marketing": ("customers.active", "customers.all", "products.active", "products.by_offering", "customers.by_state"),
    "auditor": ("revenue.month", "receivable.open", "jobs.failed", "revenue.by_month", "usage.by_day"),
}
"""What the dashboard of a role shows until its reader arranges it."""
ORDINARY: Final = DEFAULTS["admin"]


def default_tiles(roles: frozenset[str]) -> tuple[str, ...]:
    """The tiles of a reader with these roles: those of each role, none twice."""
    wanted = [tiles for role, tiles in DEFAULTS.items() if role in roles] or [ORDINARY]
    return tuple(dict.fromkeys(key for tiles in wanted for key in tiles))
