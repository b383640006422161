"""What customers still have cannot be taken out of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from linehouse.catalog import service as catalog
from linehouse.catalog.errors import NothingPublished
from linehouse.catalog.values import Catalogue, LifecycleStatus
from linehouse.inventory import service as inventory
from linehouse.kernel.outcome import Problem

_LIVING = ("pendingActive", "active", "suspended", "pendingTerminate")


def in_use(catalogue: Catalogue) -> Iterator[Problem]:
    """Offerings that vanish, or become Obsolete, while products of them live. Retired ones may live on."""
    try:
        before = catalog.published()
    except NothingPublished:
        return
    for key in sorted(before.offerings):
        offering = catalogue.offerings.get(key)
        if offering is not None and offering.status is not LifecycleStatus.OBSOLETE:
            continue
        living = living_products(key)
        if living:
            gone = "vanish" if offering is None else "become Obsolete"
            products = "1 product of it lives" if living == 1 else f"{living} products of it live"
            yield Problem(
                "insight.offering_in_use",
                f"{key} cannot {gone}: {products}",
                f"offerings.{key}",
                str(living),
                "Retired, which ends its sale and lets them live on",
            )


def living_products(offering_key: str) -> int:
    """How many products of the offering have not ended."""
    return sum(inventory.search_products(offering_key=offering_key, state=state, limit=0)[1] for state in _LIVING)
