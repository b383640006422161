"""What the law asks of prices, as values: packs of dated clauses, each with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from linehouse.rating.countries import group
from linehouse.rating.values import Direction, UsageType

MINUTE = 60_000
GIGABYTE = 10**9


class Bound(StrEnum):
    """What a clause asks of a price."""

    CAP = "cap"
    """At most an amount."""
    FREE = "free"
    """Nothing at all."""
    LIKE = "like"
    """No more than something else costs by the same tariff."""


class Where(StrEnum):
    """Where the subscriber is."""

    HOME = "home"
    UNION = "union"
    """In another country of the roaming union."""


class Between(StrEnum):
    """Who pays whom."""

    CONSUMERS = "consumers"
    """What a consumer pays."""
    NETWORKS = "networks"
    """What networks ask of each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Countries:
    """Countries, and dated groups of them."""

    countries: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()

    def on(self, day: date) -> frozenset[str]:
        """Which they are on the day."""
        return self.countries.union(*(group(key, day) for key in self.groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Whom a clause is about: ordinary numbers of countries, or numbers that begin so; ``home`` is the brand's own
    country, which groups of others leave out."""

    abroad: Countries = Countries()
    home: bool = False
    prefixes: tuple[str, ...] = ()
    short_codes: tuple[str, ...] = ()

    @property
    def of_countries(self) -> bool:
        """Whether countries are meant, whose paid and satellite numbers are not."""
        return self.home or bool(self.abroad.countries or self.abroad.groups)

    def lands(self, home_country: str, day: date) -> frozenset[str]:
        """The countries whose ordinary numbers are meant."""
        return (self.abroad.on(day) - {home_country}) | ({home_country} if self.home else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """On ``[start, end)`` at most ``amount`` per ``unit`` base units, and at most ``each`` per event (None: no bound).

    ``end`` None: no end is known. Where both are given, one
    excludes the other unless the clause lets fees stand beside.
    """

    start: date
    end: date | None
    amount: Decimal | None = None
    unit: int = 1
    each: Decimal | None = None

    def holds(self, day: date) -> bool:
        """Whether it is the law on the day."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One thing that the law asks. ``limits`` date it; where it caps nothing they hold no amounts.

    ``tax_included`` says whether its amounts contain VAT, ``fees`` whether fees per event may stand beside a price per
    unit, ``block`` the longest block (base units). ``same_at_home``: who asks the same price at home need not keep the
    cap. ``than`` is what a LIKE clause compares with, always used at home. ``to`` None: it concerns rules that name
    the clause themselves (``regulated:``). ``refuses`` tells whether a price against it may be published.
    """

    key: str
    name: str
    source: str
    bound: Bound
    usage_types: tuple[UsageType, ...]
    limits: tuple[Limit, ...]
    direction: Direction = Direction.OUT
    where: Where = Where.HOME
    to: Numbers | None = None
    than: Numbers | None = None
    between: Between = Between.CONSUMERS
    tax_included: bool = False
    fees: bool = False
    block: int | None = None
    same_at_home: bool = False
    refuses: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The clauses of one legislator, in one currency, for brands of some countries."""

    key: str
    name: str
    binds: Countries
    currency: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """A clause that a brand does not keep, and why."""

    clause: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLaw:
    """What a brand says about the law: which packs bind it (None: those of its country), and which clauses do not."""

    packs: tuple[str, ...] | None = None
    without: tuple[Without, ...] = ()


def clauses_of(packs: tuple[Pack, ...]) -> Iterator[tuple[Pack, Clause]]:
    """Every clause with its pack."""
    return ((pack, clause) for pack in packs for clause in pack.clauses)
