"""What was used in the period: counted with the record, told to the next one, counted once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connections

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.charging.laws import counters_are_the_records
from linehouse.charging.service import EnquiryRequest, Wanted, counters, price_enquiry, rerating_difference
from linehouse.charging.service.charge import charge_file, charge_record
from linehouse.kernel.period import Period
from linehouse.platform.approval import service as approval
from linehouse.platform.scope import brand_scope
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import SYSTEM
from linehouse.rating.values import UsageType
from linehouse.usage.service.process import process_file
from tests.balance.house import ROBIN, activate, register
from tests.charging.host import Cdr, send
from tests.conftest import colleague

US = "0012125550123"
GRADUATED = """  - rule: texts
    line: messages
    when: {usage-type: sms, direction: out, number-zone: world-1}
    price:
      per: period
      steps:
        - {price: 0.10, unit: 1 message}
        - {from: 3 messages, price: 0.04, unit: 1 message}
"""
VOLUME = GRADUATED.replace("per: period\n", "per: period\n      volume: yes\n")
FIRST_MINUTES = """  - rule: first-minutes
    line: calls
    when: {usage-type: voice, direction: out, number-zone: world-1, accumulated-usage: {counter: minutes, below: 2 min}}
    price: free
"""
MINUTES = "counters:\n  minutes: {counts: all, of: {usage-type: voice}}\n\nrules:\n"


def publish(actor, *rules: str, declared: str = "rules:\n", drop_examples: bool = True) -> None:
    """Robin's tariffs with rules in front of the first one."""
    files = dict(read_folder(ROBIN))
    text = files["tariffs/robin-standard.yaml"].replace("rules:\n", declared + "".join(rules), 1)
    if drop_examples:
        text = text[: text.index("\nexamples:")] + "\n"
    files["tariffs/robin-standard.yaml"] = text
    catalog.apply_texts(files, actor=actor, base_version=1)


def sms(plan, *starts: str) -> list[Cdr]:
    return [Cdr(plan, "SMS", 1, start=start, party=US) for start in starts]


def amounts(plan) -> list[int]:
    rows = sorted(charging.rated_usage(subscription_id=plan.id)[0], key=lambda row: row.sequence)
    return [row.amount.micros for row in rows]


@pytest.fixture(autouse=True)
def _lawful(shop):
    yield
    assert counters_are_the_records().findings == ()


@pytest.fixture
def sold(shop, actor, drain, advance):
    """Somebody whose cycle begins on the 10th."""

    def make(*rules: str, declared: str = "rules:\n"):
        publish(actor, *rules, declared=declared)
        plan = activate(actor, register(actor, cycle_day=10), "robin-prepaid-start")
        advance(datetime(2026, 11, 20, 8, tzinfo=UTC))
        return plan

    return make


def test_steps_of_the_period_go_on_from_file_to_file_and_begin_anew_with_the_cycle(sold, take) -> None:
    plan = sold(GRADUATED)
    take(*sms(plan, "2026-11-03 12:00:00", "2026-11-04 12:00:00"))
    take(*sms(plan, "2026-11-05 12:00:00", "2026-11-06 12:00:00", "2026-11-10 00:00:00"), number=2)
    # Three at 0.10, the fourth at 0.04; the 10th begins a new cycle.
    assert amounts(plan) == [100_000, 100_000, 100_000, 40_000, 100_000]
    name = f"{charging.rated_usage(subscription_id=plan.id)[0][0].tariff}/texts"
    assert counters.of_subscription(plan.id) == {
        (plan.id, date(2026, 10, 10)): {name: 4},
        (plan.id, date(2026, 11, 10)): {name: 1},
    }
    last = charging.rated_usage(subscription_id=plan.id)[0][0]
    assert (last.counted, last.counted_in, last.told["counters"]) == ({name: 1}, date(2026, 11, 10), {})


def test_a_late_record_takes_the_step_that_its_period_is_in_now(sold, take) -> None:
    plan = sold(GRADUATED)
    take(*sms(plan, "2026-11-04 12:00:00", "2026-11-05 12:00:00", "2026-11-06 12:00:00"))
    take(*sms(plan, "2026-11-03 12:00:00", "2026-11-12 12:00:00"), number=2)
    assert amounts(plan) == [100_000, 100_000, 100_000, 40_000, 100_000]


def test_a_volume_price_prices_the_whole_period_again(sold, take) -> None:
    plan = sold(VOLUME)
    take(*sms(plan, "2026-11-03 12:00:00", "2026-11-04 12:00:00", "2026-11-05 12:00:00"))
    take(*sms(plan, "2026-11-06 12:00:00"), number=2)
    # At four all four cost 0.04 each: 0.16 in all, 0.30 were paid.
    assert amounts(plan) == [100_000, 100_000, 100_000, -140_000]


def test_a_rule_may_ask_how_much_was_used(sold, take) -> None:
    plan = sold(FIRST_MINUTES, declared=MINUTES)
    take(Cdr(plan, "VOICE", 90, start="2026-11-03 12:00:00", party=US))
    take(Cdr(plan, "VOICE", 90, start="2026-11-03 13:00:00", party=US), number=2)
    rows = sorted(charging.rated_usage(subscription_id=plan.id)[0], key=lambda row: row.sequence)
    assert [row.rule for row in rows] == ["first-minutes", "first-minutes, world-1-calls"]
    # 30 s are free, one started minute of 0.50 follows.
    assert rows[1].amount.micros == 500_000
    assert rows[1].told == {"counters": {"minutes": 90_000}}
    assert any("90" in line or "1 min 30 s" in line for line in map(str, charging.explain(rows[1].record_id)))
    asked = EnquiryRequest(
        msisdn=f"+{plan.msisdn.digits}", usage_type=UsageType.VOICE, quantity=60_000, other_party="+12125550123",
        at=datetime(2026, 11, 4, tzinfo=UTC),
    )  # fmt: skip
    found = price_enquiry(asked)
    assert found.consumption.priced.total.micros == 500_000
    assert str(found.lines[-1]) == "Used before in the period since 2026-10-10, counter minutes: 3 min."


def test_a_file_counts_once_and_a_record_out_of_suspense_too(sold, take, actor) -> None:
    plan = sold(GRADUATED)
    file_id = take(*sms(plan, "2026-11-03 12:00:00", "2026-11-04 12:00:00"))
    assert charge_file(file_id, actor=actor) is None
    record = charging.rated_usage(subscription_id=plan.id)[0][0].record_id
    charge_record(file_id, record, actor=actor)
    assert [sum(counted.values()) for counted in counters.of_subscription(plan.id).values()] == [2]


def test_rated_again_each_record_sees_the_period_as_it_was(sold, take, actor) -> None:
    plan = sold(GRADUATED)
    take(*sms(plan, "2026-11-03 12:00:00", "2026-11-04 12:00:00", "2026-11-05 12:00:00", "2026-11-06 12:00:00"))
    take(*sms(plan, "2026-11-02 12:00:00"), number=2)
    november = Period(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
    found = rerating_difference(Wanted(november))
    assert (found.looked_at, found.changed) == (5, ())
    second = sorted(charging.rated_usage(subscription_id=plan.id)[0], key=lambda row: row.sequence)[1]
    charging.mark_billed([second.record_id], "INV-1", actor=actor)
    found = rerating_difference(Wanted(november))
    assert (found.looked_at, found.changed) == (4, ())
    # In the order of events the late one is the first: it costs 0.10, and the third of before is the fourth.
    found = rerating_difference(Wanted(november, order="event"))
    assert [(one.before.amount.micros, one.amount) for one in found.changed] == [(40_000, 100_000), (100_000, 40_000)]


def test_files_that_are_charged_at_once_wait_for_each_other(sold, actor, drain, brand) -> None:
    plan = sold(GRADUATED)
    files = [
        send(sms(plan, f"2026-11-0{day} 12:00:00", f"2026-11-0{day} 13:00:00"), actor, day) for day in (1, 2, 3, 4)
    ]

    def charge(file_id) -> int:
        with brand_scope(brand):
            told = charge_file(file_id, actor=actor)
        connections.close_all()
        return 0 if told is None else told.rated

    for file_id in files:
        process_file(file_id, actor=actor)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(charge, files)) == [2, 2, 2, 2]
    drain()
    assert sorted(amounts(plan)) == [40_000] * 5 + [100_000] * 3


def test_a_counter_that_was_changed_by_hand_is_found(sold, take) -> None:
    plan = sold(GRADUATED)
    take(*sms(plan, "2026-11-03 12:00:00"))
    change = "UPDATE charging_counter SET used = used + %s WHERE counter <> ''"
    with brand_cursor() as cursor:
        cursor.execute(change, [5])
    (finding,) = counters_are_the_records().findings
    assert str(plan.id) in finding.subject
    with brand_cursor() as cursor:
        cursor.execute(change, [-5])


def test_an_entry_that_is_taken_back_takes_its_count_back(sold, take, actor, drain, brand) -> None:
    plan = sold(GRADUATED)
    take(*sms(plan, "2026-11-03 12:00:00", "2026-11-04 12:00:00", "2026-11-05 12:00:00"))
    take(*sms(plan, "2026-11-02 12:00:00"), number=2)
    assert amounts(plan) == [100_000, 100_000, 100_000, 40_000]
    files = dict(catalog.exported_files(2))
    path = "tariffs/robin-standard.yaml"
    assert "from: 3 messages" in files[path]
    files[path] = files[path].replace("from: 3 messages", "from: 2 messages", 1)
    version = catalog.apply_texts(files, actor=SYSTEM, base_version=2).number
    wanted = charging.RerateRequest(
        start=date(2026, 11, 1), until=date(2026, 11, 10), reason="the second step came late", catalog_version=version
    )
    number = charging.plan_rerate(wanted, actor=actor)
    charging.finish_rerate(number)
    approval.approve(charging.propose_rerate(number, actor=actor), actor=colleague(brand, "finance"))
    drain()
    assert charging.rerate_view(number).state == "applied"
    rows = sorted(charging.rated_usage(subscription_id=plan.id)[0], key=lambda row: row.sequence)
    assert [row.amount.micros for row in rows] == [100_000, 100_000, 40_000, 40_000]
    assert [sum(counted.values()) for counted in counters.of_subscription(plan.id).values()] == [4]
    assert counters_are_the_records().findings == ()
