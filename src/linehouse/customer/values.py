"""Customers and billing accounts as values (TMF629, TMF666)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.catalog.values import TaxMode
from linehouse.party.values import (
    Duplicate,
    IndividualView,
    NewIndividual,
    NewOrganization,
    OrganizationView,
    PartyKind,
)


class Delivery(StrEnum):
    """How documents reach a customer."""

    EMAIL = "email"
    PRINT = "print"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountWishes:
    """What a customer chooses for a billing account; None takes the brand's default."""

    cycle_day: int | None = None
    currency: str | None = None
    zone: str | None = None
    payment_terms_days: int | None = None
    price_mode: TaxMode | str | None = None
    tax_country: str | None = None
    delivery: tuple[str, ...] | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCustomer:
    """A new customer with its first billing account. ``party`` is somebody new, or the id of a party that is known.
    ``external_id`` is the caller's own key: the same key twice is the same customer. ``refuse_duplicates`` turns the
    warning about a likely duplicate into a refusal. ``characteristics`` are the brand's own, by key."""

    party: NewIndividual | NewOrganization | UUID
    account: AccountWishes = AccountWishes()
    external_id: str = ""
    refuse_duplicates: bool = False
    characteristics: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRegistered:
    """The new customer. ``duplicates`` are parties that may be the same: a warning to act on."""

    customer_id: UUID
    customer_number: str
    billing_account_id: UUID
    billing_account_number: str
    party_id: UUID
    duplicates: tuple[Duplicate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingAccountView:
    """A billing account. ``cycle_day`` 1–31 is clamped to short months; billing dates are local to ``zone``."""

    id: UUID
    number: str
    customer_id: UUID
    customer_number: str
    name: str
    state: str
    currency: str
    cycle_day: int
    zone: ZoneInfo
    payment_terms_days: int
    price_mode: TaxMode
    tax_country: str
    language: str
    delivery: tuple[Delivery, ...]
    opened_on: date
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSummary:
    """A row of a list of customers. ``dealer`` is the code of the dealer who registered it, if one did."""

    id: UUID
    number: str
    name: str
    kind: PartyKind
    state: str
    party_id: UUID
    language: str
    created_at: datetime
    changed_at: datetime
    dealer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerView(CustomerSummary):
    """A customer with its party and its billing accounts. ``state_reason`` is what was said at the last move."""

    state_reason: str
    external_id: str
    party: IndividualView | OrganizationView
    accounts: tuple[BillingAccountView, ...]


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A page of a list, and how many there are in all."""

    rows: tuple[CustomerSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class AccountPage:
    """A page of a list, and how many there are in all."""

    rows: tuple[BillingAccountView, ...]
    total: int
