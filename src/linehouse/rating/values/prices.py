"""What a rule, or a bucket, asks for: fees, steps in the event or in the period, a percentage, bounds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Due(StrEnum):
    """When a fee per event is due."""

    CHARGED = "charged"
    """Only when money pays the event's first block."""
    ALWAYS = "always"
    """Also when an allowance covers it."""


@dataclass(frozen=True, slots=True)
class Fee:
    """An amount (micro-units) due once per event."""

    micros: int
    due: Due = Due.CHARGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From ``start`` (base units) on, blocks of ``block`` base units at ``price`` per ``unit``.

    ``price`` and ``flat`` are micro-units; ``flat`` is due when money first pays a block of this step: once per event,
    or once per period when the price counts ``per: period``. A package is a step whose ``block`` is the package.
    ``overhang``: the step's length is no multiple of its block; the block at its end is paid in full, the next step
    starts on time.
    """

    start: int
    price: int
    unit: int
    block: int
    flat: int = 0
    overhang: bool = False


class Per(StrEnum):
    """Where the steps of a price begin to count."""

    EVENT = "event"
    """At the start of the event, after the free units."""
    PERIOD = "period"
    """At the start of the period: at what was used so far in it."""


class Counts(StrEnum):
    """Which usage moves the position in the steps on."""

    ALL = "all"
    """All, what a bucket covered as well."""
    CHARGED = "charged"
    """Only what no bucket covered."""


class AtMaximum(StrEnum):
    """What happens when the event's maximum is reached."""

    FREE = "free"
    """The rest is free."""
    DISCONNECT = "disconnect"
    """No more is granted; usage that happened all the same is priced in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """A share of the amount of money that the event carries: ``rate`` 3/100 is 3 %.

    The first ``free_events`` events of the period are free, as long as the amounts so far are within ``free_amount``
    (micro-units): whichever ends first. None: that one sets no bound. Both None: nothing is free.
    """

    rate: Fraction
    free_events: int | None = None
    free_amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a rule asks for. Steps ascend, the first from zero; ``minimum`` and ``maximum`` (micro-units) are per event.

    With ``percent`` the event's amount is priced and ``steps`` are empty. ``per``: PERIOD places the steps in the
    period's usage of ``counter`` (empty: the rule's own counter); ``volume`` then re-prices all of the period's usage
    at the step that it reached. ``counts`` says whether covered usage moves the position in the event on.
    """

    steps: tuple[Step, ...]
    connect: Fee | None = None
    finish: Fee | None = None
    free: int = 0
    minimum: int | None = None
    maximum: int | None = None
    at_maximum: AtMaximum = AtMaximum.FREE
    per: Per = Per.EVENT
    volume: bool = False
    counts: Counts = Counts.ALL
    counter: str = ""
    percent: Percent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPrice:
    """A bucket's own price, which replaces the tariff's for what the bucket covers: units and money are both taken.

    ``connect`` is due once per event, with the first block that the bucket covers. Steps count in the event.
    """

    steps: tuple[Step, ...]
    connect: int = 0
