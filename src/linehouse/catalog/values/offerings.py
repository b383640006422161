"""What is sold: offerings with their prices, allowances and rules (TMF620)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from linehouse.catalog.errors import OfferingUnknown
from linehouse.catalog.values.allowances import Allowance
from linehouse.catalog.values.specifications import ParameterValue
from linehouse.catalog.values.words import (
    Anchor,
    BillingMode,
    DueOn,
    EndDay,
    FirstBill,
    LifecycleStatus,
    MinimumOf,
    OfferingKind,
    Parts,
    PeriodLength,
    PriceKind,
    Prorate,
    Texts,
    text_in,
)
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.rating.values import Accepted, TaxMode


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
    minimum_of: MinimumOf | None = None
    """Not a price for itself, but the least that a period comes to."""

    @property
    def recurring(self) -> bool:
        """Whether it is due every period."""
        return self.kind is PriceKind.RECURRING

    def text(self, language: str) -> str:
        """The line text in that language, else in the first one that there is."""
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


class Meanwhile(StrEnum):
    """What becomes of a pack's allowances while its renewal waits for money."""

    SUSPEND = "suspend"
    """They rest: the new period begins when it is paid."""
    KEEP = "keep"
    """They go on: the new period counts from when it was due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """How a prepaid pack renews itself from the balance: told so long before, tried again so often when money is short
    and for so long (``grace``; nothing: it ends at once). ``asked``: only where the buyer wants it."""

    notice: timedelta = timedelta(days=3)
    retry: timedelta = timedelta(hours=6)
    grace: timedelta = timedelta(0)
    meanwhile: Meanwhile = Meanwhile.SUSPEND
    asked: bool = False


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
    accepted: tuple[Accepted, ...] = ()
    """Warnings of lint that stand."""
    renewal: Renewal | None = None
    """Of a prepaid pack: how it renews itself; None: it is bought once."""

    @property
    def paid_from_balance(self) -> bool:
        """Whether it is bought from the balance of a line, and so never stands on a bill."""
        return self.billing_mode is BillingMode.PREPAID and self.kind is OfferingKind.PACK

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
        """Prices due every period; minimums of usage come last."""
        found = [price for price in self.prices if price.recurring]
        return tuple(sorted(found, key=lambda price: price.minimum_of is not None))

    def orderable(self, at: datetime) -> bool:
        """Whether it can be bought at that instant: launched, and within its validity."""
        return self.status is LifecycleStatus.LAUNCHED and (self.valid is None or self.valid.contains(at))

    def description(self, language: str) -> str:
        """What the buyer reads, in that language, else in the first one that there is."""
        return text_in(self.texts, language)
