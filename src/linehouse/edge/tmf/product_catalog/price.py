"""TMF620 `productOfferingPrice`: one price of an offering. Its id is `offering:price`."""

from __future__ import annotations

from dataclasses import dataclass

from linehouse.catalog.values import Catalogue, OfferingPrice, ProductOffering
from linehouse.edge.tmf.kit.declaration import Links, Resource
from linehouse.edge.tmf.kit.shapes import Instant, MoneyValue, Representation, Shape, TimePeriod
from linehouse.edge.tmf.product_catalog.published import FROM_FILES, found, listed


class TaxItem(Shape):
    """`TaxItem`: the tax category of the price."""

    tax_category: str


class PricingLogicAlgorithm(Shape):
    """`PricingLogicAlgorithm`: whether the price contains tax, and how a part of a period is priced."""

    id: str
    name: str
    description: str


class ProductOfferingPrice(Representation):
    """`ProductOfferingPrice`."""

    name: str
    description: str
    is_bundle: bool = False
    version: str
    lifecycle_status: str
    last_update: Instant
    price_type: str
    recurring_charge_period_type: str | None = None
    recurring_charge_period_length: int | None = None
    price: MoneyValue
    tax: list[TaxItem]
    pricing_logic_algorithm: list[PricingLogicAlgorithm]
    valid_for: TimePeriod | None = None


@dataclass(frozen=True, slots=True)
class PriceOf:
    """A price with the offering and the catalogue that it belongs to."""

    catalogue: Catalogue
    offering: ProductOffering
    price: OfferingPrice

    @property
    def key(self) -> str:
        """Its id."""
        return f"{self.offering.key}:{self.price.key}"


def prices(catalogue: Catalogue) -> list[PriceOf]:
    """Every price of every offering, in order of key."""
    return [
        PriceOf(catalogue, catalogue.offerings[key], price)
        for key in sorted(catalogue.offerings)
        for price in catalogue.offerings[key].prices
    ]


def _represent(held: PriceOf, _: Links) -> ProductOfferingPrice:
    price, offering = held.price, held.offering
    language = held.catalogue.brand.language
    return ProductOfferingPrice(
        id=held.key,
        name=price.text(language),
        description=f"{price.text(language)} ({price.amount}, {price.tax_mode})",
        version=str(offering.version),
        lifecycle_status=offering.status.value,
        last_update=held.catalogue.valid_from,
        price_type="recurring" if price.recurring else "oneTime",
        recurring_charge_period_type=price.period.unit.value if price.period else None,
        recurring_charge_period_length=price.period.count if price.period else None,
        price=MoneyValue.from_money(price.amount),
        tax=[TaxItem(tax_category=price.tax_category)],
        pricing_logic_algorithm=_logic(price),
        valid_for=TimePeriod.from_period(offering.valid) if offering.valid else None,
    )


def _logic(price: OfferingPrice) -> list[PricingLogicAlgorithm]:
    contains = "contains tax" if price.tax_mode.value == "gross" else "is without tax"
    found_logic = [PricingLogicAlgorithm(id="taxMode", name=price.tax_mode.value, description=f"The price {contains}")]
    if price.recurring:
        found_logic.append(
            PricingLogicAlgorithm(
                id="proration", name=price.prorate.value, description="How a part of a charge period is priced"
            )
        )
    return found_logic


PRICE: Resource[PriceOf] = Resource(
    name="productOfferingPrice",
    kind="ProductOfferingPrice",
    description="One price of an offering",
    read="catalog.read",
    representation=ProductOfferingPrice,
    represent=_represent,
    search=lambda narrow: listed(prices, narrow),
    get=lambda key: found(prices, lambda held: held.key == key, key),
    refused=FROM_FILES,
)
