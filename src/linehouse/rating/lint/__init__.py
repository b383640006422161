"""What is wrong with a tariff that can be read. Pure; ``CHECKS`` lists everything that is looked for."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from linehouse.kernel.numbering import Plmn
from linehouse.rating.lint.caps import free_numbers, huge
from linehouse.rating.lint.clash import exceptions, overlaps, past, sums
from linehouse.rating.lint.compared import compared
from linehouse.rating.lint.findings import CHECKS, Check, Finding, Severity
from linehouse.rating.lint.law import Asked, lawful
from linehouse.rating.lint.margin import margins
from linehouse.rating.lint.profiles import Profile, Profiles, usual
from linehouse.rating.lint.reach import covers_nothing, gaps, unreachable
from linehouse.rating.lint.sense import bands, examples, home_network, lines, steps, strange_prefixes, unused
from linehouse.rating.regulation import ChosenLaw, Pack, law_of
from linehouse.rating.values import Tariff

__all__ = [
    "CHECKS",
    "Check",
    "Finding",
    "Profile",
    "Profiles",
    "Severity",
    "compared",
    "covers_nothing",
    "lint",
    "usual",
]


def lint(
    tariff: Tariff,
    *,
    home_country: str,
    tax_rate: Fraction,
    cost: Tariff | None = None,
    wholesale: bool = False,
    beside: tuple[Tariff, ...] = (),
    network: Plmn | None = None,
    law: tuple[Pack, ...] | None = None,
    today: date | None = None,
    profiles: Profiles | None = None,
) -> tuple[Finding, ...]:
    """Judge one tariff, errors first.

    ``tax_rate`` (21/100) takes the tax out of gross prices before caps and costs are compared. ``cost`` is what the
    same usage costs us. A ``wholesale`` tariff binds no customer: caps of retail prices and gaps do not concern it.
    ``beside`` are other tariffs of the catalogue, which may use the zones that this one does not. ``network`` is the
    network at home. ``law`` are the packs that bind the brand (None: those of its country), ``today`` the day from
    which the tariff counts, where that is later than its own first day. ``profiles`` say
    how long typical usage is, where the brand's own is known.
    """
    found = [*unreachable(tariff), *steps(tariff), *unused(tariff, beside), *bands(tariff), *lines(tariff)]
    found += [*huge(tariff), *overlaps(tariff), *sums(tariff), *past(tariff)]
    found += exceptions(tariff, profiles or usual())
    first = tariff.valid_from.astimezone(tariff.time_zone).date()
    day = first if today is None else max(first, today)
    packs = law_of(ChosenLaw(), (), home_country, day) if law is None else law
    found += lawful(tariff, Asked(packs, home_country, tax_rate, day, wholesale))
    found += strange_prefixes(tariff, home_country)
    found += home_network(tariff, network) if network is not None else ()
    if not wholesale:
        found += [*free_numbers(tariff), *examples(tariff)]
        # What a tariff leaves to another is that one's gap.
        found += gaps(tariff) if tariff.fallback is None else ()
    if cost is not None and not wholesale:
        found += margins(tariff, cost, tax_rate, profiles or usual())
    return tuple(sorted(found, key=lambda one: one.severity is not Severity.ERROR))
