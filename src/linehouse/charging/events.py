"""What charging tells: a file was rated."""

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
