"""Open sessions of lines are to be asked again, or ended, since something changed for them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from linehouse.balance import service as balance
from linehouse.balance.events import BucketGranted
from linehouse.catalog.values import Sharing
from linehouse.charging import store
from linehouse.platform.work import current_work


def ask_again(subscription_ids: Iterable[UUID], reason: str, *, ends: bool = False) -> int:
    """Wish that the clients of all open sessions of these lines report again (``ends``: end them), in the surrounding
    unit of work; returns how many sessions that is. Charging nodes tell them within a second of its commit."""
    return store.insert_wishes(list(subscription_ids), reason, ends=ends, at=current_work().now)


def after_grant(event: BucketGranted) -> int:
    """There is more for a line, or for all the lines that share it."""
    bucket = balance.bucket_by_id(event.bucket_id)
    lines = {bucket.owner.subscription_id}
    if bucket.shared is not None:
        lines |= store.lines_of_holder(bucket.shared.holder_id)
        if bucket.shared.by is Sharing.GROUP:
            lines |= {one.subscription_id for one in balance.group_of(bucket.shared.holder_id)}
    return ask_again(lines, "granted")
