"""What holds for every course of events: any split of reports, any interleaving of sessions."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given, note, settings
from hypothesis import strategies as st

from linehouse.kernel.period import Period
from linehouse.rating.session.decide import decide
from linehouse.rating.session.lapse import grant, pass_time
from linehouse.rating.session.once import debit_once
from linehouse.rating.session.requests import Ask, Operation, Report, Request
from linehouse.rating.session.session_json import plain_session, session_of
from linehouse.rating.session.state import Holding, Member, PolicyCounter, SpendCap, State
from linehouse.rating.session.terms import Policy, Terms
from linehouse.rating.values import Bucket, BucketKind, UsageEvent, UsageType, WhenEmpty
from tests.rating.session.always import check, posted
from tests.rating.session.player import HOME, LONG_AGO, tariff

NOW = datetime(2026, 11, 2, 16, 58, tzinfo=UTC)
"""Two minutes before the day rate ends."""
TARIFFS = ("plain", "minutes", "bands", "floor")


def event(kind: UsageType = UsageType.VOICE, at: datetime = NOW) -> UsageEvent:
    return UsageEvent(usage_type=kind, started_at=at, quantity=0, other_party="+31612345678", serving_plmn=HOME)


def holding(ref, available, kind=BucketKind.UNITS, asset="ms", members=None, **more):
    bucket = Bucket(
        ref=ref,
        kind=kind,
        available=available,
        valid=Period(LONG_AGO, more.pop("until", None)),
        created_at=LONG_AGO,
        name=ref,
        **more,
    )
    return Holding(bucket=bucket, asset=asset, members=members or {})


@st.composite
def holdings(draw, *, shared=False):
    kind = draw(st.sampled_from([{}, {"exact": True}, {"partial": True}]))
    found = [
        holding(
            f"pack{place}",
            draw(st.none() | st.integers(0, 300_000)),
            priority=draw(st.integers(1, 3)),
            until=draw(st.sampled_from([None, None, NOW + timedelta(seconds=70)])),
            **kind,
            block=draw(st.sampled_from([None, None, 7_000])),
            factor=draw(st.sampled_from([Fraction(1), Fraction(1), Fraction(1, 3), Fraction(2)])),
            when_empty=draw(st.sampled_from([WhenEmpty.CHARGE, WhenEmpty.CHARGE, WhenEmpty.BLOCK])),
            shared=shared,
            members={"ben": Member(cap=draw(st.integers(0, 100_000)))} if shared and draw(st.booleans()) else None,
        )
        for place in range(draw(st.integers(0, 2)))
    ]
    if draw(st.booleans()):
        found.append(holding("promo", draw(st.integers(0, 200_000)), BucketKind.PROMOTIONAL, "EUR"))
    found.append(
        holding(
            "main",
            draw(st.integers(0, 1_500_000)),
            BucketKind.MAIN,
            "EUR",
            overdraft=draw(st.sampled_from([0, 0, 100_000])),
        )
    )
    return found


def stocked(found):
    state = State()
    accounts: dict[str, int] = {}
    for one in found:
        passed = grant(state, one)
        state = passed.state
        posted(accounts, passed.moves)
    return state, accounts


def kept(state):
    sessions = {key: session_of(json.loads(json.dumps(plain_session(one)))) for key, one in state.sessions.items()}
    assert sessions == state.sessions
    return replace(state, sessions=sessions)


def ask(kind=UsageType.VOICE, at=NOW, **more):
    return Ask(event=event(kind, at), **more)


def request(key, operation, session, asked, who="anna"):
    return Request(key=str(key), operation=operation, session=session, subscriber=who, asks=(asked,))


@settings(max_examples=400)
@given(st.sampled_from(TARIFFS), holdings(), st.lists(st.integers(0, 90_000), min_size=1, max_size=5), st.booleans())
def test_reports_may_split_usage_in_any_way(name, found, reports, totals):
    note(f"{name} {reports} {totals} {found}")
    terms = Terms((tariff(name),))
    whole, accounts = stocked(found)
    parts = whole
    usage = sum(reports)
    once = decide(whole, request("x", Operation.DEBIT, "x", ask(used=(Report(usage),))), terms, NOW)
    charged = unpaid = blocked = so_far = 0
    for place, report in enumerate(reports):
        so_far += report
        last = place == len(reports) - 1
        used = (Report(so_far if totals else report),)
        operation = Operation.FINISH if last else Operation.UPDATE if place else Operation.START
        asked = ask(used=used, totals=totals, wants=place % 2 == 0, want=30_000)
        answer = decide(parts, request(place, operation, "s", asked), terms, NOW)
        if operation is Operation.FINISH and not place:
            answer = decide(parts, request(place, Operation.DEBIT, "s", asked), terms, NOW)
        parts = answer.state
        posted(accounts, answer.moves)
        check(parts, accounts)
        charged += answer.answer.only.charged
        unpaid += answer.answer.only.uncollected
        blocked += answer.answer.only.blocked
    assert (charged, unpaid, blocked) == (
        once.answer.only.charged,
        once.answer.only.uncollected,
        once.answer.only.blocked,
    )
    assert {ref: one.bucket.available for ref, one in parts.holdings.items()} == {
        ref: one.bucket.available for ref, one in once.state.holdings.items()
    }
    assert all(not one.reserved for one in parts.holdings.values())


@st.composite
def courses(draw):
    """Requests of four sessions of two members in any order, with time, top-ups and changes of mind in between."""
    operations = ["start", "update", "update", "update", "finish", "debit", "debit-up-to", "debit-all", "refund"]
    operations += ["authorise", "top-up", "time", "again", "correct"]
    return [
        (
            draw(st.sampled_from(operations)),
            draw(st.sampled_from("abcd")),
            draw(st.integers(0, 120_000)),
            draw(st.integers(1, 200_000)),
            draw(st.sampled_from(["increment", "increment", "total", "absent"])),
        )
        for _ in range(draw(st.integers(3, 14)))
    ]


@settings(max_examples=400)
@given(
    st.sampled_from(TARIFFS),
    holdings(shared=True),
    courses(),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 600_000),
)
def test_sessions_in_any_order_never_overdraw_and_the_ledger_balances(
    name, found, steps, high_water, whole_blocks, cap
):
    policy = Policy(high_water=high_water, whole_blocks=whole_blocks, validity=timedelta(minutes=2), keeps=1)
    terms = Terms((tariff(name),), policy)
    state, accounts = stocked(found)
    counter = PolicyCounter(key="fair", unit="ms", thresholds=(100_000, 300_000))
    state = State(
        holdings=state.holdings,
        caps={} if cap is None else {"cap": SpendCap(key="cap", limit=cap)},
        policy_counters={"fair": counter},
    )
    now, last = NOW, None
    for place, (what, session, used, want, how) in enumerate(steps):
        if what == "time":
            now += timedelta(milliseconds=want)
            passed = pass_time(state, now, terms)
            state = passed.state
            posted(accounts, passed.moves)
        elif what == "top-up":
            passed = grant(state, holding("main", want, BucketKind.MAIN, "EUR"))
            state = passed.state
            posted(accounts, passed.moves)
        elif what == "again":
            if last is not None:
                again = decide(state, last[0], terms, now)
                assert again.state is state
                assert again.answer == last[1]
        else:
            asked = ask(
                used=() if how == "absent" else (Report(used),),
                totals=how == "total",
                absent_is_used=how == "absent",
                want=want,
            )
            who = "ben" if session in "cd" else "anna"
            made = request(place, Operation(what), session, asked, who)
            decision = decide(state, made, terms, now)
            if what == "authorise":
                assert decision.state is state
            else:
                last = made, decision.answer
            # Kept and read again each time, as a session between two requests is.
            state = kept(decision.state)
            posted(accounts, decision.moves)
        check(state, accounts, f"step {place}: {what}")
    passed = pass_time(state, now + timedelta(hours=1), terms)
    posted(accounts, passed.moves)
    check(passed.state, accounts)
    assert all(not one.reserved for one in passed.state.holdings.values())


@settings(max_examples=200)
@given(st.sampled_from(TARIFFS), holdings(), st.integers(1, 120_000), st.integers(0, 120_000))
def test_what_is_given_back_leaves_what_would_have_been_taken(name, found, used, final):
    """Undone from the end: a block that had begun stays, so a little more may have been taken, never less."""
    terms = Terms((tariff(name),))
    state, accounts = stocked(found)
    final = min(final, used)
    first = decide(state, request(1, Operation.START, "s", ask(used=(Report(used),), wants=False)), terms, NOW)
    back = decide(first.state, request(2, Operation.FINISH, "s", ask(used=(Report(final),), totals=True)), terms, NOW)
    posted(accounts, first.moves + back.moves)
    check(back.state, accounts)
    assert back.answer.only.charged <= 0 or final == used or name == "floor"
    if final == 0:
        assert {ref: one.bucket.available for ref, one in back.state.holdings.items()} == {
            ref: one.bucket.available for ref, one in state.holdings.items()
        }


@settings(max_examples=200)
@given(st.sampled_from(TARIFFS), holdings(), st.integers(0, 300_000))
def test_a_record_of_a_file_is_decided_as_a_debit_is(name, found, used):
    """Without a session that is kept, and to the last micro-unit the same."""
    state, _ = stocked(found)
    priced_by = tariff(name)
    answer = decide(state, request(1, Operation.DEBIT, "s", ask(used=(Report(used),))), Terms((priced_by,)), NOW)
    alone = debit_once(list(state.holdings.values()), priced_by, replace(event(), quantity=used))
    assert answer.answer.only.cost == alone.priced.total
    assert answer.answer.only.uncollected == alone.uncollected
    assert answer.state.sessions["s"].services[""].debited == {**alone.unit_takes, **alone.money_takes}
