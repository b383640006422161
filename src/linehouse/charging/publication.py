"""A tariff may ask whatever charging can be told; what it names must be there to be told."""

from __future__ import annotations

from collections.abc import Iterator

from linehouse.catalog.values import Catalogue
from linehouse.kernel.outcome import Problem
from linehouse.rating.values import Conditions, Tariff


def tellable(catalogue: Catalogue) -> Iterator[Problem]:
    """One problem for each list of numbers that a tariff or an allowance asks for and that the brand does not have.

    Closed user groups and segments are made while the brand works: a tariff may name one before there is any.
    """
    known = catalogue.brand.friend_lists
    expected = ", ".join(sorted(known)) or "a list in brand.yaml, under `friend-lists`"
    for key, tariff in catalogue.tariffs.items():
        for rule, name in dict.fromkeys(_lists(tariff)):
            if name not in known:
                message = f"tariff {key}: rule {rule!r} asks for the list {name!r}, which brand.yaml does not declare"
                yield Problem("charging.not_told", message, f"tariffs.{key}", name, expected)
    for key, offering in catalogue.offerings.items():
        for allowance in offering.allowances:
            asked = _named((*allowance.scope.include, *allowance.scope.exclude))
            for name in sorted(asked - set(known)):
                message = f"{key}: {allowance.key!r} asks for the list {name!r}, which brand.yaml does not declare"
                yield Problem("charging.not_told", message, f"offerings.{key}", name, expected)


def _lists(tariff: Tariff) -> Iterator[tuple[str, str]]:
    for rule in tariff.rules:
        yield from ((rule.key, name) for name in sorted(_named((rule.conditions,))))


def _named(clauses: tuple[Conditions, ...]) -> set[str]:
    return {name for clause in clauses for name in clause.friend_lists}
