"""Rate decks as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

MOST_DESTINATIONS = 25_000
"""How many destinations a deck may have: each becomes a rule."""


class Covers(StrEnum):
    """What a deck says about what it leaves out."""

    EVERYTHING = "everything"
    """It lists every destination: what is not in it is gone."""
    CHANGES = "changes"
    """It lists what changes: everything else stays."""


class Zero(StrEnum):
    """What a rate of zero means; carriers write it for free, for blocked and by mistake."""

    REFUSE = "refuse"
    FREE = "free"
    BLOCKED = "blocked"


class DayOrder(StrEnum):
    """How dates such as 01/02/2026 are read."""

    GUESS = "guess"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Mark(StrEnum):
    """What a deck itself says that a line is."""

    NEW = "new"
    DEARER = "increase"
    CHEAPER = "decrease"
    SAME = "unchanged"
    BLOCKED = "blocked"
    GONE = "deleted"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a call to a destination costs: a rate per minute in units of the currency, in increments of seconds.

    ``rate`` None: calls are blocked. ``first`` seconds are always paid, then each begun ``next`` ones.
    """

    rate: Decimal | None
    first: int = 60
    next: int = 60
    connect: Decimal = Decimal(0)

    @property
    def blocked(self) -> bool:
        """Whether calls are refused."""
        return self.rate is None

    @property
    def free(self) -> bool:
        """Whether calls cost nothing."""
        return self.rate == 0 and not self.connect

    def cost(self, seconds: int) -> Fraction:
        """What a call of so many seconds costs, exactly; nothing where it is blocked."""
        if self.rate is None or seconds <= 0:
            return Fraction(0)
        beyond = max(seconds - self.first, 0)
        paid = self.first + -(-beyond // self.next) * self.next
        return Fraction(self.connect) + Fraction(self.rate) * paid / 60

    def __str__(self) -> str:
        if self.rate is None:
            return "blocked"
        if self.free:
            return "free"
        connect = f" + {self.connect.normalize():f}" if self.connect else ""
        return f"{self.rate.normalize():f} {self.first}/{self.next}{connect}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a deck. ``terms`` None: the destination ends on ``effective``. No prefixes: those it has already.

    ``effective`` is the first day, ``end`` the last one, both local; ``row`` counts as the file does.
    """

    row: int
    key: str
    name: str
    prefixes: tuple[str, ...]
    terms: Terms | None
    effective: date
    end: date | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row: the column's heading, what stands there, and what would be right. Row 0: the file."""

    row: int
    column: str
    value: str
    message: str
    expected: str = ""

    def __str__(self) -> str:
        place = f"row {self.row}" + (f", {self.column}" if self.column else "") if self.row else self.column or "file"
        value = f" ({self.value})" if self.value else ""
        return f"{place}: {self.message}{value}" + (f"; {self.expected}" if self.expected else "")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a deck is to be read, beside which column is what."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field → heading of its column."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Field → text for every row whose cell is empty or that has no such column."""
    days: DayOrder = DayOrder.GUESS
    zero: Zero = Zero.REFUSE
    covers: Covers = Covers.EVERYTHING


@dataclass(frozen=True, slots=True)
class Deck:
    """What was read. With ``faults`` nothing of it may be used; ``notes`` are for somebody to look at."""

    lines: tuple[Line, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Destination:
    """A zone of prefixes with one price. ``terms`` None: it has a price that no deck could say."""

    key: str
    name: str
    prefixes: frozenset[str]
    terms: Terms | None
    kind: str = ""


State = Mapping[str, Destination]
"""What is in force on a day, by the zone's key."""
