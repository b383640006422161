"""What a subscriber holds by its plan: the buckets that balance would have granted, as full as on the first day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from linehouse.balance.granting import Granted, fresh, until
from linehouse.balance.periods import cycle_day_after
from linehouse.balance.values import Grant, Owner
from linehouse.catalog.values import BillingMode, ProductOffering
from linehouse.kernel.period import Period, day_start, local_date
from linehouse.rating.batch.periods import first_day
from linehouse.rating.batch.values import Holding, Later, Plan
from linehouse.rating.values import Bucket, BucketKind
from linehouse.run.rate_files.catalogs import Catalogs
from linehouse.run.rate_files.subscribers import add_ons_of

NEXT_INVOICE = "next-invoice"
"""The purse of who pays after use."""
_REMEMBERED = 20_000
_SINCE_EVER = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_NOBODY = UUID(int=0)
_OWNER = Owner(customer_id=_NOBODY, subscription_id=_NOBODY, subscription="", account_id=_NOBODY, account="")
_PURSE = Bucket(
    ref=NEXT_INVOICE,
    kind=BucketKind.UNBILLED,
    available=None,
    valid=Period(_SINCE_EVER),
    created_at=_SINCE_EVER,
)


class Terms(NamedTuple):
    """What decides the plan of a subscriber. ``balance`` is micro-units, None: what the plan brings."""

    offering: str
    activated: datetime
    cycle_day: int
    balance: int | None = None
    add_ons: str | None = None


@lru_cache(maxsize=1)
def remembered(catalogs: Catalogs) -> dict[tuple[Terms, datetime], Plan]:
    """The plans that this process made by these catalogs: the next piece needs them again."""
    return {}


class Plans:
    """The plans of a piece. ``begin`` and ``end``: the first and the last instant of use in it."""

    def __init__(self, catalogs: Catalogs, begin: datetime, end: datetime) -> None:
        self.catalogue = catalogs.first
        self.made: list[Plan] = []
        self._catalogs = catalogs
        self._begin, self._end = begin, end
        self._places: dict[Terms, int] = {}
        self._ends: dict[int, datetime] = {}
        self._known = remembered(catalogs)

    def place(self, terms: Terms) -> int:
        """The place of the subscriber's plan among those made."""
        terms = self._plain(terms)
        found = self._places.get(terms)
        if found is None:
            found = self._places[terms] = len(self.made)
            key = (terms, self._until(terms))
            if key not in self._known:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[key] = self._plan(*key)
            self.made.append(self._known[key])
        return found

    def _until(self, terms: Terms) -> datetime:
        """The end of the cycle of the last use: so the plan is the same for all pieces of a month."""
        day = terms.cycle_day
        if day not in self._ends:
            zone = self.catalogue.brand.zone
            self._ends[day] = day_start(cycle_day_after(local_date(self._end, zone), day), zone)
        return self._ends[day]

    def _plain(self, terms: Terms) -> Terms:
        """Whoever came before the cycle of the first use, and has only what comes anew with each, has the same as all.

        That is what keeps plans few: not one for each instant of activation.
        """
        offering = self.catalogue.offering(terms.offering)
        if terms.add_ons or offering.billing_mode is BillingMode.PREPAID or offering.credits:
            return terms
        if not all(one.recurring for one in offering.allowances):
            return terms
        day = -terms.cycle_day
        if day not in self._ends:
            zone = self.catalogue.brand.zone
            self._ends[day] = day_start(first_day(self._begin, terms.cycle_day, zone), zone)
        return terms._replace(activated=self._ends[day]) if terms.activated < self._ends[day] else terms

    def _plan(self, terms: Terms, end: datetime) -> Plan:
        offering = self.catalogue.offering(terms.offering)
        if offering.tariff is None:
            raise ValueError(f"{offering.key} has no tariff")
        grants = list(self._brought(offering, terms.activated, terms.cycle_day, end))
        for key, at in add_ons_of(terms.add_ons):
            grants += self._brought(self.catalogue.offering(key), at, terms.cycle_day, end)
        if terms.balance is not None:
            main = f"{offering.key}/main"
            grants = [replace(one, amount=terms.balance) if one.ref == main else one for one in grants]
        holdings = [Holding(fresh(one, _NOBODY).for_decision(), one.asset) for one in grants]
        if offering.billing_mode is not BillingMode.PREPAID:
            holdings.append(Holding(_PURSE, self.catalogue.brand.currency))
        later = [
            Later(since, f"{offering.tariff}{version}")
            for since, catalogue, version in self._catalogs.later
            if offering.tariff in catalogue.tariffs
        ]
        return Plan.of(offering.tariff, holdings, terms.cycle_day, self.catalogue.brand.zone, later)

    def _brought(self, offering: ProductOffering, at: datetime, cycle_day: int, end: datetime) -> Iterator[Grant]:
        brand = self.catalogue.brand
        product = Granted(
            product_id=_NOBODY,
            offering=offering,
            catalog_version=self.catalogue.version,
            owner=_OWNER,
            prefix=offering.key,
            cycle_day=cycle_day,
            zone=brand.zone,
            currency=brand.currency,
            activated_at=at,
        )
        return until(product, end)
