"""One version of everything that a brand sells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from linehouse.catalog.errors import OfferingUnknown, SpecificationUnknown
from linehouse.catalog.values.brand import BrandProfile
from linehouse.catalog.values.offerings import ProductOffering
from linehouse.catalog.values.specifications import (
    ParameterValue,
    ProductSpecification,
    ResourceSpecification,
    ServiceNeed,
    ServiceSpecification,
)
from linehouse.rating.controls import ControlRule
from linehouse.rating.regulation import Pack
from linehouse.rating.values import Tariff


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One version of everything that is sold. ``version`` 0 is what files or a draft hold before they are published."""

    version: int
    valid_from: datetime
    brand: BrandProfile
    offerings: Mapping[str, ProductOffering]
    product_specifications: Mapping[str, ProductSpecification]
    service_specifications: Mapping[str, ServiceSpecification]
    resource_specifications: Mapping[str, ResourceSpecification]
    tariffs: Mapping[str, Tariff]
    regulation: Mapping[str, Pack] = field(default_factory=dict)
    """The brand's own packs, beside those that come with the product."""
    controls: Mapping[str, ControlRule] = field(default_factory=dict)
    """The brand's own limits, bars, attempts and policy counters, by kind and key, beside those of the product."""

    def offering(self, key: str) -> ProductOffering:
        """The offering of that key. Raises OfferingUnknown."""
        try:
            return self.offerings[key]
        except KeyError:
            raise OfferingUnknown(
                f"there is no offering {key!r}", field="offering", value=key, expected=", ".join(sorted(self.offerings))
            ) from None

    def orderable(self, at: datetime) -> tuple[ProductOffering, ...]:
        """What can be bought at that instant, by key."""
        return tuple(self.offerings[key] for key in sorted(self.offerings) if self.offerings[key].orderable(at))

    def decompose(self, key: str) -> tuple[ServiceNeed, ...]:
        """What the offering needs. A setting of the offering beats one of the product, and that the default.

        Raises OfferingUnknown, SpecificationUnknown.
        """
        offering = self.offering(key)
        product = self.product_specifications.get(offering.specification)
        if product is None:
            raise _unknown_specification(offering.specification, self.product_specifications)
        needs = []
        for service_key, product_settings in product.services.items():
            service = self.service_specifications.get(service_key)
            if service is None:
                raise _unknown_specification(service_key, self.service_specifications)
            settled: dict[str, ParameterValue] = {parameter.key: parameter.default for parameter in service.parameters}
            settled |= product_settings
            settled |= offering.settings.get(service_key, {})
            resources = []
            for resource in service.resources:
                if resource not in self.resource_specifications:
                    raise _unknown_specification(resource, self.resource_specifications)
                resources.append(self.resource_specifications[resource])
            needs.append(ServiceNeed(service, MappingProxyType(settled), tuple(resources)))
        return tuple(needs)

    def numbered(self, version: int, valid_from: datetime, offering_versions: Mapping[str, int]) -> Catalogue:
        """The same content as a published version."""
        offerings = {key: replace(offering, version=offering_versions[key]) for key, offering in self.offerings.items()}
        return replace(self, version=version, valid_from=valid_from, offerings=MappingProxyType(offerings))


def _unknown_specification(key: str, known: Mapping[str, object]) -> SpecificationUnknown:
    return SpecificationUnknown(
        f"there is no specification {key!r}", field="specification", value=key, expected=", ".join(sorted(known))
    )
