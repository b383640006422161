"""What is wrong with a tariff that can be read. Pure; ``CHECKS`` lists everything that is looked for."""

from __future__ import annotations

from fractions import Fraction

from linehouse.kernel.numbering import Plmn
from linehouse.rating.lint.caps import eu_caps, free_numbers, help_numbers, huge
from linehouse.rating.lint.findings import CHECKS, Check, Finding, Severity
from linehouse.rating.lint.margin import margins
from linehouse.rating.lint.reach import gaps, unreachable
from linehouse.rating.lint.sense import bands, examples, home_network, lines, steps, strange_prefixes, unused
from linehouse.rating.values import Tariff

__all__ = ["CHECKS", "Check", "Finding", "Severity", "lint"]


def lint(
    tariff: Tariff,
    *,
    home_country: str,
    tax_rate: Fraction,
    cost: Tariff | None = None,
    wholesale: bool = False,
    beside: tuple[Tariff, ...] = (),
    network: Plmn | None = None,
) -> tuple[Finding, ...]:
    """Judge one tariff, errors first.

    ``tax_rate`` (21/100) takes the tax out of gross prices before caps and costs are compared. ``cost`` is what the
    same usage costs us. A ``wholesale`` tariff binds no customer: caps of retail prices and gaps do not concern it.
    ``beside`` are other tariffs of the catalogue, which may use the zones that this one does not. ``network`` is the
    network at home.
    """
    found = [*unreachable(tariff), *steps(tariff), *unused(tariff, beside), *bands(tariff), *lines(tariff)]
    found += huge(tariff)
    found += strange_prefixes(tariff, home_country)
    found += home_network(tariff, network) if network is not None else ()
    if not wholesale:
        found += [*eu_caps(tariff, home_country, tax_rate), *free_numbers(tariff), *examples(tariff)]
        found += help_numbers(tariff, home_country)
        # What a tariff leaves to another is that one's gap.
        found += gaps(tariff) if tariff.fallback is None else ()
    if cost is not None and not wholesale:
        found += margins(tariff, cost, tax_rate)
    return tuple(sorted(found, key=lambda one: one.severity is not Severity.ERROR))
