"""A line as it stands while its requests are decided one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from linehouse.balance.values import BucketView
from linehouse.catalog.values import BillingMode
from linehouse.charging.controls.deciding import parts
from linehouse.charging.controls.values import NO_LINE_CONTROLS, LineControls
from linehouse.charging.decision import unbilled_purse
from linehouse.charging.values import Line
from linehouse.kernel.copies import changed
from linehouse.rating.session.state import Holding, Member, Session, State
from linehouse.rating.session.terms import Policy, Terms
from linehouse.rating.values import Tariff

_POLICY = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffVersion:
    """One version of a line's tariff, the catalogue it stands in, and what its usage costs the brand.

    ``counts``: it asks what was used of the period. ``asks``: what else it, or what says its cost, wants to be told.
    """

    tariff: Tariff
    catalog_version: int
    wholesale: Tariff | None = None
    counts: bool = False
    asks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A line with its tariff's versions (oldest first), its buckets by reference, and its counters by period."""

    line: Line
    versions: tuple[TariffVersion, ...]
    buckets: Mapping[str, BucketView]
    policy: Policy = _POLICY
    counters: Mapping[date, Mapping[str, int]] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    """Which of the buckets it shares with other lines."""
    left: frozenset[str] = frozenset()
    """Of those the ones that it may not draw on any more: what it keeps in them is all that there is for it."""
    controls: LineControls = NO_LINE_CONTROLS

    @property
    def terms(self) -> Terms:
        """By what its requests are decided."""
        return Terms(tuple(version.tariff for version in self.versions), self.policy)

    def version_of(self, tariff: Tariff) -> TariffVersion:
        """The version with that tariff."""
        return next(version for version in self.versions if version.tariff is tariff)

    def period_of(self, session: Session | None, now: datetime) -> date:
        """The first day of the cycle whose counters count a session: that in which it began."""
        begins = [service.event.started_at for service in session.services.values()] if session is not None else []
        return self.line.period_of(min(begins, default=now))

    def state(self, session: Session | None, period: date, now: datetime) -> State:
        """What the bucket function looks at: the buckets with their reservations, the one session, and what bounds
        the line."""
        holdings = {ref: _holding(view) for ref, view in self.buckets.items()}
        for ref in self.shared:
            holdings[ref] = changed(holdings[ref], members={self.line.subscription: self._member(self.buckets[ref])})
        if self.line.billing_mode is BillingMode.POSTPAID:
            purse = unbilled_purse(self.line)
            holdings[purse.ref] = Holding(bucket=purse, asset=self.line.currency)
        sessions = {} if session is None else {session.id: session}
        state = State(holdings=holdings, sessions=sessions, counters=self.counters.get(period, {}))
        return parts(self.controls, session, now).into(state)

    def _member(self, view: BucketView) -> Member:
        part = view.parts.get(self.line.subscription)
        used, reserved = (part.used, part.reserved) if part is not None else (0, 0)
        cap = view.shared.cap if view.shared is not None else None
        return Member(cap=used + reserved if view.ref in self.left else cap, used=used, reserved=reserved)

    def after(
        self,
        buckets: Mapping[str, BucketView],
        period: date,
        counters: Mapping[str, int],
        controls: LineControls,
    ) -> Subject:
        """The same after a request."""
        return changed(
            self,
            buckets={**self.buckets, **buckets},
            counters={**self.counters, period: dict(counters)},
            controls=controls,
        )


def _holding(view: BucketView) -> Holding:
    bucket = view.for_decision()
    if view.granted is not None and view.reserved:
        bucket = changed(bucket, available=view.granted - view.used - view.rolled)
    return Holding(bucket=bucket, asset=view.asset, reserved=view.reserved, closed=view.closed_at is not None)
