"""Lint as a brand at work asks it: from its own day on, and by the usage that it has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from linehouse.catalog.values import Catalogue
from linehouse.charging.service import typical_usage
from linehouse.insight import publication
from linehouse.kernel.outcome import Problem
from linehouse.kernel.period import local_date
from linehouse.platform.clock.service import business_now
from linehouse.rating.lint import Profile, Profiles, usual

_LEAST = 200
"""So much usage of a kind must there be before it tells what is typical."""


def _today(catalogue: Catalogue) -> date:
    return local_date(business_now(), catalogue.brand.zone)


def lawful(catalogue: Catalogue) -> Iterable[Problem]:
    """What the law refuses today."""
    return publication.lawful(catalogue, _today(catalogue))


def advisable(catalogue: Catalogue) -> Iterable[Problem]:
    """What somebody should look at, judged by the brand's own usage where there is enough of it."""
    return publication.advisable(catalogue, _today(catalogue), profiles())


def profiles() -> Profiles:
    """How long the brand's latest usage is, by kind; kinds with little usage as the product ships them."""
    own = {usage: Profile(p50, p90) for usage, (number, p50, p90) in typical_usage().items() if number >= _LEAST}
    return {**usual(), **own}
