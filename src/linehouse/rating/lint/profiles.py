"""How long usage is that is typical: the lengths by which margins and leaps of prices are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from linehouse.rating.marked import FieldSet
from linehouse.rating.values import UsageType
from linehouse.rating.yaml_source import load_marked

_FILE = Path(__file__).with_name("profiles.yaml")
_KINDS = FieldSet("profiles", required=("voice", "sms", "mms", "data"))
_PROFILE = FieldSet("profile", required=("p50", "p90"))


@dataclass(frozen=True, slots=True)
class Profile:
    """Half of all events are no longer than ``p50`` base units, nine of ten no longer than ``p90``."""

    p50: int
    p90: int

    @property
    def lengths(self) -> tuple[int, ...]:
        """Both, shortest first."""
        return (self.p50,) if self.p50 == self.p90 else (self.p50, self.p90)


Profiles = Mapping[UsageType, Profile]


@cache
def usual() -> Profiles:
    """The profiles that come with the product: for brands that have no usage of their own yet."""
    given = load_marked(_FILE).mapping(_KINDS)
    found = {}
    for key, node in given.items():
        usage, fields = UsageType(key), node.mapping(_PROFILE)
        found[usage] = Profile(fields["p50"].quantity(usage.unit).amount, fields["p90"].quantity(usage.unit).amount)
    return found


LENGTHS: Mapping[UsageType, tuple[int, ...]] = {usage: profile.lengths for usage, profile in usual().items()}
