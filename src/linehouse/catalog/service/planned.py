"""Drafts that came of a rate deck: for which day each is, and on which other draft it is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from linehouse.catalog.models import CatalogDeck
from linehouse.catalog.service.read import published
from linehouse.kernel.period import day_start
from linehouse.platform.clock.service import business_now


@dataclass(frozen=True, slots=True)
class Planned:
    """What a draft that came of a deck is for: when it is to begin (None: at once), and the draft before it."""

    deck: str
    begins: datetime | None
    after: str


def planned(draft: str) -> Planned | None:
    """What a draft is for that came of a deck; None for every other draft."""
    row = CatalogDeck.objects.filter(drafts__contains=[{"draft": draft}]).order_by("-number").first()
    if row is None:
        return None
    numbers = [one["draft"] for one in row.drafts]
    place = numbers.index(draft)
    begins = day_start(date.fromisoformat(row.drafts[place]["day"]), published().brand.zone)
    return Planned(row.number, begins if begins > business_now() else None, numbers[place - 1] if place else "")
