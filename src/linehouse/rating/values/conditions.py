"""When a rule, or one clause of an allowance's scope, holds."""

from __future__ import annotations

from dataclasses import dataclass

from linehouse.kernel.numbering import Plmn
from linehouse.rating.values.usage import Direction, UsageType


@dataclass(frozen=True, slots=True, kw_only=True)
class Accumulated:
    """The period's counter ``counter`` stands in ``[start, end)`` base units; ``end`` None is without end."""

    counter: str
    start: int = 0
    end: int | None = None

    def holds(self, position: int) -> bool:
        """Whether a block that starts at this position of the counter is meant."""
        return self.start <= position and (self.end is None or position < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """All that are given must hold; an empty tuple or None asks nothing. Within one condition any value will do.

    Also used as one clause of an allowance's scope, and for what a counter counts. ``closed_user_groups`` are
    groups that both parties are members of, ``friend_lists`` the subscriber's lists on which the other party
    stands, ``segments`` the customer's; the event carries all three. ``other_networks`` are networks to which the
    other party's number was ported. ``accumulated`` is tested at the start of each block, like a time band.
    """

    usage_types: tuple[UsageType, ...] = ()
    directions: tuple[Direction, ...] = ()
    number_zones: tuple[str, ...] = ()
    network_zones: tuple[str, ...] = ()
    time_bands: tuple[str, ...] = ()
    rating_groups: tuple[int, ...] = ()
    apns: tuple[str, ...] = ()
    service_ids: tuple[str, ...] = ()
    on_net: bool | None = None
    closed_user_groups: tuple[str, ...] = ()
    friend_lists: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    other_networks: tuple[Plmn, ...] = ()
    accumulated: Accumulated | None = None

    @property
    def lists(self) -> tuple[tuple[object, ...], ...]:
        """Every condition that names values."""
        return (
            self.usage_types,
            self.directions,
            self.number_zones,
            self.network_zones,
            self.time_bands,
            self.rating_groups,
            self.apns,
            self.service_ids,
            self.closed_user_groups,
            self.friend_lists,
            self.segments,
            self.other_networks,
        )

    @property
    def constrained(self) -> int:
        """How many conditions are given: more is narrower."""
        return sum(map(bool, self.lists)) + (self.on_net is not None) + (self.accumulated is not None)

    @property
    def named(self) -> int:
        """How many values are named in all conditions together: fewer is narrower."""
        return sum(map(len, self.lists))
