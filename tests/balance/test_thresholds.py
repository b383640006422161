"""Which thresholds a movement crosses: the pure function, and every way in which one is set, reached and ended."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.balance import service as balance
from linehouse.balance.errors import ThresholdNotPossible, ThresholdUnknown
from linehouse.balance.service import NewThreshold
from linehouse.balance.thresholds import Crossing, Filled, Measure, Origin, Watched, crossings
from linehouse.platform.work import Actor
from tests.balance.test_packs import BOOSTER, START, buy, line_of, put_money

LINE = UUID(int=1)
GB = 10**9


def watched(
    measure: Measure, *, limit: int | None = None, percent: int | None = None, reached: bool = False
) -> Watched:
    return Watched(
        id=UUID(int=9),
        subscription_id=LINE,
        subscription="S-1",
        customer_id=UUID(int=2),
        origin=Origin.CUSTOMER,
        measure=measure,
        asset="octet",
        limit=limit,
        percent=percent,
        reached=reached,
    )


def filled(granted: int | None, used: int, gone: int = 0) -> Filled:
    return Filled(LINE, "octet", "plan/data", granted, used, gone)


@pytest.mark.parametrize(
    ("one", "buckets", "expected"),
    [
        (watched(Measure.REMAINING, limit=GB), [filled(5 * GB, 4 * GB - 1)], None),
        (watched(Measure.REMAINING, limit=GB), [filled(5 * GB, 4 * GB)], (True, GB, GB)),
        (watched(Measure.REMAINING, limit=GB, reached=True), [filled(5 * GB, 5 * GB)], None),
        (
            watched(Measure.REMAINING, limit=GB, reached=True),
            [filled(5 * GB, 5 * GB), filled(2 * GB, 0)],
            (False, 2 * GB, GB),
        ),
        (watched(Measure.REMAINING, percent=20), [filled(5 * GB, 4 * GB)], (True, GB, GB)),
        (watched(Measure.REMAINING, percent=0), [filled(5, 5)], (True, 0, 0)),
        (watched(Measure.USED, percent=80), [filled(3, 2)], None),
        (watched(Measure.USED, percent=80), [filled(3, 3)], (True, 3, 3)),
        (watched(Measure.USED, limit=4 * GB), [filled(None, 4 * GB)], (True, 4 * GB, 4 * GB)),
        (watched(Measure.REMAINING, limit=GB), [filled(None, 4 * GB)], None),
        (watched(Measure.REMAINING, limit=GB), [], None),
    ],
)
def test_crossings(one: Watched, buckets: list[Filled], expected: tuple[bool, int, int] | None) -> None:
    found = [(c.reached, c.value, c.limit) for c in crossings([one], buckets, {})]
    assert found == ([] if expected is None else [expected])


@given(st.lists(st.integers(0, 20), max_size=30), st.integers(0, 20))
def test_told_once_for_each_time_that_it_is_reached(balances: list[int], limit: int) -> None:
    one, told = watched(Measure.REMAINING, limit=limit), 0
    for left in balances:
        crossing: list[Crossing] = list(crossings([one], [filled(20, 20 - left)], {}))
        for found in crossing:
            told += found.reached
            one = watched(Measure.REMAINING, limit=limit, reached=found.reached)
    below = [left <= limit for left in balances]
    assert told == sum(now and not before for before, now in zip([False, *below], below, strict=False))


def names(events: list[str]) -> list[str]:
    return [name for name in events if name.startswith("balance.threshold")]


def test_a_pack_that_takes_money_crosses_and_a_top_up_arms_again(
    shop: str, actor: Actor, drain: Callable[[], int], events: Callable[[], list[str]]
) -> None:
    line = line_of(actor, drain)
    put_money(line, "4.00", "t1", START, actor)
    wanted = NewThreshold(subscription_id=line.id, measure=Measure.REMAINING, asset="EUR", limit="5.00")
    made = balance.set_threshold(wanted, actor=actor)
    assert balance.set_threshold(wanted, actor=actor) == made
    events()
    buy(line, BOOSTER, "a", actor)
    assert names(events()) == ["balance.threshold.crossed"]
    put_money(line, "4.00", "t2", START, actor)
    [view] = balance.thresholds_of(line.id, START)
    assert (view.reached_at, view.value, view.limit, view.times) == (None, 9_000_000, 5_000_000, 1)
    buy(line, BOOSTER, "b", actor)
    assert names(events()) == ["balance.threshold.crossed"]
    balance.end_threshold(made, actor=actor, reason="asked")
    assert balance.thresholds_of(line.id, START) == ()
    with pytest.raises(ThresholdUnknown):
        balance.end_threshold(made, actor=actor, reason="again")


def test_one_that_is_reached_when_it_is_set_is_told_at_once(
    shop: str, actor: Actor, drain: Callable[[], int], events: Callable[[], list[str]]
) -> None:
    line = line_of(actor, drain)
    events()
    balance.set_threshold(
        NewThreshold(
            subscription_id=line.id, measure=Measure.REMAINING, asset="EUR", limit="100%", origin=Origin.LEGAL
        ),
        actor=actor,
    )
    assert names(events()) == ["balance.threshold.set", "balance.threshold.crossed"]
    [view] = balance.thresholds_of(line.id, START)
    with pytest.raises(ThresholdNotPossible, match="the law wants this one"):
        balance.end_threshold(view.watched.id, actor=actor, reason="no")


@pytest.mark.parametrize(
    ("measure", "asset", "limit", "why"),
    [
        (Measure.SPENT, "EUR", "50%", "what is spent has no whole"),
        (Measure.SPENT, "octet", "1 GB", "only money is spent"),
        (Measure.USED, "octet", "100 sms", "the limit is in another unit"),
        (Measure.USED, "octet", "101%", "that is no share"),
    ],
)
def test_what_makes_no_sense_is_refused(
    shop: str, actor: Actor, drain: Callable[[], int], measure: Measure, asset: str, limit: str, why: str
) -> None:
    line = line_of(actor, drain)
    with pytest.raises(ThresholdNotPossible, match=why):
        balance.set_threshold(
            NewThreshold(subscription_id=line.id, measure=measure, asset=asset, limit=limit), actor=actor
        )
