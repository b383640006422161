"""What charging tells: a file was rated, usage was rated again."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class UsageRated(Event, name="charging.usage.rated", version=1, aggregate="file_id"):
    """Records of a usage file were charged: ``records`` = ``rated`` + ``suspended``.

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
