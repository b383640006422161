"""Packs that a balance pays, as other rooms ask for them and see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from linehouse.kernel.money import Money


class Renewing(StrEnum):
    """What happens at the end of a paid period."""

    NONE = "none"
    """It was bought once."""
    ON = "on"
    PAUSED = "paused"
    """It rests then, until somebody lets it go on."""
    OFF = "off"
    """It ends then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyPack:
    """Buy ``offering_key`` for a line from its balance. ``key`` is the once-key: again with it gives the same pack.

    ``renews``: whether a pack that can renew itself does; None as its offering says.
    """

    subscription_id: UUID
    offering_key: str
    key: str
    channel: str = "desk"
    renews: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackView:
    """A pack as it stands. Instants are business time; ``paid_until`` None is without end."""

    id: UUID
    product_id: UUID
    product_number: str
    customer_id: UUID
    subscription_id: UUID
    subscription: str
    offering_key: str
    offering_name: str
    state: str
    renewing: Renewing
    price: Money
    periods: int
    bought_at: datetime
    paid_from: datetime
    paid_until: datetime | None
    grace_until: datetime | None
    next_try_at: datetime | None
    tries: int
    ended_at: datetime | None
    why_ended: str

    @property
    def renews_at(self) -> datetime | None:
        """When the next period is paid; None where none will be."""
        if self.state == "grace":
            return self.next_try_at
        return self.paid_until if self.state == "active" and self.renewing is Renewing.ON else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """What was paid for one period of a pack."""

    number: int
    gross: Money
    net: Money
    tax: Money
    paid_at: datetime
