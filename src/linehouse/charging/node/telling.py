"""Facts that a batch tells with its commit: buckets that are used up, sessions that ended. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from linehouse.balance.events import BucketUsedUp
from linehouse.balance.values import BucketView
from linehouse.charging.events import SessionEnded
from linehouse.charging.online.records import session_uuid
from linehouse.charging.values import Line
from linehouse.rating.session.state import Session


def used_up(buckets: Iterable[tuple[BucketView, BucketView]]) -> Iterator[BucketUsedUp]:
    """Of buckets before and after a batch those of which nothing is left, neither free nor reserved."""
    for before, after in buckets:
        if after.closed_at is None and _held(before) and _held(after) == 0:
            yield BucketUsedUp(
                bucket_id=after.id,
                customer_id=after.owner.customer_id,
                subscription=after.owner.subscription,
                ref=after.ref,
                asset=after.asset,
            )


def _held(view: BucketView) -> int | None:
    return None if view.granted is None else view.granted - view.used - view.rolled


def ended(session: Session, line: Line) -> SessionEnded:
    """What a session came to."""
    used: dict[str, int] = {}
    charged: dict[str, int] = {}
    uncollected = 0
    for service in session.services.values():
        unit = service.event.usage_type.unit.value
        used[unit] = used.get(unit, 0) + service.used
        charged[line.currency] = charged.get(line.currency, 0) + service.walk.total - service.walk.uncollected
        uncollected += service.walk.uncollected
    return SessionEnded(
        session_id=session_uuid(session.id),
        session=session.id,
        subscription_id=line.subscription_id,
        subscription=line.subscription,
        lapsed=session.lost,
        used=used,
        charged=charged,
        uncollected=uncollected,
    )
