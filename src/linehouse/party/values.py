"""People and organisations as values (TMF632): names, addresses, contact media, identity documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from uuid import UUID

from babel import Locale


class PartyKind(StrEnum):
    """A person or an organisation."""

    INDIVIDUAL = "individual"
    ORGANIZATION = "organization"


class MediumKind(StrEnum):
    """How a party is reached."""

    EMAIL = "email"
    PHONE = "phone"
    POSTAL = "postal"


class DocumentKind(StrEnum):
    """By what a person proves who it is."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity-card"
    DRIVING_LICENCE = "driving-licence"
    RESIDENCE_PERMIT = "residence-permit"


class RequestKind(StrEnum):
    """What a person may ask about their own data: to see it, to have it put right, to be forgotten."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """An address as it stands on an invoice (EN 16931 BG-8): ``country`` is ISO 3166-1 alpha-2."""

    street1: str
    postcode: str
    city: str
    country: str
    street2: str = ""
    region: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """For an envelope, without the country."""
        return tuple(
            line for line in (self.street1, self.street2, f"{self.postcode} {self.city}".strip(), self.region) if line
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """An identity document. ``country`` issued it (ISO 3166-1 alpha-2)."""

    kind: DocumentKind
    number: str
    country: str
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIndividual:
    """What is known of a person at first. ``birth_date`` may be the ISO text that a form or an API sent."""

    given_name: str
    family_name: str
    email: str = ""
    address: PostalAddress | None = None
    birth_date: date | str | None = None
    language: str = ""
    phone: str = ""
    middle_name: str = ""
    title: str = ""
    nationality: str = ""
    identification: Identification | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganization:
    """What is known of an organisation at first. ``vat_id`` with its country prefix, where it has one."""

    trading_name: str
    email: str = ""
    address: PostalAddress | None = None
    language: str = ""
    phone: str = ""
    legal_name: str = ""
    registration_number: str = ""
    vat_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMedium:
    """One way to reach a party, valid ``[valid_from, valid_to)`` in business time. ``value`` is an e-mail address or a
    number in international form; a postal medium has an ``address`` instead."""

    id: UUID
    kind: MediumKind
    valid_from: datetime
    valid_to: datetime | None = None
    preferred: bool = False
    value: str = ""
    address: PostalAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyView:
    """What both kinds of party have in common, for rooms that send, bill or show."""

    id: UUID
    kind: PartyKind
    name: str
    state: str
    language: str
    created_at: datetime
    changed_at: datetime
    media: tuple[ContactMedium, ...] = ()

    @property
    def email(self) -> str:
        """The e-mail address in force, or nothing."""
        return next((medium.value for medium in self.media if medium.kind is MediumKind.EMAIL), "")

    @property
    def phone(self) -> str:
        """The telephone number in force, or nothing."""
        return next((medium.value for medium in self.media if medium.kind is MediumKind.PHONE), "")

    @property
    def address(self) -> PostalAddress | None:
        """The postal address in force."""
        return next((medium.address for medium in self.media if medium.kind is MediumKind.POSTAL), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualView(PartyView):
    """A person."""

    given_name: str
    family_name: str
    middle_name: str = ""
    title: str = ""
    birth_date: date | None = None
    nationality: str = ""
    identifications: tuple[Identification, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationView(PartyView):
    """An organisation."""

    trading_name: str
    legal_name: str = ""
    registration_number: str = ""
    vat_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Somebody known who may be the same, and by what one thinks so."""

    party_id: UUID
    by: str
    """``email+birth-date`` or ``document``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPolicy:
    """What a caller asks of the fields. ``complete``: whoever is billed has an address, an e-mail address and, as a
    person, a birth date. ``languages`` are those that the brand speaks; none means any."""

    complete: bool = False
    languages: tuple[str, ...] = ()


ANY_FIELDS = FieldPolicy()
"""Asks for no more than a name."""


@dataclass(frozen=True, slots=True)
class PartyPage:
    """A page of a list, and how many there are in all."""

    rows: tuple[IndividualView | OrganizationView, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyCreated:
    """The new party, and who may be the same."""

    party_id: UUID
    duplicates: tuple[Duplicate, ...] = field(default=())


def is_country(code: str) -> bool:
    """Whether it is an ISO 3166-1 alpha-2 code, in capitals."""
    return code in _countries()


@cache
def _countries() -> frozenset[str]:
    # Unicode's territories are the ISO 3166-1 codes plus a few reserved and numeric regions, which no address bears.
    reserved = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code not in reserved)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request of a data subject; ``due_at`` and ``settled_at`` by the business clock."""

    id: UUID
    number: str
    party_id: UUID
    kind: RequestKind
    state: str
    received_at: datetime
    due_at: datetime
    channel: str
    note: str
    identity: str
    outcome: str
    document_id: UUID | None
    taken_by: str
    settled_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.settled_at is None
