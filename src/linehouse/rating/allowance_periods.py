"""What a recurring allowance gives in a period: a shorter first one, changes in its middle, overage carried into it.

Days are whole days of the period, local to the account; what the days are is the caller's affair. Only the
recurring allowance is changed: packs that were bought, gifts and what rolled over are never withdrawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from linehouse.kernel.rounding import ceil_div


class OnChange(StrEnum):
    """What a change of plan in mid period does with the period's allowance."""

    PRORATE = "prorate"
    """Old and new by their days, rounded up, less what was used."""
    REPLACE = "replace"
    """The new one, less what was used."""
    FRESH = "fresh"
    """The new one in full, once per period; a further change replaces."""


@dataclass(frozen=True, slots=True)
class FromDay:
    """From this day of the period on (0 is its first), ``amount`` base units for a whole period are in force."""

    day: int
    amount: int


@dataclass(frozen=True, slots=True)
class Carried:
    """What a new grant gives after earlier overage was taken from it, and what of that is still owed."""

    amount: int
    overage: int


def first_amount(whole: int, covered: int, cycle: int, *, prorate: bool) -> int:
    """What a first, shorter period of ``covered`` days of a cycle gets: everything, or its days' share rounded up."""
    return ceil_div(whole * covered, cycle) if prorate else whole


def period_amount(states: Sequence[FromDay], days: int) -> int:
    """What a period of ``days`` days gives when the allowance changed in it: by days, rounded up once.

    ``states`` begin with day 0, in the order in which they were made; of several on one day the last counts, and the
    order of changes on different days does not matter.
    """
    by_day: dict[int, int] = {}
    for state in states:
        by_day[state.day] = state.amount
    marks = sorted(by_day)
    ends = [*marks[1:], days]
    return ceil_div(sum(by_day[day] * (end - day) for day, end in zip(marks, ends, strict=True)), days)


def left_after_change(
    states: Sequence[FromDay], days: int, used: int, how: OnChange, *, freshened: bool = False
) -> int:
    """What can still be used after the last of the changes: never below zero.

    ``used`` is what was used of the period's allowance so far. ``freshened``: an earlier change of this period gave
    the new allowance in full already.
    """
    newest = states[-1].amount
    if how is OnChange.FRESH and not freshened:
        return newest
    if how is OnChange.PRORATE:
        return max(0, period_amount(states, days) - used)
    return max(0, newest - used)


def carry_overage(amount: int, overage: int) -> Carried:
    """Take earlier overage from a new grant, as far as it goes (``overage: carry``)."""
    taken = min(amount, overage)
    return Carried(amount - taken, overage - taken)
