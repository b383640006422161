"""The sequential decision over columns: events in order of subscriber and time, buckets as numbers in arrays.

What it cannot decide by itself it leaves alone: it stops there, the exact function decides that one event, and it goes
on behind it. Compiled where numba is installed, and the same function in plain Python where it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]

PRICE, FREE, BLOCKED, UNRATED = 0, 1, 2, 3
"""Effects of a lane, and verdicts."""
EXACT_LANE = -1
NOTHING_LANE = -2
"""Nothing was used: free, whatever the tariff says."""
UP, DOWN, HALF_UP, HALF_EVEN = 0, 1, 2, 3
NO_BOUND = -1
NOBODY = -1


class Events(NamedTuple):
    """One row per event. Instants are microseconds since 1970; ``until`` is behind the last instant of use."""

    subscriber: Codes
    begin: Ints
    until: Ints
    quantity: Ints
    lane: Codes


class Lanes(NamedTuple):
    """How events of a kind are priced. Money is in parts of a micro-unit, ``parts`` of them."""

    effect: Codes
    most: Ints
    free: Ints
    parts: Ints
    connect: Ints
    always: Ints
    minimum: Ints
    maximum: Ints
    rounded_to: Ints
    mode: Codes
    first_step: Codes
    steps: Codes
    covers: Flags


class Steps(NamedTuple):
    """Steps of all lanes; ``end`` is where the next one begins."""

    start: Ints
    end: Ints
    block: Ints
    price: Ints
    flat: Ints


class Plans(NamedTuple):
    """Buckets of all plans in burn order; a plan's are ``first[plan]`` up to ``first[plan + 1]``."""

    first: Codes
    scope: Codes
    begin: Ints
    until: Ints
    money: Flags
    exact: Flags
    strange: Flags
    halts: Flags
    block: Ints


class Held(NamedTuple):
    """What each subscriber has left, bucket by bucket of its plan from ``first[subscriber]`` on."""

    plan: Codes
    first: Ints
    left: Ints


class Answers(NamedTuple):
    """One row per event; buckets are numbered as in ``Plans``."""

    verdict: Codes
    amount: Ints
    uncollected: Ints
    bucket: Codes
    units: Ints
    units_left: Ints
    purse: Codes
    money: Ints
    money_left: Ints


def answers(count: int) -> Answers:
    """Room for so many answers."""
    return Answers(
        np.zeros(count, np.int32),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.full(count, NOBODY, np.int32),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.full(count, NOBODY, np.int32),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
    )


def _decide(  # noqa: C901  # one loop without calls is what a compiler makes fast
    here: int, events: Events, lanes: Lanes, steps: Steps, plans: Plans, held: Held, out: Answers
) -> int:
    """Decide from event ``here`` on; the first event that is left to the exact function, or the number of events."""
    count = len(events.lane)
    while here < count:
        lane = events.lane[here]
        if lane == -2:  # NOTHING_LANE
            out.verdict[here] = 1
            here += 1
            continue
        if lane < 0:
            return here
        quantity = events.quantity[here]
        if quantity > lanes.most[lane]:
            return here
        effect = lanes.effect[lane]
        if effect != 0:
            out.verdict[here] = effect
            here += 1
            continue
        used = quantity - lanes.free[lane]
        if used <= 0:
            out.verdict[here] = 1  # FREE
            here += 1
            continue
        begin, until = events.begin[here], events.until[here]
        first, last = lanes.first_step[lane], lanes.first_step[lane] + lanes.steps[lane]
        # What the steps come to, in blocks and in money.
        blocks, smallest, due = 0, steps.block[first], 0
        for step in range(first, last):
            if used <= steps.start[step]:
                break
            inside = min(used, steps.end[step]) - steps.start[step]
            started = -(-inside // steps.block[step])
            blocks += started * steps.block[step]
            due += started * steps.price[step] + steps.flat[step]
            smallest = min(smallest, steps.block[step])
        subscriber = events.subscriber[here]
        plan = held.plan[subscriber]
        shift = held.first[subscriber] - plans.first[plan]
        taker, taken, bucket = -1, 0, plans.first[plan]
        while bucket < plans.first[plan + 1]:
            if not lanes.covers[lane, plans.scope[bucket]]:
                bucket += 1
                continue
            valid, ends = plans.begin[bucket], plans.until[bucket]
            if (begin < valid < until) or (begin < ends < until):
                return here
            if begin < valid or begin >= ends:
                bucket += 1
                continue
            if plans.strange[bucket]:
                return here
            if plans.money[bucket]:
                break
            left = held.left[shift + bucket]
            if left == -2:  # STRANGE
                return here
            if plans.exact[bucket]:
                need, least = used, 1
            elif plans.block[bucket] > 0:
                if last - first > 1:
                    return here
                need, least = -(-used // plans.block[bucket]) * plans.block[bucket], plans.block[bucket]
            else:
                need, least = blocks, smallest
            if left == -1 or left >= need:
                taker, taken = bucket, need
                break
            if left >= least or plans.halts[bucket]:
                return here
            bucket += 1
        parts = lanes.parts[lane]
        if taker >= 0:
            due = lanes.always[lane]
        else:
            due += lanes.connect[lane]
            if lanes.maximum[lane] >= 0:
                due = min(due, lanes.maximum[lane])
            due = max(due, lanes.minimum[lane])
        divisor = parts * lanes.rounded_to[lane]
        whole, rest = due // divisor, due % divisor
        mode = lanes.mode[lane]
        if rest > 0 and (
            mode == 0
            or (mode == 2 and 2 * rest >= divisor)
            or (mode == 3 and (2 * rest > divisor or (2 * rest == divisor and whole % 2 == 1)))
        ):
            whole += 1
        amount = whole * lanes.rounded_to[lane]
        payer = -1
        if due > 0:
            needed = max(amount, -(-due // parts))
            while bucket < plans.first[plan + 1]:
                if plans.money[bucket] and lanes.covers[lane, plans.scope[bucket]]:
                    valid, ends = plans.begin[bucket], plans.until[bucket]
                    if (begin < valid < until) or (begin < ends < until):
                        return here
                    if begin >= valid and begin < ends:
                        left = held.left[shift + bucket]
                        if plans.strange[bucket] or left == -2:
                            return here
                        if left == -1 or left >= needed:
                            payer = bucket
                            break
                        if left > 0:
                            return here
                bucket += 1
        out.verdict[here] = 0
        out.amount[here] = amount
        if taker >= 0:
            place = shift + taker
            if held.left[place] >= 0:
                held.left[place] -= taken
            out.bucket[here] = taker
            out.units[here] = taken
            out.units_left[here] = held.left[place]
        if payer >= 0 and amount > 0:
            place = shift + payer
            if held.left[place] >= 0:
                held.left[place] -= amount
            out.purse[here] = payer
            out.money[here] = amount
            out.money_left[here] = held.left[place]
        elif payer < 0:
            out.uncollected[here] = amount
        here += 1
    return count


Decide = Callable[[int, Events, Lanes, Steps, Plans, Held, Answers], int]

plain_decide: Decide = _decide
"""The function as it stands, for machines without a compiler and for the proof that both are one."""


def _compiled() -> Decide | None:
    try:
        import numba
    except ImportError:
        return None
    made: Any = numba.njit(cache=True, nogil=True)(_decide)
    return cast("Decide", made)


fast_decide: Decide | None = _compiled()
"""The same function as machine code; None without numba."""


def decide(
    here: int, events: Events, lanes: Lanes, steps: Steps, plans: Plans, held: Held, out: Answers, *, plain: bool
) -> int:
    """One stretch of decisions, compiled where that is possible and not declined."""
    chosen = plain_decide if plain or fast_decide is None else fast_decide
    return int(chosen(here, events, lanes, steps, plans, held, out))
