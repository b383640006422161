"""The life of a prepaid line as rules: when its next step is, what it may not do, and which notices are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from linehouse.catalog.values import PrepaidLife
from linehouse.kernel.money import Money

NEXT = {"active": "grace", "grace": "inactive", "inactive": "recycled"}
"""What follows when nothing counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaidLineView:
    """How a prepaid line lives. Instants are business time; ``rest`` is what was left when it was recycled."""

    id: UUID
    subscription_id: UUID
    subscription: str
    customer_id: UUID
    state: str
    since: datetime
    counted_at: datetime
    topped_up_at: datetime | None
    valid_until: datetime | None
    next_at: datetime | None
    bars: tuple[str, ...]
    rest: Money | None
    rest_kept_as: str
    claim_settled_at: datetime | None

    @property
    def next_state(self) -> str:
        """What it goes on to unless something counts; empty for one that is recycled."""
        return NEXT.get(self.state, "")

    @property
    def owed(self) -> bool:
        """Whether the customer may still ask for what was left."""
        return self.rest_kept_as == "refund-claim" and self.claim_settled_at is None


def bars_in(state: str, life: PrepaidLife) -> tuple[str, ...]:
    """What a line may not do in a state."""
    return {"grace": life.grace_bars, "inactive": life.inactive_bars, "recycled": life.inactive_bars}.get(state, ())


def active_until(counted: datetime, valid_until: datetime | None, life: PrepaidLife) -> datetime:
    """When a line that works goes into grace: so long after what counts, and not before what a top-up promised."""
    usual = counted + life.active
    return usual if valid_until is None else max(usual, valid_until)


def lasts(state: str, life: PrepaidLife) -> timedelta:
    """How long a state lasts that only money ends."""
    return {"grace": life.grace, "inactive": life.inactive}[state]


def notices(state: str, since: datetime, step: datetime, life: PrepaidLife) -> list[datetime]:
    """When a step is told before, the first first; a notice that would come before its state began is left out."""
    found = [step - before for before in life.notices]
    return [instant for instant in found if state == "active" or instant > since]
