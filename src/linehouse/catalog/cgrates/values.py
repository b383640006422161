"""What the six files say, row by row, and what an import has to tell about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from linehouse.rating.values import TaxMode, UsageType

ANY = "*any"
"""CGRateS' word for everything: any destination, any subject, any time."""
DEEPEST_FALLBACK = 3
"""So many profiles CGRateS asks, the first included (``rals.fallback_depth``)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row of one of the files; rows are lines of the file, counted from 1."""

    file: str
    row: int

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}"


class Kind(StrEnum):
    """How much a finding matters."""

    REFUSED = "refused"
    """It cannot be said in a tariff: nothing of its subject is written."""
    LEFT_OUT = "left out"
    """It changes no price of what is written."""
    DIFFERS = "differs"
    """It is written, and under the circumstances told it costs something else than with CGRateS."""
    TOLD = "told"
    """It is written as CGRateS charges it; a reader should know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a row: which field, which value, why, and what to do."""

    kind: Kind
    place: Place | None
    field: str
    value: str
    why: str
    remedy: str = ""

    @property
    def sentence(self) -> str:
        """The whole of it in one line."""
        where = f"{self.place}, {self.field}" if self.place is not None else self.field
        shown = f" {self.value!r}" if self.value else ""
        end = f"; {self.remedy}" if self.remedy else ""
        return f"{where}{shown}: {self.why}{end}"


class Untranslatable(Exception):
    """A subject's rating cannot be said in a tariff. Caught by the import, told as a finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


def refuse(place: Place | None, field_name: str, value: str, why: str, remedy: str = "") -> Untranslatable:
    """The exception for a construct that a tariff has no words for."""
    return Untranslatable(Finding(Kind.REFUSED, place, field_name, value, why, remedy))


@dataclass(frozen=True, slots=True)
class Timing:
    """When a rate holds: on these days, from ``start`` (minutes after midnight) to the end of the day.

    An empty set is every year, month, day of the month or weekday (0 = Monday).
    """

    tag: str
    place: Place | None = None
    years: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    start: int = 0
    ignored: str = ""
    """What its time says that CGRateS does not heed when it rates: an end, or ``*asap``."""

    @property
    def dated(self) -> bool:
        """Whether it holds on dates and not in every week alike."""
        return bool(self.years or self.months or self.days)


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of a rate. Times are nanoseconds, which CGRateS also counts octets and messages in."""

    place: Place
    connect: Fraction
    rate: Fraction
    unit: int
    increment: int
    start: int


@dataclass(frozen=True, slots=True)
class Rated:
    """A destination with its rate: one row of DestinationRates."""

    place: Place
    tag: str
    destination: str
    rate: str
    method: str
    decimals: int
    max_cost: Fraction
    strategy: str


@dataclass(frozen=True, slots=True)
class Binding:
    """Destination rates at a time: one row of RatingPlans."""

    place: Place
    rates: str
    timing: str
    weight: Fraction


@dataclass(frozen=True, slots=True)
class Activation:
    """From an instant on (None: always) a subject has a plan: one row of RatingProfiles."""

    place: Place
    tenant: str
    category: str
    subject: str
    since: datetime | None
    plan: str
    fallbacks: tuple[str, ...]


@dataclass(slots=True)
class Six:
    """The six files."""

    timings: dict[str, Timing] = field(default_factory=dict)
    destinations: dict[str, dict[str, Place]] = field(default_factory=dict)
    """The prefixes of each destination, as written."""
    rates: dict[str, list[Slot]] = field(default_factory=dict)
    destination_rates: dict[str, list[Rated]] = field(default_factory=dict)
    plans: dict[str, list[Binding]] = field(default_factory=dict)
    profiles: list[Activation] = field(default_factory=list)


USUAL_CATEGORIES: Mapping[str, UsageType] = {
    "call": UsageType.VOICE,
    "voice": UsageType.VOICE,
    "sms": UsageType.SMS,
    "mms": UsageType.MMS,
    "data": UsageType.DATA,
    "gprs": UsageType.DATA,
}
"""What a category means when nobody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the files do not say: where they are to go, and how CGRateS was set up.

    ``rounding`` is CGRateS' ``general.rounding_decimals`` (its default is 5), to which it rounds each increment; None:
    the written rates count exactly. ``since`` is the day (ISO) from which the tariffs are valid; what CGRateS had
    before stays there.
    """

    currency: str
    tax_mode: TaxMode
    zone: ZoneInfo
    since: str
    tenant: str | None = None
    categories: Mapping[str, UsageType] = field(default_factory=lambda: dict(USUAL_CATEGORIES))
    rounding: int | None = 5
    replace_prefix: tuple[tuple[str, str], ...] = ()
    short_codes: frozenset[str] = frozenset()
    """Destinations whose prefixes are short codes, dialled as they stand."""
    name: str = "cgrates"
    """What the written zone files are called, and the tariff of the subject ``*any``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One tariff that was written: for whom, how much, and where."""

    key: str
    subject: str
    file: str
    categories: tuple[str, ...]
    plans: tuple[str, ...]
    rules: int
    examples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of the six files: texts by path below a brand's folder, and everything to know."""

    files: Mapping[str, str]
    tariffs: tuple[Made, ...]
    zones: int
    prefixes: int
    bands: int
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> tuple[Finding, ...]:
        """What keeps it from being whole."""
        return tuple(one for one in self.findings if one.kind is Kind.REFUSED)
