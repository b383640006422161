"""The packs that come with the product, and which of them bind a brand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from linehouse.rating.regulation.text import parse_pack
from linehouse.rating.regulation.values import ChosenLaw, Pack
from linehouse.rating.yaml_source import load_marked

_FOLDER = Path(__file__).parent / "packs"


@cache
def shipped() -> Mapping[str, Pack]:
    """The packs by key; read once."""
    packs = [parse_pack(load_marked(path)) for path in sorted(_FOLDER.glob("*.yaml"))]
    return MappingProxyType({pack.key: pack for pack in packs})


def law_of(chosen: ChosenLaw, own: Iterable[Pack], country: str, day: date) -> tuple[Pack, ...]:
    """The packs that bind a brand of the country: those that it names, else those of its country; then its own.

    Clauses that the brand is without are taken out.
    """
    if chosen.packs is None:
        found = [pack for pack in shipped().values() if country in pack.binds.on(day)]
    else:
        found = [shipped()[key] for key in chosen.packs]
    gone = {one.clause for one in chosen.without}
    return tuple(
        replace(pack, clauses=tuple(clause for clause in pack.clauses if clause.key not in gone))
        for pack in (*found, *own)
    )
