"""What is known when a request is decided: buckets with their reservations, caps, and the sessions that are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from linehouse.kernel.copies import changed
from linehouse.kernel.period import Period
from linehouse.rating.controls.values import Reach
from linehouse.rating.session.answers import Answer
from linehouse.rating.values import Bucket, Part, Scope, Tariff, TaxMode, UsageEvent, WalkState


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member's part in a shared bucket. ``cap`` None: as much as there is."""

    cap: int | None = None
    used: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A bucket and what is reserved in it.

    ``bucket.available`` is the balance: what was granted less what was debited, reserved or not. ``asset`` is its unit
    or currency. ``used`` is what was debited since the state was made. ``members`` holds caps of a shared bucket.
    ``closed``: its time is over and its unused rest was booked as expired; what lives on is only what is reserved.
    """

    bucket: Bucket
    asset: str
    reserved: int = 0
    used: int = 0
    members: Mapping[str, Member] = field(default_factory=dict)
    closed: bool = False

    @property
    def available(self) -> int | None:
        """Balance less reservations; None: any amount."""
        return None if self.bucket.available is None else self.bucket.available - self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendCap:
    """A bound on what may be spent, in micro-units; counts usage in its scope.

    ``vat``: the law counts it without tax, at this rate, also where prices contain it. ``consented``: the subscriber
    has agreed to go on above it. ``reach`` says by kinds what ``scope`` says by zones; both must hold. ``valid``: it
    counts usage whose grant was made then (None: all).
    """

    key: str
    limit: int
    spent: int = 0
    reserved: int = 0
    scope: Scope = field(default_factory=Scope)
    vat: Fraction | None = None
    consented: bool = False
    reach: Reach | None = None
    valid: Period | None = None

    def bound(self, tariff: Tariff) -> int:
        """The limit in the tariff's tax mode."""
        if self.vat is not None and tariff.tax_mode is TaxMode.GROSS:
            return int(self.limit * (1 + self.vat))
        return self.limit

    def room(self, tariff: Tariff) -> int | None:
        """What may still be charged in the tariff's tax mode; None: any amount."""
        return None if self.consented else max(0, self.bound(tariff) - self.spent - self.reserved)


@dataclass(frozen=True, slots=True)
class Bar:
    """Usage that the line may not begin, or go on with."""

    key: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class Attempts:
    """How many sessions of a kind began within a window, ``made``, of at most ``most``."""

    key: str
    reach: Reach
    most: int
    made: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCounter:
    """Usage that is counted for policy: at each threshold the network is told another status.

    ``counted`` is what was used, ``open`` what is granted and not reported yet; both in base units of ``unit``.
    ``reach`` and ``valid`` as with spend caps.
    """

    key: str
    unit: str
    thresholds: tuple[int, ...]
    counted: int = 0
    open: int = 0
    scope: Scope = field(default_factory=Scope)
    reach: Reach | None = None
    valid: Period | None = None

    @property
    def room(self) -> int | None:
        """How much may be granted before the next threshold; None: all have been passed."""
        ahead = [one for one in self.thresholds if one > self.counted]
        return max(0, ahead[0] - self.counted - self.open) if ahead else None

    @property
    def level(self) -> int:
        """How many thresholds have been reached."""
        return sum(1 for one in self.thresholds if one <= self.counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceState:
    """One service of a session: what was assigned to it and what is kept for it.

    ``walk`` is every assignment so far; it is continued, never decided again. ``used`` is the usage (base units) that
    was debited, ``shown`` the assignments as they were last told. ``reserved`` is by bucket, until
    ``until``. ``granted`` is the last grant, made at ``granted_at``; ``switch`` the tariff switch told with it.
    ``debited`` is what buckets gave so far. ``loss`` lay above a spend cap. ``spent_caps``, ``reserved_caps`` and
    ``open_counters`` are this service's part in spend caps and policy counters, ``counters`` the latter's names.
    """

    event: UsageEvent
    walk: WalkState = field(default_factory=WalkState)
    used: int = 0
    shown: tuple[Part, ...] = ()
    reserved: Mapping[str, int] = field(default_factory=dict)
    until: datetime | None = None
    granted: int = 0
    granted_at: datetime | None = None
    switch: datetime | None = None
    debited: Mapping[str, int] = field(default_factory=dict)
    loss: int = 0
    unrated: int = 0
    spent_caps: Mapping[str, int] = field(default_factory=dict)
    reserved_caps: Mapping[str, int] = field(default_factory=dict)
    open_counters: Mapping[str, int] = field(default_factory=dict)
    counters: tuple[str, ...] = ()
    refunded: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request that was answered: what it said, and what it was told."""

    fingerprint: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session, or a debit in one piece. ``lost``: it was never seen to begin, or lapsed before it was ended.

    ``degraded``: a part of it was answered on trust, so that what was granted may be more than buckets could pay.
    """

    id: str
    subscriber: str
    services: Mapping[str, ServiceState] = field(default_factory=dict)
    answered: Mapping[str, Answered] = field(default_factory=dict)
    closed_at: datetime | None = None
    lost: bool = False
    degraded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that the decision looks at. ``counters`` are the period's counters of accumulated usage.

    Numbers of ``open_zones``, as emergency numbers, are stopped by no cap, bar or limit of attempts.
    """

    holdings: Mapping[str, Holding] = field(default_factory=dict)
    sessions: Mapping[str, Session] = field(default_factory=dict)
    caps: Mapping[str, SpendCap] = field(default_factory=dict)
    policy_counters: Mapping[str, PolicyCounter] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    bars: tuple[Bar, ...] = ()
    attempts: Mapping[str, Attempts] = field(default_factory=dict)
    open_zones: frozenset[str] = frozenset()

    def with_holding(self, holding: Holding) -> State:
        """With this bucket as it is now."""
        return changed(self, holdings={**self.holdings, holding.bucket.ref: holding})

    def with_session(self, session: Session) -> State:
        """With this session as it is now."""
        return changed(self, sessions={**self.sessions, session.id: session})
