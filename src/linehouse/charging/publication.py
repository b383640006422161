"""What usage as it comes in cannot tell a tariff: such a tariff is not published, instead of pricing wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from linehouse.catalog.values import Catalogue
from linehouse.kernel.outcome import Problem
from linehouse.rating.service import asked_by, asked_in

_UNTOLD = {
    "closed-user-group": "which closed user groups a call is within",
    "friends-and-family": "who is on a subscriber's lists",
}
"""What the price function knows and charging does not keep yet."""


def tellable(catalogue: Catalogue) -> Iterator[Problem]:
    """One problem for each word of each tariff for which charging has nothing to tell."""
    for key, tariff in catalogue.tariffs.items():
        told: set[str] = set()
        for word, rule in asked_by(tariff):
            if word in _UNTOLD and word not in told:
                told.add(word)
                where = f"rule {rule!r} " if rule else ""
                message = f"tariff {key}: {where}says `{word}`, and charging is not told {_UNTOLD[word]}"
                yield Problem("charging.not_told", message, f"tariffs.{key}", word, "a rule without it")
    for key, offering in catalogue.offerings.items():
        for allowance in offering.allowances:
            clauses = (*allowance.scope.include, *allowance.scope.exclude)
            for word in sorted({word for clause in clauses for word in asked_in(clause)}):
                message = f"{key}: {allowance.key!r} says `{word}`, and charging is not told {_UNTOLD[word]}"
                yield Problem("charging.not_told", message, f"offerings.{key}", word, "an allowance without it")
