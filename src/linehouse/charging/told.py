"""What a tariff is told of a record besides what stands in it: by charging, re-rating and trials of plans alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from linehouse.kernel.numbering import Plmn
from linehouse.rating.service import asked_by, counts_period
from linehouse.rating.values import Tariff, UsageEvent

Counters = Mapping[tuple[UUID, date], Mapping[str, int]]
"""What was used so far: by subscription and first day of the account's cycle, counter by counter."""
NO_COUNTERS: Counters = MappingProxyType({})
_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Answers by record: was the other party ours, to which network had its number gone, on which of the line's lists
    does it stand, and of which closed user groups are both members. Only what a tariff asks is looked up."""

    on_net: Mapping[UUID, bool] = field(default_factory=dict)
    ported: Mapping[UUID, Plmn] = field(default_factory=dict)
    friend_lists: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    closed_user_groups: Mapping[UUID, frozenset[str]] = field(default_factory=dict)

    def lists(self, record: UUID) -> frozenset[str]:
        """The lists on which the record's other party stands."""
        return self.friend_lists.get(record, _NOBODY)

    def groups(self, record: UUID) -> frozenset[str]:
        """The closed user groups that the record stays within."""
        return self.closed_user_groups.get(record, _NOBODY)

    def and_of(self, other: Told) -> Told:
        """Both together."""
        return Told(
            on_net={**self.on_net, **other.on_net},
            ported={**self.ported, **other.ported},
            friend_lists={**self.friend_lists, **other.friend_lists},
            closed_user_groups={**self.closed_user_groups, **other.closed_user_groups},
        )


NOTHING = Told()
"""Nothing was looked up."""


def kept(tariff: Tariff, event: UsageEvent, counters: Mapping[str, int]) -> dict[str, Any]:
    """What the tariff asked for and was told, as it is kept with the price: word by word, as JSON."""
    asked, counts = _asks(tariff)
    if not asked and not counts:
        return {}
    found: dict[str, Any] = {}
    for word, given in (
        ("segment", event.segments),
        ("friends-and-family", event.friend_lists),
        ("closed-user-group", event.closed_user_groups),
    ):
        if word in asked:
            found[word] = sorted(given)
    if "percent" in asked and event.amount is not None:
        found["percent"] = event.amount
    if "attribute" in asked and event.ended_at is not None:
        found["attribute"] = event.ended_at.isoformat()
    if "time-zone" in asked and event.utc_offset is not None:
        found["time-zone"] = int(event.utc_offset.total_seconds()) // 60
    if counts:
        found["counters"] = {key: used for key, used in sorted(counters.items()) if used and "#" not in key}
    return found


def _asks(tariff: Tariff) -> tuple[frozenset[str], bool]:
    """What a tariff asks, and whether it counts. Asked for each record, so it is kept; a tariff never changes."""
    known = _ASKED.get(id(tariff))
    if known is None or known[0] is not tariff:
        if len(_ASKED) >= _KEPT:
            _ASKED.clear()
        known = _ASKED[id(tariff)] = (tariff, frozenset(word for word, _ in asked_by(tariff)), counts_period(tariff))
    return known[1], known[2]


_KEPT = 1_000
_ASKED: dict[int, tuple[Tariff, frozenset[str], bool]] = {}
