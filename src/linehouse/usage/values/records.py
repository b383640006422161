"""What a file said about one use of the network, and what it means once it is normalised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from linehouse.kernel.error import Invalid
from linehouse.kernel.money import MICROS, CurrencyMismatch, Money, require_currency
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.outcome import Problem
from linehouse.kernel.quantity import Quantity
from linehouse.rating.values import Direction, UsageType


class NumberForm(StrEnum):
    """How a source writes the other party's number."""

    INTERNATIONAL = "international"
    """Country code first, with or without a plus sign, as TD.57 asks of Called Number."""
    DIALLED = "dialled"
    """What the subscriber keyed: national, short, or international with 00 or +."""
    TEXT = "text"
    """An alphanumeric sender of a message, which is no number."""


class PartyKind(StrEnum):
    """What the other party turned out to be."""

    E164 = "e164"
    SHORT = "short"
    UNKNOWN = "unknown"
    """A number was given that cannot be normalised: its own zone, never silently home."""
    NONE = "none"
    """Data and events have no other party."""


@dataclass(frozen=True, slots=True)
class WholesaleCharge:
    """What the other operator asks: a whole ``amount`` of 10^-``decimals`` of the currency's major unit, exact.

    TAP gives integers and one number of decimal places per file (GSMA TD.57, TAP Decimal Places); the scale is kept,
    since it may be finer than a micro-unit.
    """

    amount: int
    decimals: int
    currency: str

    def __post_init__(self) -> None:
        if self.decimals < 0:
            raise Invalid("decimal places are not negative", field="decimals", value=self.decimals, expected=">= 0")
        require_currency(self.currency)

    @property
    def exact(self) -> Fraction:
        """In major units."""
        return Fraction(self.amount, 10**self.decimals)

    @property
    def decimal(self) -> Decimal:
        """In major units, with the decimals that the source gave."""
        with localcontext(prec=60):
            return Decimal(self.amount).scaleb(-self.decimals)

    @property
    def micros(self) -> Fraction:
        """An exact count of micro-units, for the caller to round by name."""
        return self.exact * MICROS

    def money(self) -> Money:
        """The same as Money; raises Invalid when it has digits beyond a micro-unit."""
        return Money.of(self.decimal, self.currency)

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"


@dataclass(frozen=True, slots=True)
class ServingNetwork:
    """The network that carried the usage: its PLMN where that is known, else its country (ISO 3166-1 alpha-2)."""

    plmn: Plmn | None = None
    country: str = ""
    tadig: str = ""

    def __str__(self) -> str:
        return str(self.plmn) if self.plmn else self.tadig or self.country


@dataclass(frozen=True, slots=True)
class RawUsage:
    """One record as its source gave it, in our units: nothing is looked up, nothing is decided.

    ``position`` counts the records of the file from 1; ``reference`` finds the bytes again ("offset 812, 204 octets",
    "line 17"). ``started_at`` is UTC; ``utc_offset`` (minutes) is the serving network's, for tariffs in serving time.
    """

    position: int
    reference: str
    usage_type: UsageType
    direction: Direction
    quantity: Quantity
    started_at: datetime | None
    utc_offset: int | None = None
    imsi: str = ""
    msisdn: str = ""
    party: str = ""
    party_form: NumberForm = NumberForm.INTERNATIONAL
    dialled: str = ""
    """What the subscriber keyed, where the source gives it beside the number that was reached."""
    plmn: str = ""
    tadig: str = ""
    apn: str = ""
    event_reference: str = ""
    cause: str = ""
    wholesale: WholesaleCharge | None = None
    wholesale_tax: WholesaleCharge | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    ended_at: datetime | None = None
    """When the record was closed, where the source says so: what a session's volume may be priced by."""
    amount: Money | None = None
    """What the content or service cost that was bought: a tariff may take a percentage of it."""


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """One record that its reader could not turn into usage: kept whole, with the reason."""

    position: int
    reference: str
    code: str
    message: str
    evidence: str = ""
    wholesale: WholesaleCharge | None = None
    wholesale_tax: WholesaleCharge | None = None


@dataclass(frozen=True, slots=True)
class FileTotals:
    """What a file declares about itself, or what its records sum to; None where it says nothing."""

    records: int | None = None
    charge: WholesaleCharge | None = None
    tax: WholesaleCharge | None = None


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A usage file, read whole: who sent it, what it declares, its records in order."""

    version: str
    sender: str
    recipient: str
    sequence: str
    records: tuple[RawUsage | UnreadableRecord, ...]
    declared: FileTotals = FileTotals()
    created_at: datetime | None = None
    notification: bool = False
    """A notification says that there is nothing to send (TD.57, Notification)."""
    test: bool = False
    """The sender marked it as test data (File Type Indicator T): nothing of it may be charged."""
    disagreements: tuple[Problem, ...] = ()
    """Where what the file declares and what its records give differ: reason enough to refuse it."""
    notes: tuple[str, ...] = ()

    @property
    def summed(self) -> FileTotals:
        """What the records sum to, unreadable ones included as far as their charges could be read."""
        return FileTotals(
            len(self.records),
            sum_charges(r.wholesale for r in self.records),
            sum_charges(r.wholesale_tax for r in self.records),
        )


@dataclass(frozen=True, slots=True)
class NormalisedUsage:
    """One use of the network by a known subscriber, ready to be priced: the end of this room's work.

    ``other_party`` is what rating expects: ``+31612345678``, a short code such as ``112``, or nothing when it is
    unknown or there is none (``attributes['party']`` then keeps what the source wrote). ``key`` is the once-key under
    which the record was taken in; ``reference`` and ``position`` lead to the bytes in the file.
    """

    id: UUID
    key: str
    subscription_id: UUID
    customer_id: UUID
    billing_account_id: UUID
    msisdn: str
    imsi: str
    usage_type: UsageType
    direction: Direction
    other_party: str
    party_kind: PartyKind
    started_at: datetime
    utc_offset: int | None
    quantity: Quantity
    serving: ServingNetwork
    visited: bool
    apn: str
    event_reference: str
    cause: str
    wholesale: WholesaleCharge | None
    source: str
    source_kind: str
    corrections: bool
    file_id: UUID
    position: int
    reference: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    ended_at: datetime | None = None
    amount: Money | None = None


def sum_charges(charges: Iterable[WholesaleCharge | None]) -> WholesaleCharge | None:
    """Add charges of one currency exactly, at their finest scale; None when there is none. Raises CurrencyMismatch."""
    total: WholesaleCharge | None = None
    for charge in charges:
        if charge is None:
            continue
        if total is None:
            total = charge
            continue
        if charge.currency != total.currency:
            raise CurrencyMismatch(
                f"{total.currency} and {charge.currency} do not add",
                field="currency",
                value=charge.currency,
                expected=total.currency,
            )
        decimals = max(total.decimals, charge.decimals)
        amount = total.amount * 10 ** (decimals - total.decimals) + charge.amount * 10 ** (decimals - charge.decimals)
        total = WholesaleCharge(amount, decimals, total.currency)
    return total
