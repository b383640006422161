"""Plans as arrays: the buckets of everybody on them, in burn order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields

import numpy as np

from linehouse.rating.batch.answers import Names
from linehouse.rating.batch.events import micros
from linehouse.rating.batch.kernel import AT_EMPTY, AT_REDIRECTED, AT_THROTTLED, CHARGE, Plans
from linehouse.rating.batch.values import Holding, Plan
from linehouse.rating.buckets import EMPTY_BLOCKS, EMPTY_REDIRECTS, EMPTY_THROTTLES
from linehouse.rating.values import Bucket, WhenEmpty

ENDLESS = 2**62
_EMPTY = {
    WhenEmpty.CHARGE: CHARGE,
    WhenEmpty.THROTTLE: AT_THROTTLED,
    WhenEmpty.REDIRECT: AT_REDIRECTED,
    WhenEmpty.BLOCK: AT_EMPTY,
}
_KNOWN = frozenset(
    ("ref", "kind", "available", "valid", "created_at", "name", "priority", "scope", "shared", "block", "exact", "stop")
) | {"when_empty", "when_empty_to", "rollover", "overdraft", "overdraw"}
"""Words of a bucket that the loop knows, or that change nothing in it; with any other it is the exact function's."""
_UNKNOWN = tuple((one.name, one.default) for one in fields(Bucket) if one.name not in _KNOWN)


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of bucket, as far as it matters for which usage it covers: by a bucket that shows it."""

    bucket: Bucket
    asset: str


def templates_of(plans: Sequence[Plan]) -> tuple[tuple[Template, ...], list[int]]:
    """The kinds of buckets, and which of them each holding of all plans is."""
    known: dict[object, int] = {}
    found: list[Template] = []
    places = []
    for holding in _holdings(plans):
        key = (holding.asset, holding.bucket.is_money, holding.bucket.scope)
        if key not in known:
            known[key] = len(found)
            found.append(Template(holding.bucket, holding.asset))
        places.append(known[key])
    return tuple(found), places


def plans_as_arrays(plans: Sequence[Plan], scopes: list[int], names: Names) -> Plans:
    """For the loop."""
    held = [one.bucket for one in _holdings(plans)]
    reasons = ("", EMPTY_THROTTLES, EMPTY_REDIRECTS, EMPTY_BLOCKS)
    return Plans(
        first=np.cumsum([0, *(len(plan.holdings) for plan in plans)]).astype(np.int32),
        scope=np.array(scopes, np.int32),
        name=np.array([names.place(one.ref) for one in held], np.int32),
        # What lasts from its first use has bounds that only the exact function knows.
        begin=np.array([-ENDLESS if one.lasts is not None else micros(one.valid.start) for one in held], np.int64),
        until=np.array([_until(one) for one in held], np.int64),
        money=np.array([one.is_money for one in held], np.bool_),
        endless=np.array([one.available is None for one in held], np.bool_),
        exact=np.array([one.exact for one in held], np.bool_),
        strange=np.array([_strange(one) for one in held], np.bool_),
        last=np.array([one.stop or one.overdraw for one in held], np.bool_),
        empty=np.array([_EMPTY[one.when_empty] for one in held], np.int32),
        block=np.array([one.block or 0 for one in held], np.int64),
        overdraft=np.array([one.overdraft if one.is_money else 0 for one in held], np.int64),
        reasons=np.array([names.place(reason) for reason in reasons], np.int32),
    )


def _holdings(plans: Sequence[Plan]) -> list[Holding]:
    return [one for plan in plans for one in plan.holdings]


def _until(bucket: Bucket) -> int:
    end = bucket.valid.end
    return ENDLESS if bucket.lasts is not None or end is None else micros(end)


def _strange(bucket: Bucket) -> bool:
    if not bucket.is_money and (bucket.overdraft or bucket.overdraw):
        return True
    return any(default is MISSING or getattr(bucket, name) != default for name, default in _UNKNOWN)
