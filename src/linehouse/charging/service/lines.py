"""Who pays for a subscription and by what terms: inventory's product with customer's account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.catalog.service import VersionInfo
from linehouse.catalog.values import Catalogue
from linehouse.charging.decision import TariffInForce
from linehouse.charging.values import Line
from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.platform.characteristics import service as characteristics
from linehouse.rating.service import cost_key_of
from linehouse.rating.values import Tariff

SEGMENT = "segment"
"""The characteristic of a customer that names its segment, where the brand declares one."""


def lines_of(subscription_ids: Iterable[UUID]) -> dict[UUID, Line]:
    """The lines of those subscriptions that exist, in two statements."""
    products = inventory.products_by_id(subscription_ids)
    accounts = customers.billing_accounts(product.billing_account_id for product in products.values())
    segments = segments_of(product.customer_id for product in products.values())
    return {
        product.id: line_of_product(
            product, accounts[product.billing_account_id], segments.get(product.customer_id, _NO_SEGMENT)
        )
        for product in products.values()
        if product.billing_account_id in accounts
    }


@dataclass(frozen=True, slots=True)
class Segment:
    """``shown`` is what reports group by; ``keys`` are what a tariff's condition may name."""

    shown: str
    keys: frozenset[str]


_NO_SEGMENT = Segment("", frozenset())


def segments_of(customer_ids: Iterable[UUID]) -> dict[UUID, Segment]:
    """The segment of each customer: the brand's own characteristic of that name where it has a value and is not
    personal, else the kind of customer. A tariff may ask for either."""
    wanted = set(customer_ids)
    kinds = {row.id: row.kind.value for row in customers.customers(wanted).values()} if wanted else {}
    found = {customer_id: Segment(kind, frozenset((kind,))) for customer_id, kind in kinds.items()}
    for customer_id, held in characteristics.values_of_many("customer", wanted).items() if wanted else ():
        for one in held:
            if one.spec.key == SEGMENT and not one.spec.personal:
                kind = found.get(customer_id, _NO_SEGMENT)
                found[customer_id] = Segment(one.shown, kind.keys | {one.text})
    return found


def line_of_product(product: ProductView, account: BillingAccountView, segment: Segment = _NO_SEGMENT) -> Line:
    """The line of one plan product."""
    return Line(
        customer_id=product.customer_id,
        subscription_id=product.id,
        subscription=product.number,
        account_id=product.billing_account_id,
        account=product.billing_account_number,
        offering=product.offering_key,
        tariff_key=product.tariff_key,
        billing_mode=product.billing_mode,
        currency=account.currency,
        tax_country=account.tax_country,
        zone=account.zone,
        segment=segment.shown,
        segments=segment.keys,
        cycle_day=account.cycle_day,
    )


class Tariffs:
    """Tariffs by the instant of use: versions are looked up once, and each catalogue that is met is read once."""

    def __init__(self) -> None:
        self._versions = _published()
        self._catalogues: dict[int, Catalogue] = {}

    def at(self, key: str, instant: datetime) -> TariffInForce | None:
        """The tariff of that key in the catalogue in force at the instant (the newest that has begun), or None."""
        number = next((version.number for version in self._versions if version.valid_from <= instant), None)
        return None if number is None else self.of_version(number, key)

    def of_version(self, number: int, key: str) -> TariffInForce | None:
        """The tariff of that key in a catalogue version, whenever that is in force; None when it has none."""
        tariff = self._catalogue(number).tariffs.get(key)
        return TariffInForce(tariff, number) if tariff is not None else None

    def wholesale(self, retail: TariffInForce) -> Tariff | None:
        """The tariff of the same catalogue that says what usage by this one costs the brand; None where none does."""
        catalogue = self._catalogue(retail.catalog_version)
        return catalogue.tariffs.get(cost_key_of(retail.tariff, catalogue.brand.cost_tariff) or "")

    def newest(self) -> Catalogue | None:
        """The newest published catalogue, also one that has not begun."""
        return self._catalogue(self._versions[0].number) if self._versions else None

    def _catalogue(self, number: int) -> Catalogue:
        if number not in self._catalogues:
            self._catalogues[number] = catalog.version(number)
        return self._catalogues[number]


def _published(page: int = 200) -> list[VersionInfo]:
    """Published versions, newest first."""
    found: list[VersionInfo] = []
    while True:
        rows, total = catalog.versions(offset=len(found), limit=page)
        found += rows
        if len(found) >= total or not rows:
            return [version for version in found if version.state == "published"]
