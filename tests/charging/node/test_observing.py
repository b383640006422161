"""Observations are bounded, counted when they are dropped, and add up to rates and percentiles."""

from __future__ import annotations

from linehouse.charging.latency import BOUNDS, added, percentile, place_of
from linehouse.charging.node.observing import MOST, OTHERS, ROOMY, Observer, refused_of
from linehouse.rating.session.answers import Answer, Refusal, ServiceAnswer


def say(observer: Observer, session: str, **fields: object) -> None:
    given: dict[str, object] = {"door": "json", "peer": "p", "way": "in", "name": "start", **fields}
    observer.message(session=session, subscription=None, **given)  # type: ignore[arg-type]  # a test's shorthand


def test_when_there_is_too_much_it_is_dropped_and_counted() -> None:
    observer = Observer("n")
    for number in range(5_000):
        say(observer, f"s{number}")
    assert ROOMY < len(observer._traces) <= MOST
    assert observer.dropped == 5_000 - len(observer._traces)


def test_a_refusal_finds_room_when_others_do_not() -> None:
    observer = Observer("n")
    for number in range(ROOMY):
        say(observer, f"s{number}")
    before = len(observer._traces)
    for number in range(20):
        say(observer, f"t{number}", refused="credit-limit", result="200")
    assert len(observer._traces) == before + 20


def test_peers_without_number_are_counted_together() -> None:
    observer = Observer("n")
    for number in range(300):
        say(observer, "s", peer=f"p{number}", result="200", micros=10)
    assert len(observer._rates) == 201
    assert {key[2] for key in observer._rates} >= {OTHERS, "p0", "p199"}


def test_who_is_not_to_keep_messages_counts_them_all_the_same() -> None:
    observer = Observer("n", tracing=False)
    say(observer, "s", result="200", micros=4_000)
    assert not observer._traces
    [rate] = observer._rates.values()
    assert (rate.requests, rate.slowest, rate.latency[place_of(4_000)]) == (1, 4_000, 1)


def test_percentiles_are_upper_bounds() -> None:
    histogram = [0] * (len(BOUNDS) + 1)
    for micros in [400] * 90 + [9_000] * 9 + [9_000_000]:
        histogram[place_of(micros)] += 1
    assert [percentile(histogram, one) for one in (50, 95, 99, 100)] == [500, 10_000, 10_000, 5_000_000]
    assert percentile([], 50) is None
    assert sum(added([histogram, histogram])) == 200


def test_why_an_answer_refuses() -> None:
    fine, poor = ServiceAnswer(service="a"), ServiceAnswer(service="b", refusal=Refusal.CREDIT_LIMIT)
    assert refused_of(Answer(key="1", services=(fine,))) == ""
    assert refused_of(Answer(key="1", services=(fine, poor))) == "credit-limit"
    assert refused_of(Answer(key="1", refusal=Refusal.KEY_REUSED)) == "key-reused"
