"""What holds for every tariff and event: the closed form is the naive walk, money is kept, more never costs less."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from linehouse.kernel.period import Period
from linehouse.kernel.rounding import Rounding
from linehouse.rating.service import consume, explain, explain_plain, plain, price
from linehouse.rating.values import (
    Accumulated,
    BandChange,
    BucketKind,
    Conditions,
    Counter,
    Counts,
    Due,
    Fee,
    OwnPrice,
    PaidBy,
    Per,
    RoundTo,
    RuleEffect,
    TimeBand,
    Verdict,
    WeeklyWindow,
    WhenEmpty,
)
from tests.rating.builders_rating import LONG_AGO, call, purse, rule, step, tariff, units
from tests.rating.naive_blocks import Naive

# Small numbers, so that the naive walk can go millisecond by millisecond and still meet every kind of corner.
WEEK = frozenset(range(7))
START = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
BANDS = {
    "a": TimeBand(key="a", name="A", windows=(WeeklyWindow(weekdays=WEEK, start=time(8), end=time(18, 0, 0, 30_000)),))
}
amounts = st.integers(0, 50)


@st.composite
def prices(draw, *, plain_steps=False, monotone=False):
    per = draw(st.sampled_from([Per.EVENT, Per.EVENT, Per.PERIOD])) if not plain_steps else Per.EVENT
    counts = draw(st.sampled_from(Counts)) if not plain_steps else Counts.ALL
    # Priced anew at a cheaper step, more usage may cost less.
    volume = per is Per.PERIOD and not monotone and draw(st.booleans())
    block = draw(st.integers(1, 7))
    steps = [step(draw(amounts), unit=draw(st.integers(1, 9)), block=block, flat=draw(st.sampled_from([0, 0, 11])))]
    for _ in range(0 if plain_steps else draw(st.integers(0, 2))):
        length = steps[-1].block * draw(st.integers(1, 3))
        overhang = per is Per.EVENT and counts is Counts.ALL and draw(st.booleans())
        start = steps[-1].start + length + (draw(st.integers(0, steps[-1].block - 1)) if overhang else 0)
        last = steps.pop()
        steps.append(step(last.price, last.unit, last.block, last.start, last.flat, overhang=overhang))
        unit, block, flat = draw(st.integers(1, 9)), draw(st.integers(1, 7)), draw(st.sampled_from([0, 5]))
        steps.append(step(draw(amounts), unit, block, start, flat))
    fee = st.none() | st.builds(Fee, amounts, st.sampled_from(Due))
    minimum = draw(st.none() | amounts)
    maximum = draw(st.none() | st.integers(minimum or 0, 200)) if not volume else None
    return {
        "steps": steps,
        "connect": draw(fee),
        "finish": draw(fee),
        "free": draw(st.sampled_from([0, 0, 3, 10])),
        "minimum": minimum if not volume else None,
        "maximum": maximum,
        "per": per,
        "volume": volume,
        "counts": counts,
        "counter": draw(st.sampled_from(["", "fair"])) if per is Per.PERIOD else "",
    }


@st.composite
def conditions(draw):
    """When a rule before the last one holds: in a band, for a time, or at some accumulated usage."""
    asked = draw(st.none() | st.builds(Accumulated, counter=st.just("fair"), start=st.integers(0, 60)))
    return Conditions(time_bands=draw(st.sampled_from([(), ("a",)])), accumulated=asked)


@st.composite
def tariffs(draw, *, monotone=False):
    rules = []
    for place in range(draw(st.integers(0, 2))):
        effect = draw(st.sampled_from([RuleEffect.PRICE, RuleEffect.PRICE, RuleEffect.FREE, RuleEffect.BLOCKED]))
        more = draw(prices(monotone=monotone)) if effect is RuleEffect.PRICE else {}
        first = rule(f"band{place}", conditions=draw(conditions()), effect=effect, **more)
        ends = draw(st.none() | st.integers(0, 40))
        valid = Period(LONG_AGO, START + timedelta(milliseconds=ends)) if ends is not None else None
        rules.append(replace(first, valid=valid))
    rules.append(rule("rest", **draw(prices(monotone=monotone))))
    asks = any(one.conditions.accumulated for one in rules)
    return tariff(
        rules,
        time_bands=BANDS,
        # By accumulated usage a cut would fall at another place for each payer; worked examples show it.
        band_change=BandChange.BLOCK if asks else draw(st.sampled_from(BandChange)),
        round_to=RoundTo(draw(st.sampled_from(Rounding)), draw(st.sampled_from([6, 5]))),
        period_counts=draw(st.sampled_from(Counts)),
        counters={"fair": Counter(key="fair", counts=draw(st.sampled_from(Counts)))},
    )


@st.composite
def own_prices(draw):
    steps = [step(draw(amounts), unit=draw(st.integers(1, 9)), block=draw(st.integers(1, 5)))]
    if draw(st.booleans()):
        start = steps[0].block * draw(st.integers(1, 4))
        steps.append(
            step(draw(amounts), block=draw(st.integers(1, 5)), start=start, flat=draw(st.sampled_from([0, 3])))
        )
    return OwnPrice(steps=tuple(steps), connect=draw(st.sampled_from([0, 7])))


@st.composite
def unit_buckets(draw, *, simple=False, partial=False):
    found = []
    for place in range(draw(st.integers(0, 3))):
        options = {} if simple else {"exact": draw(st.booleans())}
        if partial:
            options["partial"] = draw(st.booleans())
        lasts = draw(st.none() | st.none() | st.integers(1, 60))
        found.append(
            units(
                f"u{place}",
                draw(st.none() | st.integers(0, 60)),
                priority=draw(st.integers(1, 3)),
                block=draw(st.none() | st.integers(1, 9)),
                factor=draw(st.sampled_from([Fraction(1), Fraction(1, 3), Fraction(2)])),
                when_empty=draw(st.sampled_from([WhenEmpty.CHARGE, WhenEmpty.CHARGE, *WhenEmpty])),
                cap_left=draw(st.none() | st.none() | st.integers(0, 60)),
                lasts=timedelta(milliseconds=lasts) if lasts is not None else None,
                price=draw(st.none() | st.none() | own_prices()),
                **options,
            )
        )
    return found


counted = st.dictionaries(
    st.sampled_from(["fair", "t v1/rest", "t v1/rest:charged", "t v1/rest#0"]), st.integers(0, 50)
)


@st.composite
def purses(draw):
    return [
        purse("promo", draw(st.integers(0, 60)), BucketKind.PROMOTIONAL),
        purse("main", draw(st.none() | st.integers(0, 300))),
    ]


quantities = st.integers(0, 120)
starts = st.integers(-60, 60).map(lambda ms: START + timedelta(milliseconds=ms))


@settings(max_examples=1000)
@given(tariffs(), unit_buckets(), quantities, starts, counted)
def test_the_closed_form_is_the_naive_walk(priced_by, buckets, quantity, start, counters):
    event = call(quantity, at=start)
    slow = Naive(priced_by, event, buckets, counters)
    fast = consume(buckets, priced_by, event, counters=counters)
    assert (fast.priced.verdict is Verdict.UNRATED) == slow.unrated
    if not slow.unrated:
        assert fast.priced.exact == slow.exact
        assert dict(fast.unit_takes) == slow.units
        assert fast.blocked == slow.blocked
        assert fast.throttled == slow.payers.count("throttled")
        assert dict(fast.counted) == slow.counted
        assert dict(fast.first_used) == slow.opened


@settings(max_examples=300)
@given(prices(plain_steps=True), st.integers(1, 60), quantities)
def test_a_partial_bucket_leaves_only_the_rest_of_the_block(given_price, available, quantity):
    priced_by = tariff([rule("r", **given_price)])
    buckets = [units("part", available, partial=True), units("more", 20, priority=200)]
    event = call(quantity, at=START)
    slow = Naive(priced_by, event, buckets, {})
    fast = consume(buckets, priced_by, event)
    assert fast.priced.exact == slow.exact
    assert dict(fast.unit_takes) == slow.units


@settings(max_examples=300)
@given(tariffs(), unit_buckets(), purses(), quantities, starts)
def test_nothing_is_lost_and_no_bucket_gives_more_than_it_has(priced_by, given_units, money, quantity, start):
    buckets = given_units + money
    decided = consume(buckets, priced_by, call(quantity, at=start))
    total = decided.priced.total.micros
    assert sum(decided.money_takes.values()) + decided.uncollected == total >= 0
    for bucket in buckets:
        taken = decided.money_takes.get(bucket.ref, 0) if bucket.is_money else decided.unit_takes.get(bucket.ref, 0)
        assert taken >= 0
        assert bucket.available is None or taken <= bucket.available
    purse_left = any(b.available is None or decided.money_takes.get(b.ref, 0) < b.available for b in money)
    assert not (decided.uncollected and purse_left)
    parts = decided.priced.parts
    if decided.priced.verdict is not Verdict.UNRATED:
        assert sum(part.quantity for part in parts) == quantity
        assert sum(p.amount for p in parts) + sum(f.amount for f in decided.priced.fees) == decided.priced.exact


@settings(max_examples=300)
@given(tariffs(), unit_buckets(simple=True), st.lists(st.integers(1, 40), min_size=1, max_size=4), starts)
def test_reports_may_split_the_usage_in_any_way(priced_by, buckets, reports, start):
    """What was assigned is kept: the assignments of a shorter total are the beginning of those of a longer one."""
    before = None
    for total in [sum(reports[: place + 1]) for place in range(len(reports))]:
        now = consume(buckets, priced_by, call(total, at=start))
        rated = before is not None and Verdict.UNRATED not in {before.priced.verdict, now.priced.verdict}
        if before is not None and rated:
            for ref, taken in before.unit_takes.items():
                assert now.unit_takes[ref] >= taken
            assert _by_block(now)[: len(_by_block(before))] == _by_block(before)
        before = now


def _by_block(decided):
    """One entry per block that somebody paid for, in order."""
    return [
        (part.paid_by, part.rule, part.step, part.bucket)
        for part in decided.priced.parts
        if part.paid_by in {PaidBy.BUCKET, PaidBy.MONEY}
        for _ in range(part.blocks)
    ]


@settings(max_examples=300)
@given(tariffs(monotone=True), quantities, st.integers(0, 60), starts)
def test_more_usage_never_costs_less(priced_by, quantity, more, start):
    less_priced = price(priced_by, call(quantity, at=start))
    more_priced = price(priced_by, call(quantity + more, at=start))
    if Verdict.UNRATED not in {less_priced.verdict, more_priced.verdict}:
        assert less_priced.exact <= more_priced.exact


@settings(max_examples=100)
@given(tariffs(), unit_buckets(), purses(), quantities, starts)
def test_every_decision_can_be_kept_as_data_and_explained(priced_by, given_units, money, quantity, start):
    decided = consume(given_units + money, priced_by, call(quantity, at=start))
    assert explain_plain(plain(decided.priced)) == explain(decided.priced)
    assert explain(decided)[: len(explain(decided.priced))] == explain(decided.priced)


@given(st.permutations(["a", "b", "c", "d", "e"]))
def test_the_burn_order_does_not_depend_on_the_order_of_arrival(order):
    known = {
        "a": units("a", 30, priority=1),
        "b": units("b", 30, valid=Period(LONG_AGO, datetime(2027, 1, 1, tzinfo=UTC))),
        "c": units("c", 30),
        "d": purse("d", 30, BucketKind.PROMOTIONAL),
        "e": purse("e", None),
    }
    decided = consume([known[key] for key in order], tariff([rule("r", [step(1, unit=1, block=1)])]), call(140))
    assert [part.bucket for part in decided.priced.parts if part.bucket] == ["a", "b", "c"]
    assert decided.money_takes == {"d": 30, "e": 20}
