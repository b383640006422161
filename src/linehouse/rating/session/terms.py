"""By what a request is decided: the tariff's versions, and how much is granted at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linehouse.kernel.quantity import Unit
from linehouse.rating.session.answers import Action
from linehouse.rating.values import Tariff


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How grants are made.

    ``quota`` is what is granted when the door does not say how much, by unit; ``most`` bounds what it may say. A grant
    below ``least`` is refused rather than made. ``validity`` is when to ask again at the latest; a reservation lives
    ``keeps`` times as long. ``threshold`` is how much before its end the grant is to be renewed. ``whole_blocks``:
    what is paid for is granted to its end. ``partial`` False: all that was wanted, or nothing. ``high_water``: a
    reservation is not lowered before the session ends. ``action``: what happens when a final grant is used up.
    ``settle_unknown``: usage of a session that nobody saw begin is settled; False: it waits in suspense.
    """

    quota: Mapping[Unit, int] = field(
        default_factory=lambda: {Unit.MILLISECOND: 300_000, Unit.OCTET: 10_000_000, Unit.MESSAGE: 1, Unit.EVENT: 1}
    )
    most: Mapping[Unit, int] = field(default_factory=dict)
    least: Mapping[Unit, int] = field(default_factory=dict)
    validity: timedelta = timedelta(hours=1)
    keeps: int = 2
    threshold: Mapping[Unit, int] = field(default_factory=dict)
    whole_blocks: bool = False
    partial: bool = True
    high_water: bool = False
    action: Action = Action.TERMINATE
    redirect_to: str = ""
    settle_unknown: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """The tariff's versions, oldest first, and the policy of grants."""

    tariffs: tuple[Tariff, ...]
    policy: Policy = field(default_factory=Policy)

    def tariff_at(self, instant: datetime) -> Tariff:
        """The version in force; before the first one, the first."""
        found = self.tariffs[0]
        for tariff in self.tariffs[1:]:
            if tariff.valid_from > instant:
                break
            found = tariff
        return found

    def next_version(self, instant: datetime) -> datetime | None:
        """When another version comes into force."""
        return next((one.valid_from for one in self.tariffs[1:] if one.valid_from > instant), None)
