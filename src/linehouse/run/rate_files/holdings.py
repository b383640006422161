"""What a subscriber holds by its plan: the buckets that balance would have granted, as full as on the first day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from linehouse.balance.granting import Granted, fresh, until
from linehouse.balance.values import Grant, Owner
from linehouse.catalog.values import BillingMode, Catalogue, ProductOffering
from linehouse.kernel.period import Period, day_start
from linehouse.rating.batch.periods import first_day
from linehouse.rating.batch.values import Holding, Later, Plan
from linehouse.rating.values import Bucket, BucketKind
from linehouse.run.rate_files.subscribers import add_ons_of

NEXT_INVOICE = "next-invoice"
"""The purse of who pays after use."""
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


@dataclass(slots=True)
class Plans:
    """The plans of a piece, each made once. ``begin`` and ``end``: the first and the last instant of use in it."""

    catalogue: Catalogue
    later: Sequence[tuple[datetime, Catalogue, str]]
    begin: datetime
    end: datetime
    made: list[Plan] = field(default_factory=list)
    _places: dict[Terms, int] = field(default_factory=dict)

    def place(self, terms: Terms) -> int:
        """The place of the subscriber's plan among those made."""
        terms = self._plain(terms)
        found = self._places.get(terms)
        if found is None:
            found = self._places[terms] = len(self.made)
            self.made.append(self._plan(terms))
        return found

    def _plain(self, terms: Terms) -> Terms:
        """Whoever came before the cycle of the first use, and has only what comes anew with each, has the same as all.

        That is what keeps plans few: not one for each instant of activation.
        """
        offering = self.catalogue.offering(terms.offering)
        if terms.add_ons or offering.billing_mode is BillingMode.PREPAID or offering.credits:
            return terms
        if not all(one.recurring for one in offering.allowances):
            return terms
        zone = self.catalogue.brand.zone
        cycle = day_start(first_day(self.begin, terms.cycle_day, zone), zone)
        return terms._replace(activated=cycle) if terms.activated < cycle else terms

    def _plan(self, terms: Terms) -> Plan:
        offering = self.catalogue.offering(terms.offering)
        if offering.tariff is None:
            raise ValueError(f"{offering.key} has no tariff")
        grants = list(self._brought(offering, terms.activated, terms.cycle_day))
        for key, at in add_ons_of(terms.add_ons):
            grants += self._brought(self.catalogue.offering(key), at, terms.cycle_day)
        if terms.balance is not None:
            main = f"{offering.key}/main"
            grants = [replace(one, amount=terms.balance) if one.ref == main else one for one in grants]
        holdings = [Holding(fresh(one, _NOBODY).for_decision(), one.asset) for one in grants]
        if offering.billing_mode is not BillingMode.PREPAID:
            holdings.append(Holding(_PURSE, self.catalogue.brand.currency))
        later = [
            Later(since, f"{offering.tariff}{version}")
            for since, catalogue, version in self.later
            if offering.tariff in catalogue.tariffs
        ]
        return Plan.of(offering.tariff, holdings, terms.cycle_day, self.catalogue.brand.zone, later)

    def _brought(self, offering: ProductOffering, at: datetime, cycle_day: int) -> Iterator[Grant]:
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
        return until(product, self.end)
