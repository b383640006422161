"""What a brand says of the law and of lint: packs that bind it, clauses that do not, and how far a price may leap."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.regulation import ChosenLaw, Pack, Without, clauses_of, shipped

LAW = FieldSet("brand's `regulation`", optional=("packs", "without"))
WITHOUT = FieldSet("clause that is left out", required=("clause", "reason"))
LINT = FieldSet("brand's `lint`", required=("price-jump",))


def read_law(node: MarkedNode) -> ChosenLaw:
    """The packs by name, alone or with clauses that do not bind the brand. Raises SourceTextInvalid."""
    if not node.is_mapping:
        return ChosenLaw(packs=_packs(node.many()))
    given = node.mapping(LAW)
    without = []
    for item in given["without"].items() if "without" in given else ():
        said = item.mapping(WITHOUT)
        without.append(Without(said["clause"].key(), said["reason"].text()))
    return ChosenLaw(packs=_packs(given["packs"].many()) if "packs" in given else None, without=tuple(without))


def _packs(items: Iterable[MarkedNode]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.choice(shipped()) for item in items))


def check_law(node: MarkedNode, packs: tuple[Pack, ...]) -> None:
    """Every clause that is left out is one of the packs. Raises SourceTextInvalid."""
    known = [clause.key for _, clause in clauses_of(packs)]
    given = node.entries() if node.is_mapping else {}
    for item in given["without"].items() if "without" in given else ():
        item.entries()["clause"].choice(known)


def read_price_jump(node: MarkedNode) -> Fraction:
    """By which factor a price may change: more than 1. Raises SourceTextInvalid."""
    asked = node.mapping(LINT)["price-jump"]
    factor = asked.fraction()
    if factor <= 1:
        asked.fail(f"{asked.text()} would tell of every price", "a factor above 1, such as 2")
    return factor
