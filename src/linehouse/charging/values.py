"""Usage as it is charged, and as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.balance.periods import cycle_first_day
from linehouse.catalog.values import BillingMode
from linehouse.kernel.money import Money
from linehouse.kernel.period import local_date
from linehouse.kernel.quantity import Quantity
from linehouse.kernel.sentence import Sentence
from linehouse.rating.values import Consumption, TaxMode, UsageEvent, Verdict

STANDARD = "standard"
"""The tax category of usage."""
REVENUE = "usage"
"""The detail of the revenue account of usage."""


KEY_REUSED = "charging.key_reused"
NO_COST = "charging.no_cost"
"""The kind of task: usage whose wholesale cost is not known."""
UNBILLED = "unbilled/"
"""The purses of postpaid accounts begin with this."""


def unbilled_ref(account: str) -> str:
    """The purse in which a postpaid account's usage gathers, which is the ledger's account of it, too."""
    return UNBILLED + account


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate: an exact fraction (21/100) and the code that names its ledger account (``NL-21``)."""

    fraction: Fraction
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A subscription under its terms: who pays, how, by which tariff, with whose tax."""

    customer_id: UUID
    subscription_id: UUID
    subscription: str
    account_id: UUID
    account: str
    offering: str
    tariff_key: str | None
    billing_mode: BillingMode
    currency: str
    tax_country: str
    zone: ZoneInfo
    segment: str = ""
    """The customer's own characteristic ``segment``, else ``individual`` or ``organization``."""
    segments: frozenset[str] = frozenset()
    """What a tariff's condition ``segment`` may name: the value of that characteristic, and the kind of customer."""
    cycle_day: int = 1
    """The day of the month on which the account's periods begin."""

    def period_of(self, instant: datetime) -> date:
        """The first local day of the account's cycle in which the instant lies: the period that counters count."""
        return cycle_first_day(local_date(instant, self.zone), self.cycle_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedUsage:
    """One usage record with its price, as it was decided; it never changes.

    ``amount`` is what was charged, in the tariff's tax mode; ``net`` and ``gross`` its parts without and with tax,
    exact to the micro-unit. ``uncollected`` is what nobody paid, ``loss`` what of it, without tax, lay above a limit;
    ``blocked`` is the usage (base units) that an empty allowance did not cover. ``group`` and ``label`` name the
    invoice line, ``clause`` the tariff rule. ``unit_takes`` and ``money_takes`` are by bucket
    reference. ``invoice`` is the invoice's number, empty while there is none.
    ``throttled`` and ``redirected`` (base units) went on slower without money, or were sent to where more can be
    bought: neither is ``blocked``; ``reason`` is the code of why. ``counted`` is what it added to the counters of the
    period that began on ``counted_in``; ``told`` is what its tariff asked for and was told, word by word.
    ``cost`` is what the host network or a roaming partner asks for it, without tax; None while nobody can say, and
    ``cost_reason`` says why; ``cost_rule`` names the clause of the wholesale tariff. ``device`` is the TAC of the IMEI.
    A record that was rated again has later entries: ``sequence`` and ``rated_at`` stay those of its first charging,
    ``entry`` and ``entered_at`` are the row's own, ``revision`` counts its entries from 0, ``reversal`` marks the row
    that takes one back, and ``rerate`` names the run.
    """

    sequence: int
    record_id: UUID
    record_key: str
    file_id: UUID
    customer_id: UUID
    subscription_id: UUID
    subscription: str
    account_id: UUID
    account: str
    billing_mode: BillingMode
    usage_type: str
    direction: str
    started_at: datetime
    quantity: Quantity
    peer: str
    network: str
    number_zone: str
    network_zone: str
    tariff: str
    catalog_version: int
    rule: str
    verdict: Verdict
    group: str
    label: Mapping[str, str]
    clause: str
    covered_by: str
    amount: Money
    net: Money
    gross: Money
    uncollected: Money
    loss: Money
    blocked: int
    mode: TaxMode
    tax_category: str
    tax_code: str
    gl: str
    unit_takes: Mapping[str, int]
    money_takes: Mapping[str, int]
    rated_at: datetime
    invoice: str = ""
    offering: str = ""
    segment: str = ""
    device: str = ""
    cost: Money | None = None
    cost_rule: str = ""
    cost_reason: str = ""
    entry: int = 0
    entered_at: datetime | None = None
    revision: int = 0
    reversal: bool = False
    rerate: str = ""
    throttled: int = 0
    redirected: int = 0
    reason: str = ""
    counted: Mapping[str, int] = field(default_factory=dict)
    counted_in: date | None = None
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def own_place(self) -> tuple[int, datetime]:
        """By what the entry itself is found: its own sequence and instant."""
        return self.entry, self.entered_at or self.rated_at

    @property
    def paid_from_balance(self) -> Money:
        """What money buckets have paid already; the rest gathers for the account's next invoice."""
        waiting = unbilled_ref(self.account)
        paid = sum(micros for ref, micros in self.money_takes.items() if ref != waiting)
        return Money(paid, self.amount.currency)

    def text(self, language: str) -> str:
        """The invoice line's text in the language, else in the first that there is."""
        return self.label.get(language) or next(iter(self.label.values()), self.group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """What an event would cost a subscriber now; nothing has moved. ``lines`` explain it."""

    subscription: str
    tariff: str
    event: UsageEvent
    consumption: Consumption
    lines: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageSum:
    """Sums of rated usage of one kind in a period. ``covered`` counts records that allowances paid entirely."""

    usage_type: str
    direction: str
    records: int
    quantity: Quantity
    amount: Money
    covered: int
