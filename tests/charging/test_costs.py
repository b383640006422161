"""Cost beside price: every rated record keeps what the host network asks for it, and sums by the hour agree."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from linehouse.catalog import service as catalog
from linehouse.charging import service as charging
from linehouse.charging.laws import hours_are_the_records
from linehouse.charging.service import By, UsageSlice
from linehouse.charging.tasks import without_cost
from linehouse.kernel.period import Period
from linehouse.platform.sql import brand_cursor
from linehouse.platform.worklist import reading
from linehouse.platform.worklist import service as worklist
from linehouse.platform.worklist.values import TaskFilter
from tests.balance.house import activate, register
from tests.charging.host import MB, Cdr

NOVEMBER = Period(datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))
NL, US = "0612345678", "0012125550123"
GB = 10**9
WHOLESALE = "tariffs/host-wholesale.yaml"


@pytest.fixture
def plan(shop, actor, drain, advance):
    made = activate(actor, register(actor), "robin-sim-only-20")
    advance(datetime(2026, 11, 8, 8, tzinfo=UTC))
    return made


@pytest.fixture(autouse=True)
def _sums_agree(shop):
    yield
    assert hours_are_the_records().findings == ()


def slice_of(**only: str) -> UsageSlice:
    return UsageSlice(
        period=NOVEMBER, zone="Europe/Amsterdam", only={By(k.replace("_", "-")): (v,) for k, v in only.items()}
    )


def rows(plan):
    return sorted(charging.rated_usage(subscription_id=plan.id)[0], key=lambda row: row.sequence)


def test_a_record_keeps_its_cost_and_the_clause_that_says_so(plan, take):
    take(Cdr(plan, "VOICE", 61, party=NL), Cdr(plan, "DATA", 3 * GB), Cdr(plan, "DATA", MB, plmn="310-410"))
    call, data, roaming = rows(plan)
    assert (call.cost.micros, call.cost_rule) == (11_183, "host-wholesale v2026-11: home-calls")
    assert (call.offering, call.segment, call.device) == ("robin-sim-only-20", "individual", "")
    # An allowance pays the retail price; the host is paid all the same.
    assert (data.amount.micros, data.cost.micros) == (0, 2_700_000)
    assert (roaming.amount.micros, roaming.cost.micros) == (250_000, 55_000)


def test_the_file_tells_what_it_costs(plan, take):
    from linehouse.platform.outbox.service import events_after

    take(Cdr(plan, "VOICE", 61, party=NL), Cdr(plan, "VOICE", 61, party=US))
    told = [event for event in events_after(0, limit=10_000) if event.name == "charging.usage.rated"][-1]
    assert (told.payload["cost"], told.payload["no_cost"]) == ({"EUR": 11_183 + 35_583}, 0)


def without_us(files):
    gone = files[WHOLESALE].replace("number-zone: world-1, ", "number-zone: satellite, ", 1)
    gone = gone.replace("  - 61 s to world-1 costs 0.035583\n", "")
    return files | {WHOLESALE: gone}


def test_an_unknown_cost_blocks_nothing_is_counted_and_waits_for_a_person(shop, actor, drain, advance, take):
    from linehouse.catalog.folder import read_folder

    files = read_folder(Path(__file__).resolve().parents[2] / "brands" / "robin")
    catalog.apply_texts(without_us(files), actor=actor, base_version=1)
    plan = activate(actor, register(actor), "robin-sim-only-20")
    advance(datetime(2026, 11, 8, 8, tzinfo=UTC))
    take(
        Cdr(plan, "VOICE", 61, party=US, start="2026-11-02 12:00:00"),
        Cdr(plan, "VOICE", 60, party=NL, start="2026-11-02 12:00:00"),
    )
    call = next(row for row in rows(plan) if row.peer == "+12125550123")
    assert (call.amount.micros, call.cost, call.cost_reason) == (1_000_000, None, "no-rule")
    (total,) = charging.usage_totals(slice_of())
    assert (total.records, total.no_cost, total.retail, total.retail_costed) == (2, 1, 826_446, 0)
    assert (total.cost, total.margin) == (11_000, -11_000)
    (waiting,) = without_cost(None)
    assert waiting.reason == "cost not known for 1 record"
    assert waiting.evidence["number zone"] == "world-1"
    assert charging.price_costs(actor=actor) == (0, 1)

    catalog.apply_texts(files, actor=actor, base_version=2)
    drain()
    (task,) = reading.tasks(TaskFilter(kind="charging.no_cost"))[0]
    assert worklist.retry(task.id, actor=actor) == "The cost of 1 records is known now, of 0 it is not."
    assert list(without_cost(None)) == []
    assert reading.tasks(TaskFilter(kind="charging.no_cost"))[1] == 0
    again = next(row for row in rows(plan) if row.peer == "+12125550123")
    assert (again.cost.micros, again.cost_reason, again.amount) == (35_583, "", call.amount)
    (total,) = charging.usage_totals(slice_of())
    assert (total.cost, total.no_cost, total.margin) == (46_583, 0, 826_446 - 46_583)


def test_a_known_cost_is_never_changed(plan, take):
    from django.db import DatabaseError

    take(Cdr(plan, "VOICE", 61, party=NL))
    with pytest.raises(DatabaseError, match="append-only"), brand_cursor() as cursor:
        cursor.execute("UPDATE charging_rated_usage SET cost = 0")
    with pytest.raises(DatabaseError, match="append-only"), brand_cursor() as cursor:
        cursor.execute("UPDATE charging_usage_hour SET cost = 0")


def test_every_grouping_sums_to_the_same_total_and_leads_to_its_records(plan, take):
    take(
        Cdr(plan, "VOICE", 61, party=NL),
        Cdr(plan, "VOICE", 61, party=US, start="2026-11-01 23:30:00"),
        Cdr(plan, "DATA", 3 * GB, start="2026-11-02 00:10:00"),
        Cdr(plan, "DATA", MB, plmn="310-410"),
        Cdr(plan, "SMS", 1, party=NL, start="2026-11-03 08:00:00"),
    )
    (total,) = charging.usage_totals(slice_of())
    for by in By:
        parts = charging.usage_totals(slice_of(), [by])
        for name in ("records", "retail", "gross", "cost", "retail_costed", "no_cost", "margin"):
            assert sum(getattr(part, name) for part in parts) == getattr(total, name), (by, name)
        for part in parts:
            found, count = charging.records_of(slice_of().also(by, part.keys[0]), limit=100)
            assert (count, sum(row.net.micros for row in found)) == (part.records, part.retail), by
            assert sum(row.cost.micros for row in found if row.cost) == part.cost
    hours = {part.keys[0]: part.records for part in charging.usage_totals(slice_of(), [By.HOUR])}
    assert hours == {"12": 2, "23": 1, "00": 1, "08": 1}
    both = charging.usage_totals(slice_of(type="voice"), [By.DAY, By.NUMBER_ZONE])
    assert [(part.keys, part.retail, part.cost) for part in both] == [
        (("2026-11-01", "nl-mobile"), 0, 11_183),
        (("2026-11-01", "world-1"), 826_446, 35_583),
    ]
    assert total.quantities == {"ms": 122_000, "octet": 3 * GB + MB, "sms": 1}


def test_a_partner_may_ask_in_another_currency_by_a_dated_table(shop, actor, drain, advance, take):
    from linehouse.catalog.errors import FilesInvalid
    from linehouse.catalog.folder import read_folder

    files = read_folder(Path(__file__).resolve().parents[2] / "brands" / "robin")
    dollars = files[WHOLESALE].replace("currency: EUR", "currency: USD")
    with pytest.raises(FilesInvalid) as refused:
        catalog.apply_texts(files | {WHOLESALE: dollars}, actor=actor, base_version=1)
    assert any("no rate to EUR" in problem.message for problem in refused.value.problems)
    table = 'exchange:\n  - {to: EUR, from: 2025-12-01, rate: "0.85", source: the bank}\n'
    table += '  - {to: EUR, from: 2026-11-03, rate: "0.9", source: the bank}\n'
    dollars = dollars.replace("zones: [numbers, networks]\n", f"zones: [numbers, networks]\n{table}")
    catalog.apply_texts(files | {WHOLESALE: dollars}, actor=actor, base_version=1)
    plan = activate(actor, register(actor), "robin-sim-only-20")
    advance(datetime(2026, 11, 8, 8, tzinfo=UTC))
    take(
        Cdr(plan, "VOICE", 61, party=NL, start="2026-11-02 12:00:00"),
        Cdr(plan, "VOICE", 61, party=NL, start="2026-11-03 12:00:00"),
    )
    first, second = rows(plan)
    assert (first.cost.micros, first.cost.currency) == (9_506, "EUR")
    assert second.cost.micros == 10_065
    assert second.cost_rule == "host-wholesale v2026-11: home-calls (1 USD = 0.9 EUR, the bank)"


def test_hours_are_put_together_without_a_sum_changing(plan, take, actor):
    from linehouse.charging.service.merging import merge_hours
    from linehouse.platform.work import unit_of_work

    for number in range(1, 5):
        take(
            Cdr(plan, "VOICE", 60 + number, start=f"2026-11-01 12:0{number}:00", party=NL),
            Cdr(plan, "VOICE", 60, start=f"2026-11-01 13:0{number}:00", party=US),
            number=number,
        )
    before = charging.usage_totals(slice_of(), [By.PLAN, By.HOUR, By.NUMBER_ZONE])
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM charging_usage_hour")
        kept = cursor.fetchone()[0]
    assert kept == 8
    with unit_of_work(actor, "test") as work:
        assert merge_hours(work.now) == 6
        assert merge_hours(work.now) == 0
    assert charging.usage_totals(slice_of(), [By.PLAN, By.HOUR, By.NUMBER_ZONE]) == before
    take(Cdr(plan, "VOICE", 99, start="2026-11-01 12:30:00", party=NL), number=9)
    with unit_of_work(actor, "test") as work:
        assert merge_hours(work.now) == 1
    (hour,) = [one for one in charging.usage_totals(slice_of(), [By.HOUR]) if one.keys == ("12",)]
    assert hour.records == 5
