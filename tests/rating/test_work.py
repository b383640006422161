"""Closed form: the longest event costs no more work than the shortest. Work is counted, not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from linehouse.rating.service import consume, price
from linehouse.rating.values import Counts, OwnPrice, Per, Tariff, UsageEvent, WalkState
from tests.rating.builders_rating import GB, MIN, S, call, data, purse, rule, step, tariff, units

KB, GIB = 10**3, 2**30
HOUR = 3600 * S


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of the product's rating are executed."""
    count = 0

    def trace(frame, event, _arg):
        nonlocal count
        if "linehouse/rating" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


SIXTY_ONE = tariff([rule("r", [step(150_000, block=MIN), step(150_000, block=S, start=MIN)], maximum=10**12)])
BLOCKS = tariff([rule("r", [step(1, unit=KB, block=10 * KB)])])
TIERED = tariff([rule("r", [step(1, unit=KB, block=10 * KB), step(1, KB, 10 * KB, start=10**6)], per=Per.PERIOD)])
CHARGED = tariff([rule("r", [step(1, unit=KB, block=10 * KB)], counts=Counts.CHARGED)], one_bucket=True)
BUCKETS = (
    units("exact", 10**6, exact=True),
    units("own", 10**8, priority=200, price=OwnPrice(steps=(step(1, KB, KB),))),
    purse("main", 10**6),
)


@pytest.mark.parametrize(
    ("priced_by", "short", "long", "buckets"),
    [
        (SIXTY_ONE, call(61 * S), call(72 * HOUR), ()),
        (SIXTY_ONE, call(61 * S), call(72 * HOUR), (units("u", None), purse("main", None))),
        (BLOCKS, data(10**6), data(100 * GIB), ()),
        (BLOCKS, data(200 * 10**6), data(100 * GIB), BUCKETS),
        (TIERED, data(2 * 10**6), data(100 * GIB), ()),
        (CHARGED, data(200 * 10**6), data(100 * GIB), BUCKETS),
    ],
    ids=["call", "call with allowance", "data", "data with buckets", "tiers", "one bucket for a block"],
)
def test_the_longest_event_is_no_more_work(priced_by: Tariff, short: UsageEvent, long: UsageEvent, buckets):
    price(priced_by, short)  # what is remembered of a tariff is remembered
    little = lines_run(lambda: consume(buckets, priced_by, short))
    much = lines_run(lambda: consume(buckets, priced_by, long))
    assert much <= little * 11 // 10


def test_going_on_is_no_more_work_the_longer_it_went_before():
    def report(before: int):
        state = consume((), BLOCKS, data(before), resume=WalkState(), final=False).state
        return lines_run(lambda: consume((), BLOCKS, data(before + 10 * KB), resume=state, final=False))

    assert report(100 * GB) <= report(20 * KB) * 11 // 10
