"""What holds for a brand that writes no controls, and reading what one writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from linehouse.rating.controls.text import parse_controls
from linehouse.rating.controls.values import NO_CONTROLS, Controls
from linehouse.rating.countries import GROUPS
from linehouse.rating.marked import MarkedNode
from linehouse.rating.yaml_source import load_marked

_SHIPPED = Path(__file__).parent / "default.yaml"
_LAW = "EUR"
"""The currency in which the law writes its limit."""


@cache
def default_controls(home: str, currency: str) -> Controls:
    """The limit that the law asks of a brand of the European Union, and bars that a line may set.

    The law writes euro: a brand with another currency writes its limit itself. Outside the Union it binds nobody.
    """
    found = parse_controls(load_marked(_SHIPPED), home, currency)
    bound = any(member.country == home for member in GROUPS["eea"])
    if bound and currency == _LAW:
        return found
    return replace(found, limits={key: replace(one, amount=None) for key, one in found.limits.items()})


def read_controls(nodes: Iterable[MarkedNode], home: str, currency: str) -> Controls:
    """What a brand's files write; a key of theirs replaces that of the product. Raises SourceTextInvalid."""
    found = default_controls(home, currency) if home else NO_CONTROLS
    for node in nodes:
        own = parse_controls(node, home, currency)
        found = Controls(
            home=home,
            limits={**found.limits, **own.limits},
            bars={**found.bars, **own.bars},
            attempts={**found.attempts, **own.attempts},
            counters={**found.counters, **own.counters},
            open_zones=found.open_zones | own.open_zones,
        )
    return found
