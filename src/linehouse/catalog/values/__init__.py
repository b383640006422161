"""The frozen values of the catalogue. Other rooms import them from here.

Everything comes out of one published version, so a reader may keep it for as long as it likes. Words follow TMF620,
TMF633 and TMF634 where those have a word.
"""

from __future__ import annotations

from linehouse.catalog.values.allowances import (
    Allowance,
    FirstPeriod,
    Rollover,
    Sharing,
    Terms,
)
from linehouse.catalog.values.brand import (
    PRICE_JUMP,
    AccountDefaults,
    BankAccount,
    BrandProfile,
    FriendList,
    LegalEntity,
    Look,
)
from linehouse.catalog.values.catalogue import (
    Catalogue,
)
from linehouse.catalog.values.offerings import (
    Credit,
    Eligibility,
    Meanwhile,
    OfferingMatch,
    OfferingPrice,
    ProductOffering,
    Renewal,
)
from linehouse.catalog.values.prepaid_life import BARS, Counts, PrepaidLife, RestOf
from linehouse.catalog.values.specifications import (
    ParameterValue,
    ProductSpecification,
    ResourceKind,
    ResourceSpecification,
    ServiceNeed,
    ServiceParameter,
    ServiceSpecification,
)
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
    PeriodUnit,
    PriceKind,
    Prorate,
    Texts,
    text_in,
)
from linehouse.rating.values import TaxMode, WhenEmpty

__all__ = [
    "BARS",
    "PRICE_JUMP",
    "AccountDefaults",
    "Allowance",
    "Anchor",
    "BankAccount",
    "BillingMode",
    "BrandProfile",
    "Catalogue",
    "Counts",
    "Credit",
    "DueOn",
    "Eligibility",
    "EndDay",
    "FirstBill",
    "FirstPeriod",
    "FriendList",
    "LegalEntity",
    "LifecycleStatus",
    "Look",
    "Meanwhile",
    "MinimumOf",
    "OfferingKind",
    "OfferingMatch",
    "OfferingPrice",
    "ParameterValue",
    "Parts",
    "PeriodLength",
    "PeriodUnit",
    "PrepaidLife",
    "PriceKind",
    "ProductOffering",
    "ProductSpecification",
    "Prorate",
    "Renewal",
    "ResourceKind",
    "ResourceSpecification",
    "RestOf",
    "Rollover",
    "ServiceNeed",
    "ServiceParameter",
    "ServiceSpecification",
    "Sharing",
    "TaxMode",
    "Terms",
    "Texts",
    "WhenEmpty",
    "text_in",
]
