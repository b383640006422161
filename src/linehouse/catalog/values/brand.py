"""The brand as its documents and accounts know it: legal entity, bank account, tax, defaults of a new account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from zoneinfo import ZoneInfo

from linehouse.catalog.values.prepaid_life import PrepaidLife
from linehouse.kernel.numbering import Plmn
from linehouse.rating.regulation import ChosenLaw
from linehouse.rating.values import TaxMode

PRICE_JUMP = Fraction(2)
"""Where a brand does not say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalEntity:
    """The seller on an invoice (EN 16931 BG-4, BG-5). ``country`` is ISO 3166-1 alpha-2."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    registration_number: str
    """With its register, as it is printed: ``KvK 12345678``."""
    vat_id: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Where customers pay to (EN 16931 BG-17)."""

    iban: str
    bic: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Logo and colours (``#rrggbb``), the only look that screens and documents take from a brand."""

    logo_text: str
    primary: str
    on_primary: str
    accent: str
    logo: str = ""
    """A checked SVG; empty where the brand has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDefaults:
    """What a new billing account gets unless its customer chooses otherwise. Days are calendar days."""

    cycle_day: int
    payment_terms_days: int
    delivery: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendList:
    """A list of numbers that every line may have: what tariffs call it, what people read, how many it holds."""

    key: str
    name: str
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandProfile:
    """The brand. ``languages`` in order of preference, the first is the default; ``series`` are number formats by name,
    where ``{n}`` stands for the running number (``C-{n:06}``). ``cost_tariff`` is the wholesale tariff of tariffs that
    name none; ``friend_lists`` are the lists of numbers that lines may have (friends and family)."""

    key: str
    name: str
    country: str
    currency: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    price_mode: TaxMode
    tax_country: str
    home_network: Plmn
    legal_entity: LegalEntity
    bank_account: BankAccount
    look: Look
    account_defaults: AccountDefaults
    series: Mapping[str, str]
    cost_tariff: str | None = None
    friend_lists: Mapping[str, FriendList] = field(default_factory=dict)
    prepaid_life: PrepaidLife | None = None
    """How long prepaid lines live without money and use; None: for ever."""
    law: ChosenLaw = field(default_factory=ChosenLaw)
    price_jump: Fraction = PRICE_JUMP
    """By which factor a price may change before lint asks whether it is meant."""

    @property
    def language(self) -> str:
        """The language of somebody of whom none is known."""
        return self.languages[0]
