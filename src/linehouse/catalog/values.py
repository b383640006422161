"""The catalogue as values: what is sold, at what price, with what allowances, made of which services and resources.

Everything here is frozen and comes out of one published version, so a reader may keep it for as long as it likes.
Words follow TMF620, TMF633 and TMF634 where those have a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from linehouse.catalog.errors import OfferingUnknown, SpecificationUnknown
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.values import Scope, Tariff

Texts = Mapping[str, str]
"""A text for people by language (BCP 47 primary tag): ``{"en": "…", "nl": "…"}``."""
ParameterValue = str | int | bool | tuple[str, ...]
"""What a provisioning parameter may hold."""


class LifecycleStatus(StrEnum):
    """Where an offering stands (TMF620 lifecycleStatus). Only ``LAUNCHED`` can be ordered."""

    IN_STUDY = "In Study"
    IN_DESIGN = "In Design"
    IN_TEST = "In Test"
    ACTIVE = "Active"
    LAUNCHED = "Launched"
    REJECTED = "Rejected"
    RETIRED = "Retired"
    OBSOLETE = "Obsolete"


class OfferingKind(StrEnum):
    """What an offering is to its buyer."""

    PLAN = "plan"
    """The line itself: it brings the number and the SIM."""
    ADDON = "addon"
    """Runs on a plan until it is ended."""
    PACK = "pack"
    """Bought for a plan, once, for a fixed time."""


class BillingMode(StrEnum):
    """Paid before use from a balance, or after use by invoice."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


class PriceKind(StrEnum):
    """Due once, or every period."""

    ONE_TIME = "one-time"
    RECURRING = "recurring"


class TaxMode(StrEnum):
    """Whether the amount contains tax."""

    GROSS = "gross"
    NET = "net"


class PeriodUnit(StrEnum):
    """The unit of a charge period or a validity."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class PeriodLength:
    """``count`` (> 0) days, weeks, months or years."""

    count: int
    unit: PeriodUnit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}" + ("" if self.count == 1 else "s")


class Prorate(StrEnum):
    """How a part of a charge period is priced."""

    DAY = "day"
    """By the days covered over the days of the full cycle in which they lie."""
    DAYS30 = "days30"
    """By the days covered over thirty."""
    NONE = "none"
    """Never: the full amount is due."""


class EndDay(StrEnum):
    """Whether the day on which a product ends is charged."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


class Anchor(StrEnum):
    """Where charge periods begin: on the account's cycle day, or where the subscription began."""

    CYCLE = "cycle"
    SUBSCRIPTION = "subscription"


class FirstBill(StrEnum):
    """When the first part of a charge is billed: as soon as the product starts, or with the next regular bill."""

    AT_START = "at-start"
    WITH_NEXT = "with-next"


class Parts(StrEnum):
    """How parts of one price that are billed apart in one cycle are rounded."""

    EACH = "each"
    """Each by itself: the sum may differ from the whole by less than half a cent for each."""
    CUMULATIVE = "cumulative"
    """So that they sum to the whole exactly."""


class DueOn(StrEnum):
    """What makes a one-time price due."""

    ACTIVATION = "activation"
    ORDER = "order"
    TERMINATION = "termination"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingPrice:
    """One price of an offering. ``amount`` contains tax where ``tax_mode`` is gross.

    One-time prices have ``due_on`` and no period; recurring ones have a ``period``. ``gl_code`` names the ledger
    account's detail (``revenue/<gl_code>``). ``texts`` is what the invoice line says.
    """

    key: str
    kind: PriceKind
    amount: Money
    gl_code: str
    texts: Texts
    tax_mode: TaxMode = TaxMode.GROSS
    tax_category: str = "standard"
    period: PeriodLength | None = None
    in_advance: bool = True
    prorate: Prorate = Prorate.DAY
    end_day: EndDay = EndDay.EXCLUDED
    anchor: Anchor = Anchor.CYCLE
    first_bill: FirstBill = FirstBill.AT_START
    parts: Parts = Parts.EACH
    due_on: DueOn = DueOn.ACTIVATION

    @property
    def recurring(self) -> bool:
        """Whether it is due every period."""
        return self.kind is PriceKind.RECURRING

    def text(self, language: str) -> str:
        """The line text in that language, else in the first one that there is."""
        return text_in(self.texts, language)


class OnEmpty(StrEnum):
    """What happens when an allowance is used up."""

    CHARGE = "charge"
    BLOCK = "block"


class FirstPeriod(StrEnum):
    """How much of a recurring allowance the first, shorter period gets."""

    FULL = "full"
    PRORATE = "prorate"


class Rollover(StrEnum):
    """What happens to the unused rest at the period's end."""

    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Units that an offering includes: the pattern from which buckets are made.

    ``amount`` None means unlimited. ``recurring`` allowances are granted anew for every billing cycle; the others once
    at activation, for ``validity`` from that instant (None: as long as the product lives). Lower ``priority`` is used
    first. ``scope`` is rating's: which usage it covers; nothing included means all.
    """

    key: str
    unit: Unit
    amount: Quantity | None
    texts: Texts
    scope: Scope = field(default_factory=Scope)
    priority: int = 100
    recurring: bool = False
    validity: PeriodLength | None = None
    first_period: FirstPeriod = FirstPeriod.FULL
    rollover: Rollover = Rollover.NONE
    on_empty: OnEmpty = OnEmpty.CHARGE

    @property
    def unlimited(self) -> bool:
        """Whether it never empties."""
        return self.amount is None

    def text(self, language: str) -> str:
        """What the subscriber reads, in that language, else in the first one that there is."""
        return text_in(self.texts, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Money put on the prepaid main balance at activation; without ``validity`` it does not expire."""

    key: str
    amount: Money
    texts: Texts
    validity: PeriodLength | None = None

    def text(self, language: str) -> str:
        """What the subscriber reads, in that language, else in the first one that there is."""
        return text_in(self.texts, language)


@dataclass(frozen=True, slots=True)
class OfferingMatch:
    """Names offerings in ``requires`` and ``excludes``: one by its key, or every one of a kind."""

    offering: str | None = None
    kind: OfferingKind | None = None

    def matches(self, other: ProductOffering) -> bool:
        """Whether that offering is meant."""
        return other.key == self.offering if self.offering is not None else other.kind is self.kind

    def __str__(self) -> str:
        return self.offering if self.offering is not None else f"any {self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Who may buy it and where. An empty tuple means everybody, everywhere."""

    customer_kinds: tuple[str, ...] = ()
    """``individual``, ``organization``."""
    channels: tuple[str, ...] = ()
    """``desk``, ``self-care``, ``api``, ``shop``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductOffering:
    """Something that can be bought. ``version`` grows by one each time a changed offering is published; 0 is a draft.

    ``requires``: the buyer has, or orders with it, at least one match. ``excludes``: and none of these.
    ``valid`` is when it can be bought (half-open, business time). ``settings`` are provisioning parameters that this
    offering sets differently from its product specification, by service specification key.
    """

    key: str
    name: str
    texts: Texts
    status: LifecycleStatus
    kind: OfferingKind
    billing_mode: BillingMode
    specification: str
    prices: tuple[OfferingPrice, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    credits: tuple[Credit, ...] = ()
    tariff: str | None = None
    requires: tuple[OfferingMatch, ...] = ()
    excludes: tuple[OfferingMatch, ...] = ()
    valid: Period | None = None
    eligibility: Eligibility = field(default_factory=Eligibility)
    settings: Mapping[str, Mapping[str, ParameterValue]] = field(default_factory=dict)
    version: int = 0

    def price(self, key: str) -> OfferingPrice:
        """The price of that key. Raises OfferingUnknown."""
        for price in self.prices:
            if price.key == key:
                return price
        raise OfferingUnknown(f"offering {self.key!r} has no price {key!r}", field="price", value=key)

    @property
    def one_time_prices(self) -> tuple[OfferingPrice, ...]:
        """Prices due once."""
        return tuple(price for price in self.prices if not price.recurring)

    @property
    def recurring_prices(self) -> tuple[OfferingPrice, ...]:
        """Prices due every period."""
        return tuple(price for price in self.prices if price.recurring)

    def orderable(self, at: datetime) -> bool:
        """Whether it can be bought at that instant: launched, and within its validity."""
        return self.status is LifecycleStatus.LAUNCHED and (self.valid is None or self.valid.contains(at))

    def description(self, language: str) -> str:
        """What the buyer reads, in that language, else in the first one that there is."""
        return text_in(self.texts, language)


class ResourceKind(StrEnum):
    """What kind of resource a service needs."""

    MSISDN = "msisdn"
    SIM = "sim"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSpecification:
    """A resource that is taken from stock and assigned (TMF634)."""

    key: str
    name: str
    kind: ResourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceParameter:
    """A provisioning parameter of a service: its default and, where given, the values it may take."""

    key: str
    default: ParameterValue
    choices: tuple[ParameterValue, ...] = ()
    unit: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpecification:
    """A technical service as the network knows it (TMF633): parameters to provision, resources it stands on."""

    key: str
    name: str
    parameters: tuple[ServiceParameter, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSpecification:
    """What a product is made of (TMF620): service specifications by key, each with the parameters that it sets."""

    key: str
    name: str
    services: Mapping[str, Mapping[str, ParameterValue]]


@dataclass(frozen=True, slots=True)
class ServiceNeed:
    """One service that an ordered offering needs, its parameters settled, and the resources beneath it."""

    specification: ServiceSpecification
    parameters: Mapping[str, ParameterValue]
    resources: tuple[ResourceSpecification, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One version of everything that is sold. ``version`` 0 is what files or a draft hold before they are published."""

    version: int
    valid_from: datetime
    offerings: Mapping[str, ProductOffering]
    product_specifications: Mapping[str, ProductSpecification]
    service_specifications: Mapping[str, ServiceSpecification]
    resource_specifications: Mapping[str, ResourceSpecification]
    tariffs: Mapping[str, Tariff]

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
        """The services and resources that the offering needs; a parameter is its default, the product's or the offering's.

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


def text_in(texts: Texts, language: str) -> str:
    """The text in that language, else in the first one that there is, else nothing."""
    return texts.get(language) or next(iter(texts.values()), "")


def _unknown_specification(key: str, known: Mapping[str, object]) -> SpecificationUnknown:
    return SpecificationUnknown(
        f"there is no specification {key!r}", field="specification", value=key, expected=", ".join(sorted(known))
    )
