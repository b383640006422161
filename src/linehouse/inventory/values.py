"""What other rooms ask inventory for, and what they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from linehouse.catalog.values import BillingMode, OfferingKind
from linehouse.kernel.numbering import Imsi, Msisdn


class IdentityKind(StrEnum):
    """By what the network names a subscriber."""

    MSISDN = "msisdn"
    IMSI = "imsi"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who was behind a number at an instant: the plan product (by id and business number), its account and terms."""

    product_id: UUID
    product_number: str
    customer_id: UUID
    billing_account_id: UUID
    billing_account_number: str
    offering_key: str
    catalog_version: int
    tariff_key: str | None
    billing_mode: BillingMode
    msisdn: Msisdn | None
    imsi: Imsi | None


@dataclass(frozen=True, slots=True)
class IdentityQuery:
    """One question of a set: who was behind this identity at that instant. ``ref`` comes back with the answer."""

    ref: int
    kind: IdentityKind
    digits: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CreateProduct:
    """A product that an order will deliver. ``order_item`` is the once-key."""

    order_item: str
    kind: OfferingKind
    customer_id: UUID
    billing_account_id: UUID
    billing_account_number: str
    offering_key: str
    offering_name: str
    catalog_version: int
    tariff_key: str | None
    billing_mode: BillingMode
    parent_product_id: UUID | None = None
    characteristics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceToCreate:
    """A service that comes alive with its product, after the catalog's service specification."""

    specification_key: str
    name: str
    characteristics: Mapping[str, str | list[str]]
    network_ref: str = ""


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service as inventory holds it (TMF638)."""

    id: UUID
    product_id: UUID
    product_number: str
    customer_id: UUID
    specification_key: str
    name: str
    state: str
    characteristics: Mapping[str, str | list[str]]
    network_ref: str
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product as inventory holds it (TMF637). Instants are business time."""

    id: UUID
    number: str
    kind: OfferingKind
    state: str
    customer_id: UUID
    billing_account_id: UUID
    billing_account_number: str
    offering_key: str
    offering_name: str
    catalog_version: int
    tariff_key: str | None
    billing_mode: BillingMode
    parent_product_id: UUID | None
    order_item: str
    characteristics: Mapping[str, str]
    msisdn: Msisdn | None
    imsi: Imsi | None
    iccid: str | None
    created_at: datetime
    activated_at: datetime | None
    terminated_at: datetime | None


class MemberKind(StrEnum):
    """As what something belongs to a closed user group."""

    LINE = "line"
    CUSTOMER = "customer"
    """Every line of the customer."""
    ORGANIZATION = "organization"
    """Every line of every customer that the organisation is."""


@dataclass(frozen=True, slots=True)
class Circled:
    """One question of a set: on which lists of the line does the number stand, and in which closed user groups are
    both, at that instant? ``number`` is +31612345678; ``ref`` comes back with the answer."""

    ref: UUID
    product_id: UUID
    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ListedView:
    """A number on a line's list."""

    id: UUID
    product_id: UUID
    list_key: str
    number: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member of a closed user group. ``shown`` is its business number, or the organisation's customer numbers."""

    id: UUID
    kind: MemberKind
    member_id: UUID
    shown: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A closed user group. Tariffs call it by ``word`` or by ``key``."""

    id: UUID
    key: str
    name: str
    word: str
    members: tuple[MemberView, ...] = ()
