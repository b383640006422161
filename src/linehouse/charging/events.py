"""What charging tells: a file was rated, usage was rated again, a session ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class UsageRated(Event, name="charging.usage.rated", version=1, aggregate="file_id"):
    """Records of a usage file were charged: ``records`` = ``rated`` + ``suspended`` + ``matched``, which are usage that
    was charged while it happened.

    Sums are micro-units by currency: ``gross`` and ``net`` of what was charged, ``uncollected`` of what nobody paid,
    ``cost`` of what it costs the brand, which is not known for ``no_cost`` records.
    """

    file_id: UUID
    records: int
    rated: int
    suspended: int
    gross: dict[str, int]
    net: dict[str, int]
    uncollected: dict[str, int]
    cost: dict[str, int] = {}  # noqa: RUF012  # a struct copies its defaults
    no_cost: int = 0
    matched: int = 0


class RerateStateChanged(Event, name="charging.rerate.state_changed", version=1, aggregate="rerate_id"):
    """A re-rate was planned, proposed, approved, applied, or given up; ``old`` is empty when it begins."""

    rerate_id: UUID
    number: str
    old: str
    new: str
    changed: int
    done: int
    total: int


class UsageRatedAgain(Event, name="charging.usage.rated_again", version=1, aggregate="subscription_id"):
    """Records of a subscription were taken back and entered anew. ``before`` and ``now`` are what was charged for them,
    micro-units by currency, in the tariffs' tax mode; ``suspended`` of them have no price any more."""

    subscription_id: UUID
    subscription: str
    customer_id: UUID
    rerate: str
    records: int
    suspended: int
    before: dict[str, int]
    now: dict[str, int]


class LimitReached(Event, name="charging.limit.reached", version=1, aggregate="subscription_id"):
    """A line spent ``percent`` of a limit (micro-units ``amount``, without VAT where ``without_vat``) in the period
    that began at ``starts``; at 100 usage above it stops. ``spent`` is in the tariff's tax mode."""

    subscription_id: UUID
    subscription: str
    customer_id: UUID
    limit: str
    percent: int
    amount: int
    spent: int
    currency: str
    without_vat: bool
    consent: bool
    starts: datetime


class LimitConsented(Event, name="charging.limit.consented", version=1, aggregate="subscription_id"):
    """A customer agreed to go on above a limit until its period ends."""

    subscription_id: UUID
    subscription: str
    customer_id: UUID
    limit: str
    channel: str
    spent: int
    currency: str
    starts: datetime
    ends: datetime


class ControlChanged(Event, name="charging.control.changed", version=1, aggregate="subscription_id"):
    """A line's limit, bar or turbo is another one; ``amount`` is that of a limit, micro-units."""

    subscription_id: UUID
    subscription: str
    customer_id: UUID
    kind: str
    key: str
    on: bool
    amount: int | None
    by: str


class ControlRefusedUsage(Event, name="charging.control.refused", version=1, aggregate="subscription_id"):
    """Too many attempts, or a rolling limit, refused usage of a line; told once in each window."""

    subscription_id: UUID
    subscription: str
    customer_id: UUID
    control: str
    why: str


class LineArrived(Event, name="charging.line.arrived", version=1, aggregate="subscription_id"):
    """A line was used in another country than before; ``roaming`` is union or world."""

    subscription_id: UUID
    subscription: str
    customer_id: UUID
    country: str
    plmn: str
    roaming: str
    at: datetime


class PolicyStatusChanged(Event, name="charging.policy.status_changed", version=1, aggregate="subscription_id"):
    """A policy counter of a line has another status."""

    subscription_id: UUID
    subscription: str
    customer_id: UUID
    counter: str
    old: str
    new: str


class SessionEnded(Event, name="charging.session.ended", version=1, aggregate="session_id"):
    """A session that was charged while it lasted is over; ``lapsed``: nobody ended it, its time did.

    ``used`` is by unit in base units, ``charged`` in micro-units by currency, in the tariff's tax mode; ``uncollected``
    is what no balance paid.
    """

    session_id: UUID
    session: str
    subscription_id: UUID
    subscription: str
    lapsed: bool
    used: dict[str, int]
    charged: dict[str, int]
    uncollected: int


class KeyReused(Event, name="charging.session.key_reused", version=1, aggregate="session_id"):
    """A request came under the key of another one, with other content: it was refused and moved nothing."""

    session_id: UUID
    session: str
    key: str
    door: str
    subscription_id: UUID | None


class ReservationMade(Event, name="charging.reservation.made", version=1, aggregate="reservation_id"):
    """A program keeps an amount of a bucket aside: base units or micro-units of ``asset``."""

    reservation_id: UUID
    bucket_id: UUID
    subscription_id: UUID
    subscription: str
    asset: str
    amount: int
    until: datetime


class ReservationReleased(Event, name="charging.reservation.released", version=1, aggregate="reservation_id"):
    """A program gave back what it had kept aside."""

    reservation_id: UUID
    bucket_id: UUID
    subscription_id: UUID
    asset: str
    amount: int


class ConsumptionAsked(Event, name="charging.consumption.asked", version=1, aggregate="query_id"):
    """A program asked what lines have left and what they used; the answer is kept."""

    query_id: UUID
    lines: int


class ConsumptionForgotten(Event, name="charging.consumption.forgotten", version=1, aggregate="query_id"):
    """Such an answer was thrown away."""

    query_id: UUID
