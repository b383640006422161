"""Limits, bars, attempts and policy counters of lines that are charged while they are used, on a real database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from linehouse.charging import service as charging
from linehouse.charging.errors import ControlRefused
from linehouse.charging.node import policy_door
from linehouse.charging.node.controls_reading import ControlsShelf
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.platform.checks import verify
from linehouse.platform.clock.service import business_now
from linehouse.platform.sql import brand_cursor
from linehouse.rating.controls import SetBy
from linehouse.rating.session.answers import CutBy, Refusal
from linehouse.rating.session.requests import Operation
from linehouse.rating.values import UsageType
from tests.charging.controls.house import FR, NL, US, asking

START, UPDATE, FINISH = Operation.START, Operation.UPDATE, Operation.FINISH
MB, GB, MINUTE = 10**6, 10**9, 60_000
PREMIUM, AMERICA, EMERGENCY, SUPPORT = "+31900123456", "+12125550123", "112", "1200"


@pytest.fixture
def ask(line, engine):
    def one(operation, session="s", key="1", **said):
        return engine.one(asking(line.msisdn.digits, operation, session, key, **said))

    return one


@pytest.fixture
def call(ask):
    def one(operation, session="s", key="1", **said):
        return ask(operation, session, key, kind=UsageType.VOICE, **said)

    return one


def rows(text, *params):
    with brand_cursor() as cursor:
        cursor.execute(text, list(params))
        return cursor.fetchall()


def told(name):
    facts = rows("SELECT payload FROM outbox_outboxevent WHERE name = %s ORDER BY position", name)
    return [json.loads(fact) if isinstance(fact, str) else fact for (fact,) in facts]


def limit(line, key="roaming-data"):
    return next(one for one in charging.controls_of_line(line.id).limits if one.key == key)


def lawful():
    assert [(one.name, one.verdict.findings) for one in verify() if not one.holds] == []


def test_data_abroad_is_told_of_at_80_percent_and_stops_at_100_of_fifty_euro_without_vat(line, ask, drain):
    assert (ask(START, plmn=US, want=300 * MB).granted, limit(line).reserved) == (242 * MB, Money(60_500_000, "EUR"))
    ask(UPDATE, key="2", plmn=US, used=193 * MB, want=300 * MB)
    drain()
    assert told("charging.limit.reached") == []
    ask(UPDATE, key="3", plmn=US, used=MB, want=300 * MB)
    drain()
    [notice] = told("charging.limit.reached")
    assert (notice["percent"], notice["amount"], notice["without_vat"]) == (80, 50_000_000, True)
    last = ask(UPDATE, key="4", plmn=US, used=40 * MB, want=100 * MB)
    assert (last.granted, last.final, last.cut_by) == (8 * MB, True, CutBy.SPEND_CAP)
    # More was used than was granted: what lies above the limit is no bill.
    end = ask(FINISH, key="5", plmn=US, used=10 * MB)
    assert (end.charged, end.loss) == (2_000_000, 500_000)
    again = ask(START, "s2", plmn=US, want=MB)
    assert (again.granted, again.refusal) == (0, Refusal.CREDIT_LIMIT)
    drain()
    assert [one["percent"] for one in told("charging.limit.reached")] == [80, 100]
    assert limit(line).spent == Money(60_500_000, "EUR")
    # At home nothing stops, and in another country of the Union the limit counts as well.
    assert ask(START, "s3", plmn=NL, want=MB).granted == MB
    lawful()


def test_who_agrees_goes_on_until_the_month_ends(line, ask, actor, advance, drain):
    ask(START, plmn=US, want=242 * MB)
    ask(UPDATE, key="2", plmn=US, used=242 * MB, want=MB)
    with pytest.raises(Invalid, match="needs its evidence"):
        charging.consent(line.id, "roaming-data", channel="app", evidence=" ", actor=actor)
    for _ in range(2):
        charging.consent(line.id, "roaming-data", channel="app", evidence="pressed «go on», 08:00", actor=actor)
    [wish] = rows("SELECT session, reason, ends FROM charging_wish")
    assert wish == (None, "consent:roaming-data", False)
    assert ask(UPDATE, key="3", plmn=US, want=10 * MB).granted == 10 * MB
    ask(FINISH, key="4", plmn=US, used=10 * MB)
    view = charging.controls_of_line(line.id)
    [kept] = view.consents
    assert (kept.channel, kept.evidence) == ("app", "pressed «go on», 08:00")
    assert len(told("charging.limit.consented")) == 1
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    drain()
    assert ask(START, "s2", plmn=US, want=300 * MB).granted == 242 * MB
    lawful()


def test_a_session_over_the_end_of_the_month_counts_in_the_month_of_its_grant(line, ask, advance):
    advance(datetime(2026, 11, 30, 22, 30, tzinfo=UTC))
    ask(START, plmn=US, want=100 * MB)
    advance(datetime(2026, 11, 30, 23, 15, tzinfo=UTC))
    ask(UPDATE, key="2", plmn=US, used=100 * MB, want=100 * MB)
    counted = rows("SELECT starts, spent, reserved FROM charging_cap WHERE key = 'roaming-data' ORDER BY starts")
    assert [(starts.month, spent, kept) for starts, spent, kept in counted] == [
        (10, 25_000_000, 0),
        (11, 0, 25_000_000),
    ]
    ask(FINISH, key="3", plmn=US, used=0)
    assert limit(line).reserved == Money(0, "EUR")


def test_another_amount_a_child_and_a_limit_that_is_off(line, ask, call, actor):
    charging.set_limit(line.id, "roaming-data", amount=Money(10_000_000, "EUR"), actor=actor, reason="asked")
    assert ask(START, plmn=US, want=300 * MB).granted == 48_400_000
    ask(FINISH, key="2", plmn=US)
    charging.set_limit(
        line.id, "child", amount=Money(1_000_000, "EUR"), hard=True, by=SetBy.CUSTOMER, actor=actor, reason="a child"
    )
    assert call(START, "c", to=AMERICA, want=10 * MINUTE).granted == 2 * MINUTE
    call(FINISH, "c", "2", to=AMERICA, used=2 * MINUTE)
    with pytest.raises(ControlRefused):
        charging.consent(line.id, "child", channel="app", evidence="pressed", actor=actor)
    assert call(START, "d", to=AMERICA, want=MINUTE).cut_by is CutBy.SPEND_CAP
    assert call(START, "e", to=EMERGENCY, want=MINUTE).granted == MINUTE
    charging.set_limit(line.id, "roaming-data", amount=None, on=False, actor=actor, reason="asked")
    charging.set_limit(line.id, "child", amount=None, on=False, actor=actor, reason="asked")
    assert ask(START, "s2", plmn=US, want=300 * MB).granted == 300 * MB
    lawful()


def test_parallel_paid_calls_share_what_the_last_hour_leaves(line, engine, call, advance):
    asked = [
        asking(line.msisdn.digits, START, f"p{n}", "1", kind=UsageType.VOICE, to=PREMIUM, want=10 * MINUTE)
        for n in range(6)
    ]
    answers = [one.services[0] for one in engine.ask(*asked, nodes=2)]
    # 0.10 and 0.90 a minute: one call of five minutes fills the 5.00 of a new line.
    assert sorted(one.granted for one in answers) == [0, 0, 0, 0, 0, 5 * MINUTE]
    [lucky] = [n for n, one in enumerate(answers) if one.granted]
    call(FINISH, f"p{lucky}", "2", to=PREMIUM, used=MINUTE)
    assert call(START, "q", to=PREMIUM, want=10 * MINUTE).granted == 4 * MINUTE
    call(FINISH, "q", "2", to=PREMIUM, used=4 * MINUTE)
    assert call(START, "r", to=PREMIUM, want=MINUTE).refusal is Refusal.CREDIT_LIMIT
    advance(business_now() + timedelta(minutes=61))
    assert call(START, "t", to=PREMIUM, want=10 * MINUTE).granted == 5 * MINUTE
    lawful()


def test_more_than_so_many_calls_abroad_in_ten_minutes_are_refused_on_a_new_line(line, engine, call, advance, drain):
    asked = [
        asking(line.msisdn.digits, START, f"a{n}", "1", kind=UsageType.VOICE, to=AMERICA, want=MINUTE) for n in range(8)
    ]
    answers = [one.services[0] for one in engine.ask(*asked, nodes=2)]
    assert [sum(one.granted == MINUTE for one in answers), sum(one.cut_by is CutBy.ATTEMPTS for one in answers)] == [
        3,
        5,
    ]
    assert {one.refusal for one in answers if not one.granted} == {Refusal.DENIED}
    drain()
    assert [one["control"] for one in told("charging.control.refused")] == ["new-line-international"]
    for to in (EMERGENCY, SUPPORT, "+31612345678"):
        assert call(START, f"to {to}", to=to, want=MINUTE).granted == MINUTE
    advance(business_now() + timedelta(minutes=10))
    assert call(START, "later", to=AMERICA, want=MINUTE).granted == MINUTE
    advance(business_now() + timedelta(days=30))
    answers = [
        one.services[0]
        for one in engine.ask(
            *[
                asking(line.msisdn.digits, START, f"b{n}", "1", kind=UsageType.VOICE, to=AMERICA, want=MINUTE)
                for n in range(8)
            ]
        )
    ]
    assert all(one.granted for one in answers)


def test_bars_stop_what_they_name_and_never_an_emergency(line, ask, call, actor):
    for bar in ("premium", "international", "roaming"):
        charging.set_bar(line.id, bar, on=True, by=SetBy.CUSTOMER, actor=actor, reason="asked")
    assert call(START, "p", to=PREMIUM, want=MINUTE).cut_by is CutBy.BAR
    assert call(START, "i", to=AMERICA, want=MINUTE).refusal is Refusal.DENIED
    assert ask(START, "r", plmn=FR, want=MB).cut_by is CutBy.BAR
    assert call(START, "e", to=EMERGENCY, plmn=US, want=MINUTE).granted == MINUTE
    assert call(START, "s", to=SUPPORT, want=MINUTE).granted == MINUTE
    assert ask(START, "h", want=MB).granted == MB
    charging.set_bar(line.id, "premium", on=False, actor=actor, reason="asked")
    assert call(START, "p2", to=PREMIUM, want=MINUTE).granted == MINUTE


def test_a_bar_in_mid_session_debits_what_was_used_and_grants_no_more(line, call, actor):
    call(START, to=AMERICA, want=MINUTE)
    charging.set_bar(line.id, "international", on=True, actor=actor, reason="asked")
    going = call(UPDATE, key="2", to=AMERICA, used=MINUTE, want=MINUTE)
    assert (going.charged, going.granted, going.refusal) == (500_000, 0, Refusal.DENIED)


def test_what_lapses_gives_the_limit_back(line, ask, engine, advance):
    ask(START, plmn=US, want=242 * MB)
    assert ask(START, "s2", plmn=US, want=MB).granted == 0
    advance(business_now() + timedelta(hours=3))

    async def sweep(connection):
        from linehouse.charging.node.batch import Brand
        from linehouse.charging.node.batch import sweep as release

        return await release(connection, Brand(), 10)

    assert engine.run(sweep)
    assert limit(line).reserved == Money(0, "EUR")
    assert ask(START, "s3", plmn=US, want=242 * MB).granted == 242 * MB
    lawful()


def test_a_new_country_is_told_once_and_home_in_between_tells_it_again(line, ask, drain):
    for session, place in enumerate((NL, US, US, FR, NL, US)):
        ask(START, f"s{session}", plmn=place, want=MB)
        ask(FINISH, f"s{session}", "2", plmn=place, used=0)
    drain()
    arrived = [(one["country"], one["roaming"]) for one in told("charging.line.arrived")]
    assert arrived == [("US", "world"), ("FR", "union"), ("US", "world")]


class Policy:
    def __init__(self, engine, line) -> None:
        self._engine, self._line = engine, line

    def subscribe(self, ref="sy", counters=()):
        wanted = policy_door.Subscription(
            kind="test", ref=ref, subscription_id=self._line.id, counters=counters, address={"host": "pcrf"}
        )
        now = business_now()
        return self._engine.run(lambda c: policy_door.subscribe(c, ControlsShelf(), wanted, now))

    def claim(self):
        now = business_now()
        return self._engine.run(lambda c: policy_door.claim(c, "test", now))

    def told(self, push):
        return self._engine.run(lambda c: policy_door.told(c, push))

    def refresh(self):
        now = business_now()
        return self._engine.run(lambda c: policy_door.refresh(c, ControlsShelf(), now))

    def statuses(self):
        now = business_now()
        found = self._engine.run(lambda c: policy_door.statuses(c, ControlsShelf(), self._line.id, now))
        return {one.key: (one.status, one.next_status) for one in found}


@pytest.fixture
def policy(engine, line):
    return Policy(engine, line)


def test_grants_end_at_a_threshold_and_whoever_subscribed_is_told(line, ask, policy, drain):
    assert [(one.key, one.status) for one in policy.subscribe()] == [("speed", "full-speed")]
    assert policy.subscribe("other", counters=("nothing",)) == ()
    cut = ask(START, want=5 * GB)
    assert (cut.granted, cut.final, cut.cut_by) == (2 * GB, False, CutBy.POLICY)
    assert policy.statuses() == {"speed": ("full-speed", "")}
    for push in policy.claim():
        policy.told(push)
    ask(UPDATE, key="2", used=2 * GB, want=5 * GB)
    [push] = policy.claim()
    assert (push.ref, push.address, push.status.status) == ("sy", {"host": "pcrf"}, "reduced")
    # A new month begins at full speed: the network is told ahead.
    assert (push.status.next_status, push.status.next_at) == ("full-speed", datetime(2026, 11, 30, 23, tzinfo=UTC))
    assert policy.claim() == []
    ask(UPDATE, key="3", used=GB, want=GB)
    assert not policy.told(push)
    [push] = policy.claim()
    assert (push.status.status, policy.told(push)) == ("slow", True)
    drain()
    assert [(one["old"], one["new"]) for one in told("charging.policy.status_changed")] == [
        ("full-speed", "reduced"),
        ("reduced", "slow"),
    ]
    # Abroad outside the Union nothing is counted.
    ask(START, "abroad", plmn=US, want=MB)
    ask(FINISH, "abroad", "2", plmn=US, used=MB)
    assert rows("SELECT used FROM charging_policy_counter") == [(3 * GB,)]


def test_a_turbo_lifts_it_for_an_hour(line, ask, policy, actor, advance):
    ask(START, want=2 * GB)
    ask(FINISH, key="2", used=3 * GB)
    policy.subscribe()
    charging.set_turbo(line.id, "speed", lasts=timedelta(hours=1), actor=actor, reason="bought")
    assert policy.refresh() == 1
    [push] = policy.claim()
    assert (push.status.status, push.status.next_status) == ("turbo", "slow")
    assert push.status.next_at == business_now() + timedelta(hours=1)
    policy.told(push)
    advance(business_now() + timedelta(hours=1))
    assert policy.refresh() == 1
    [push] = policy.claim()
    assert push.status.status == "slow"
    advance(datetime(2026, 12, 1, tzinfo=UTC))
    policy.refresh()
    [push] = policy.claim()
    assert push.status.status == "full-speed"
    policy._engine.run(lambda c: policy_door.unsubscribe(c, "test", "sy"))
    assert policy.claim() == []
