"""A tariff may ask whatever charging can be told; what it names must be there to be told."""

from __future__ import annotations

from collections.abc import Iterator

from linehouse.catalog.values import Catalogue
from linehouse.charging.fair_use import bundle_of, lawful_here
from linehouse.kernel.outcome import Problem
from linehouse.kernel.period import local_date
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.regulation import due_abroad
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


def fair_abroad(catalogue: Catalogue) -> Iterator[Problem]:
    """One problem for each plan of the European Union that gives less data abroad in the Union than the law asks."""
    day = local_date(catalogue.valid_from, catalogue.brand.zone)
    for key, offering in catalogue.offerings.items():
        bundle = bundle_of(catalogue, offering)
        if bundle is None or not lawful_here(catalogue.brand, day):
            continue
        due = due_abroad(bundle.price, bundle.at_home, day)
        if bundle.in_union is not None and (due is None or bundle.in_union < due):
            said = "without a limit" if due is None else Quantity(due, Unit.OCTET).human()
            given = Quantity(bundle.in_union, Unit.OCTET).human()
            message = f"{key} gives {given} of data in the roaming union, and fair use asks for {said}"
            yield Problem("charging.fair_use", message, f"offerings.{key}.allowances", given, f"at least {said}")
