"""Thresholds: figures of a line at which somebody is told. One function finds what was crossed, for every writer.

A threshold is told once when it is reached and is armed again when the figure goes back over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Measure(StrEnum):
    """Which figure it is."""

    REMAINING = "remaining"
    """What is left in buckets that are valid: reached at the limit or below."""
    USED = "used"
    """What was used of buckets that are valid: reached at the limit or above."""
    SPENT = "spent"
    """What money buckets gave since the cycle began: reached at the limit or above."""


class Origin(StrEnum):
    """Who wants it told."""

    CUSTOMER = "customer"
    BRAND = "brand"
    LEGAL = "legal"
    """The law does; nobody can end it at the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A threshold. ``source`` (``offering/allowance``) narrows it to one kind of bucket; else all of the asset count.

    Exactly one of ``limit`` (base units or micro-units) and ``percent`` (of what was granted) is set. ``reached``: it
    was told and is not armed.
    """

    id: UUID
    subscription_id: UUID
    subscription: str
    customer_id: UUID
    origin: Origin
    measure: Measure
    asset: str
    source: str = ""
    limit: int | None = None
    percent: int | None = None
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """What a threshold asks of a bucket that is valid. ``granted`` None is unlimited."""

    subscription_id: UUID
    asset: str
    source: str
    granted: int | None
    used: int
    gone: int
    """Expired or moved on."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A threshold that was reached, or is armed again (``reached`` False). ``limit`` is in the unit of ``value``."""

    threshold: Watched
    reached: bool
    value: int
    limit: int


def crossings(
    thresholds: Iterable[Watched], buckets: Iterable[Filled], spent: Mapping[tuple[UUID, str], int]
) -> tuple[Crossing, ...]:
    """What the figures after a movement change: thresholds reached that were armed, and back over that were reached.

    ``buckets`` are those valid now, ``spent`` the money of the cycle by line and currency.
    """
    rows = list(buckets)
    found = []
    for one in thresholds:
        figure = figure_of(one, rows, spent)
        if figure is None:
            continue
        value, limit = figure
        reached = value <= limit if one.measure is Measure.REMAINING else value >= limit
        if reached is not one.reached:
            found.append(Crossing(one, reached, value, limit))
    return tuple(found)


def figure_of(one: Watched, buckets: Iterable[Filled], spent: Mapping[tuple[UUID, str], int]) -> tuple[int, int] | None:
    """The figure and its limit; None where there is nothing to measure: no bucket, or one that never empties."""
    if one.measure is Measure.SPENT:
        return None if one.limit is None else (spent.get((one.subscription_id, one.asset), 0), one.limit)
    mine = [
        row
        for row in buckets
        if row.subscription_id == one.subscription_id
        and row.asset == one.asset
        and (not one.source or row.source == one.source)
    ]
    if not mine or (
        (one.measure is Measure.REMAINING or one.percent is not None) and any(r.granted is None for r in mine)
    ):
        return None
    granted = sum(row.granted or 0 for row in mine)
    used = sum(row.used for row in mine)
    value = used if one.measure is Measure.USED else granted - used - sum(row.gone for row in mine)
    # Whole percent, so that «20 %» is reached when no more than a fifth is left, or no less than that was used.
    limit = one.limit if one.limit is not None else granted * (one.percent or 0) // 100
    if one.percent is not None and one.measure is Measure.USED:
        limit = -(-granted * one.percent // 100)
    return value, limit
