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
from linehouse.rating.batch.compiled import Compiled
from linehouse.rating.batch.engine import compile_book
from linehouse.rating.batch.periods import first_day
from linehouse.rating.batch.values import Holding, Later, Plan, RateBook
from linehouse.rating.values import Bucket, BucketKind
from linehouse.run.rate_files.catalogs import Catalogs
from linehouse.run.rate_files.subscribers import add_ons_of

NEXT_INVOICE = "next-invoice"
"""The purse of who pays after use."""
_REMEMBERED = 2_000
"""Of so many plans a process begins anew, so that what it compiles stays small."""
_MOST_KINDS = 100_000
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


class Known:
    """The plans that a process made by these catalogs, and what it compiled of them, for the next piece."""

    def __init__(self, catalogs: Catalogs) -> None:
        self.made: list[Plan] = []
        self.places: dict[tuple[Terms, datetime], int] = {}
        self._catalogs = catalogs
        self._compiled: Compiled | None = None

    def compiled(self) -> Compiled:
        """All plans so far with the tariffs, compiled anew only where plans came in between."""
        found = self._compiled
        small = found is not None and found.lanes.kinds <= _MOST_KINDS
        if small and found and (len(found.book.plans) == len(self.made) or found.grow(tuple(self.made))):
            return found
        self._compiled = compile_book(RateBook(self._catalogs.tariffs, tuple(self.made)))
        return self._compiled

    def limit(self) -> None:
        """Forget everything when it is too much."""
        if len(self.made) > _REMEMBERED:
            self.made, self.places, self._compiled = [], {}, None


@lru_cache(maxsize=1)
def known_by(catalogs: Catalogs) -> Known:
    """What this process knows of these catalogs."""
    return Known(catalogs)


class Plans:
    """The plans of a piece, among those made before. ``begin`` and ``end``: the first and the last use in it."""

    def __init__(self, catalogs: Catalogs, begin: datetime, end: datetime) -> None:
        self.catalogue = catalogs.first
        self._known = known_by(catalogs)
        self._known.limit()
        self.made = self._known.made
        self._catalogs = catalogs
        self._begin, self._end = begin, end
        self._places: dict[Terms, int] = {}
        self._ends: dict[int, datetime] = {}

    def place(self, terms: Terms) -> int:
        """The place of the subscriber's plan among those made."""
        terms = self._plain(terms)
        found = self._places.get(terms)
        if found is None:
            key = (terms, self._until(terms))
            found = self._known.places.get(key)
            if found is None:
                found = self._known.places[key] = len(self.made)
                self.made.append(self._plan(*key))
            self._places[terms] = found
        return found

    def compiled(self) -> Compiled:
        """The plans and the tariffs, ready to rate by."""
        return self._known.compiled()

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
