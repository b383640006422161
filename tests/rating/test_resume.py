"""A session that is reported in parts costs exactly what it costs in one piece, whatever the split."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from linehouse.rating.service import consume, plain_state, state_of
from linehouse.rating.values import BucketKind, Verdict, WalkState
from tests.rating.builders_rating import call, purse
from tests.rating.test_properties import purses, starts, tariffs, unit_buckets


class Booked:
    """A subscriber whose buckets and counters are booked after each answer."""

    def __init__(self, buckets, counters=()):
        self.buckets = list(buckets)
        self.counters = dict(counters)
        self.state = WalkState()
        self.units, self.money, self.uncollected, self.blocked, self.throttled = {}, {}, 0, 0, 0

    def report(self, tariff, event, *, final=False):
        answer = consume(self.buckets, tariff, event, counters=self.counters, resume=self.state, final=final)
        if answer.priced.verdict is Verdict.UNRATED:
            return answer
        for taken, sums in ((answer.unit_takes, self.units), (answer.money_takes, self.money)):
            for ref, amount in taken.items():
                sums[ref] = sums.get(ref, 0) + amount
        for key, more in answer.counted.items():
            self.counters[key] = self.counters.get(key, 0) + more
        self.uncollected += answer.uncollected
        self.blocked += answer.blocked
        self.throttled += answer.throttled
        self.buckets = [
            replace(
                bucket,
                available=less(bucket.available, answer, bucket.ref),
                cap_left=less(bucket.cap_left, answer, bucket.ref),
            )
            for bucket in self.buckets
        ]
        # Kept and read again each time, as a session between two requests is.
        assert answer.state is not None
        self.state = state_of(json.loads(json.dumps(plain_state(answer.state))))
        assert self.state == answer.state
        return answer


def less(room, answer, ref):
    """What is left of what a bucket had."""
    return None if room is None else room - answer.unit_takes.get(ref, 0) - answer.money_takes.get(ref, 0)


def same(whole, booked, last):
    """The sums of all answers are the answer of one piece."""
    assert last.priced == whole.priced
    assert {ref: sum_ for ref, sum_ in booked.units.items() if sum_} == dict(whole.unit_takes)
    assert {ref: sum_ for ref, sum_ in booked.money.items() if sum_} == dict(whole.money_takes)
    assert (booked.uncollected, booked.blocked, booked.throttled) == (
        whole.uncollected,
        whole.blocked,
        whole.throttled,
    )


def in_parts(tariff, buckets, reports, start, counters=()):
    """Report after report, cumulative; None when some usage cannot be rated."""
    total = sum(reports)
    whole = consume(buckets, tariff, call(total, at=start), counters=dict(counters))
    booked = Booked(buckets, counters)
    used, last = 0, None
    for place, more in enumerate(reports):
        used += more
        last = booked.report(tariff, call(used, at=start), final=place == len(reports) - 1)
        if last.priced.verdict is Verdict.UNRATED:
            return
    if whole.priced.verdict is not Verdict.UNRATED:
        same(whole, booked, last)


splits = st.lists(st.integers(1, 40), min_size=1, max_size=5)


@settings(max_examples=800)
@given(tariffs(), unit_buckets(partial=True), purses(), splits, starts)
def test_any_split_costs_what_one_piece_costs(tariff, given_units, money, reports, start):
    in_parts(tariff, given_units + money, reports, start)


@settings(max_examples=300)
@given(tariffs(), unit_buckets(simple=True, partial=True), splits, st.integers(0, 120), starts)
def test_usage_given_back_leaves_what_the_rest_costs(tariff, given_units, reports, stays, start):
    buckets = [*given_units, purse("promo", 20, BucketKind.PROMOTIONAL), purse("main", None)]
    booked = Booked(buckets)
    used = 0
    for more in reports:
        used += more
        if booked.report(tariff, call(used, at=start)).priced.verdict is Verdict.UNRATED:
            return
    stays = min(stays, used)
    last = booked.report(tariff, call(stays, at=start), final=True)
    whole = consume(buckets, tariff, call(stays, at=start))
    if stays == 0:
        assert not any(booked.units.values())
        assert not any(booked.money.values())
    elif Verdict.UNRATED not in {whole.priced.verdict, last.priced.verdict}:
        same(whole, booked, last)
