"""The sequential decision over columns: events in order, buckets as numbers in arrays.

What it cannot decide by itself it leaves alone: it stops there, the exact function decides that one event, and it goes
on behind it. One loop in plain Python, made machine code when the first piece is rated; both are the same function.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from linehouse.rating.batch.answers import Answers

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]

PRICE, FREE, BLOCKED, THROTTLED, UNRATED = range(5)
"""Effects of lanes: places of the verdicts."""
EXACT_LANE = -1
UP, DOWN, HALF_UP, HALF_EVEN = range(4)
NO_BOUND = -1
_LARGE = 2**60
CHARGE, AT_THROTTLED, AT_REDIRECTED, AT_EMPTY = range(4)
"""What an empty allowance promises, the mildest first."""


class Events(NamedTuple):
    """One row per event. Instants are microseconds since 1970; ``until`` is behind the last instant of use."""

    subscriber: Codes
    begin: Ints
    until: Ints
    quantity: Ints
    lane: Codes


class Lanes(NamedTuple):
    """How events of a kind are priced. Money is in parts of a micro-unit, ``parts`` of them.

    ``connect`` is due when money pays the first block, ``always`` in any case; ``plain``: no step ends within a block.
    ``covers`` says which kinds of buckets (``Plans.scope``) may cover.
    """

    effect: Codes
    rule: Codes
    reason: Codes
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
    plain: Flags
    covers: Flags


class Steps(NamedTuple):
    """Steps of all lanes; ``end`` is where the next one begins."""

    start: Ints
    end: Ints
    block: Ints
    price: Ints
    flat: Ints


class Plans(NamedTuple):
    """Buckets of all plans in burn order; a plan's are ``first[plan]`` up to ``first[plan + 1]``.

    ``strange``: only the exact function knows what it does. ``empty``: what happens when an allowance cannot pay.
    ``last``: an allowance behind which none is asked, money that when it cannot pay leaves it to the exact function.
    ``reasons`` are those of the promises of empty allowances.
    """

    first: Codes
    scope: Codes
    name: Codes
    begin: Ints
    until: Ints
    money: Flags
    endless: Flags
    exact: Flags
    strange: Flags
    last: Flags
    empty: Codes
    block: Ints
    overdraft: Ints
    reasons: Codes


class Purses(NamedTuple):
    """What each subscriber has left, bucket by bucket of its plan from ``first[subscriber]`` on."""

    plan: Codes
    first: Ints
    left: Ints


def _decide(  # noqa: C901  # one loop without calls is what a compiler makes fast
    here: int, events: Events, lanes: Lanes, steps: Steps, plans: Plans, held: Purses, out: Answers
) -> int:
    """Decide from event ``here`` on; the first event that is left to the exact function, or the number of events."""
    count = len(events.lane)
    while here < count:
        lane = events.lane[here]
        quantity = events.quantity[here]
        if lane < 0 or quantity < 0 or quantity > lanes.most[lane]:
            return here
        if quantity == 0:
            out.verdict[here] = 1  # FREE
            here += 1
            continue
        effect = lanes.effect[lane]
        used = quantity - lanes.free[lane]
        if effect != 0 or used <= 0:
            out.verdict[here] = effect if effect != 0 else 1
            out.rule[here] = lanes.rule[lane]
            out.reason[here] = lanes.reason[lane]
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
        taker, taken, promised, bucket = -1, 0, 0, plans.first[plan]
        while bucket < plans.first[plan + 1] and not plans.money[bucket]:
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
            left = held.left[shift + bucket]
            if plans.exact[bucket]:
                need, least = used, 1
            elif plans.block[bucket] > 0:
                need, least = -(-used // plans.block[bucket]) * plans.block[bucket], plans.block[bucket]
            else:
                need, least = blocks, smallest
            if plans.endless[bucket] or left >= need:
                if plans.block[bucket] > 0 and not lanes.plain[lane]:
                    return here
                taker, taken = bucket, need
                break
            if left >= least:
                return here
            empty = plans.empty[bucket]
            if empty > 0 and (promised == 0 or empty < promised):
                promised = empty
            if plans.last[bucket]:
                if promised == 0:
                    promised = 3  # AT_EMPTY
                break
            bucket += 1
        parts = lanes.parts[lane]
        if taker >= 0 or promised > 0:
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
            for purse in range(bucket, plans.first[plan + 1]):
                if not plans.money[purse] or not lanes.covers[lane, plans.scope[purse]]:
                    continue
                valid, ends = plans.begin[purse], plans.until[purse]
                if (begin < valid < until) or (begin < ends < until):
                    return here
                if begin < valid or begin >= ends:
                    continue
                if plans.strange[purse]:
                    return here
                left = held.left[shift + purse] + plans.overdraft[purse]
                if plans.endless[purse] or left >= needed:
                    payer = purse
                    break
                if left > 0 or plans.last[purse]:
                    return here
        # Figures near the end of the machine's are the exact function's.
        if (taker >= 0 and (taken > _LARGE or held.left[shift + taker] < -2 * _LARGE)) or (
            payer >= 0 and (amount > _LARGE or held.left[shift + payer] < -2 * _LARGE)
        ):
            return here
        out.amount[here] = amount
        out.rule[here] = lanes.rule[lane]
        if taker >= 0:
            held.left[shift + taker] -= taken
            out.covered[here] = used
            out.bucket[here] = plans.name[taker]
        elif promised > 0:
            out.verdict[here] = 3 if promised == 1 else 2  # THROTTLED, else BLOCKED
            out.reason[here] = plans.reasons[promised]
        if payer >= 0:
            held.left[shift + payer] -= amount
            out.paid[here] = amount
        here += 1
    return count


Decide = Callable[[int, Events, Lanes, Steps, Plans, Purses, Answers], int]

plain_decide: Decide = _decide
"""The function as it stands, for the proof that both are one."""


@cache
def fast_decide() -> Decide:
    """The same function as machine code: made once per machine, kept beside the code where that can be written."""
    import numba

    try:
        made: Any = numba.njit(cache=True, nogil=True)(_decide)
    except RuntimeError:
        # There is no place to keep it: it is made anew in each process.
        made = numba.njit(nogil=True)(_decide)
    return cast("Decide", made)
