"""What the law caps, as dated data: packs of clauses, each with its source and the days on which it holds.

A change of the law is a new row in a pack, never an edit: an old tariff keeps being judged by what held on its days.
"""

from __future__ import annotations

from linehouse.rating.regulation.fair_use import due_abroad, fair_use_volume, is_open_bundle, wholesale_cap_of_data
from linehouse.rating.regulation.shipped import law_of, shipped
from linehouse.rating.regulation.values import (
    GIGABYTE,
    MINUTE,
    Between,
    Bound,
    ChosenLaw,
    Clause,
    Countries,
    Limit,
    Numbers,
    Pack,
    Where,
    Without,
    clauses_of,
)

__all__ = [
    "GIGABYTE",
    "MINUTE",
    "Between",
    "Bound",
    "ChosenLaw",
    "Clause",
    "Countries",
    "Limit",
    "Numbers",
    "Pack",
    "Where",
    "Without",
    "clauses_of",
    "due_abroad",
    "fair_use_volume",
    "is_open_bundle",
    "law_of",
    "shipped",
    "wholesale_cap_of_data",
]
