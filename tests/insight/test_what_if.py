"""A plan tried on usage of the past gives what really rating that usage on that plan gives, to the last micro-unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from linehouse.balance import service as balance
from linehouse.balance.values import Grant, Owner, TaxedAt
from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.insight import service as insight
from linehouse.insight.errors import WhatIfNotNow, WhatIfRefused, WhatIfUnknown
from linehouse.insight.service import WhatIfRequest, what_if_run
from linehouse.inventory.values import ProductView
from linehouse.kernel.period import Period
from linehouse.platform.advance import advance as advance_clock
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.runner import drain as drain_jobs
from linehouse.platform.scope import brand_scope
from linehouse.platform.work import Actor
from linehouse.rating.values import BucketKind
from linehouse.resource import service as resources
from linehouse.simulators.cdr_feed.host_csv import host_csv
from linehouse.simulators.cdr_feed.usage import Subscriber, make_usage
from linehouse.usage import service as usage
from tests.balance.house import activate, register
from tests.charging.host import Cdr, send
from tests.conftest import make_brand

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"
ZONE = ZoneInfo("Europe/Amsterdam")
DECEMBER = datetime(2026, 12, 1, 8, tzinfo=UTC)
START, UNTIL = date(2026, 11, 1), date(2026, 12, 1)
NOVEMBER = Period(datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))
PLAN = "catalog/robin-sim-only-20.yaml"
PREPAID = "catalog/robin-prepaid-start.yaml"
TARIFF = "tariffs/robin-sim-only.yaml"
WHOLESALE = "tariffs/host-wholesale.yaml"
NL, US = "0612345678", "0012125550123"
GB = 10**9


@pytest.fixture(autouse=True)
def _only_our_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other rooms make of the same events is their tests' business."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])


def edited(files: dict[str, str], path: str, *changes: tuple[str, str]) -> dict[str, str]:
    text = files[path]
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    head, _, _ = text.partition("\nexamples:")
    return files | {path: head + "\n"}


def draft() -> dict[str, str]:
    """Cheaper by fee, less data, dearer data beyond it, 100 minutes instead of all, another price of the host."""
    files = dict(read_folder(ROBIN))
    files = edited(files, PLAN, ("amount: 18.00", "amount: 12.50"), ("amount: 20 GB", "amount: 2 GB"))
    first = files[PLAN].index("amount: unlimited")
    files[PLAN] = files[PLAN][:first] + files[PLAN][first:].replace("amount: unlimited", "amount: 100 min", 1)
    files = edited(files, PREPAID, ("amount: 5 GB", "amount: 1 GB"), ("amount: 15.00", "amount: 9.00"))
    files = edited(
        files, TARIFF, ("price: 0.004, unit: 1 MB, block: 100 kB", "price: 0.0057, unit: 1 MB, block: 30 kB")
    )
    return edited(files, WHOLESALE, ("price: 0.011, unit: 1 min", "price: 0.0137, unit: 1 min"))


def open_with(files: dict[str, str], actor: Actor) -> None:
    catalog.apply_texts(files, actor=actor, base_version=0)
    resources.seed_stock(actor=actor)
    usage.apply_feeds(ROBIN / "feeds", actor=actor)


def people(actor: Actor) -> list[ProductView]:
    """Two postpaid subscribers, one of them with another cycle day, one with a booster, and a prepaid one."""
    anna = activate(actor, register(actor, "Anna"), "robin-sim-only-20")
    bart = activate(actor, register(actor, "Bart", cycle_day=15), "robin-sim-only-20")
    cees = register(actor, "Cees")
    pack = activate(actor, cees, "robin-prepaid-start")
    activate(actor, cees, "robin-booster-5gb", plan=pack.id)
    drain_jobs()
    topped_up = Grant(
        ref=f"{pack.number}/voucher",
        owner=Owner(
            customer_id=pack.customer_id,
            subscription_id=pack.id,
            subscription=pack.number,
            account_id=pack.billing_account_id,
            account=pack.billing_account_number,
        ),
        product_id=pack.id,
        kind=BucketKind.MAIN,
        asset="EUR",
        amount=10_000_000_000,
        valid=Period(datetime(2026, 11, 1, tzinfo=UTC)),
        source="top-up/voucher",
        catalog_version=1,
        priority=1_000,
        taxed_at=TaxedAt.USE,
    )
    balance.grant([topped_up], actor=actor)
    return [anna, bart, pack]


def use_much(plans: list[ProductView], actor: Actor) -> None:
    """A month of everyday use, and some that is dear."""
    phones = [Subscriber(one.imsi.digits, one.msisdn.digits) for one in plans if one.imsi and one.msisdn]
    made = host_csv(make_usage("what-if", phones, date(2026, 11, 2), 27, ZONE), date(2026, 11, 29), zone=ZONE)
    usage.receive_file(made.name, made.data, actor=actor)
    drain_jobs()
    extra = [
        Cdr(plan, service, quantity, start=f"2026-11-{29 + n // 40:02d} {n % 24:02d}:{7 * n % 60:02d}:11", party=party)
        for n, (plan, service, quantity, party) in enumerate(
            [(plan, "VOICE", 37 + 211 * k, US if k % 3 else NL) for k in range(9) for plan in plans]
            + [(plan, "DATA", 123_456_789 * (k + 1), "") for k in range(6) for plan in plans]
        )
    ]
    send(extra, actor, 2)
    drain_jobs()


def request(files: dict[str, str], **more: object) -> WhatIfRequest:
    given: dict[str, object] = {
        "name": "a cheaper plan", "start": START, "until": UNTIL, "files": files, "origin": "folder", **more,
    }  # fmt: skip
    return WhatIfRequest(**given)  # type: ignore[arg-type]  # made of known fields


def test_a_trial_is_what_really_rating_on_that_plan_gives(installation: object, actor: Actor) -> None:
    really: dict[str, tuple[int, ...]] = {}
    records: dict[str, dict[tuple[object, ...], tuple[object, ...]]] = {}
    for key in ("finch", "lark"):
        make_brand(installation, key, key.title())  # type: ignore[arg-type]  # the fixture's own type
        with brand_scope(key):
            open_with(draft() if key == "lark" else dict(read_folder(ROBIN)), actor)
            plans = people(actor)
            advance_clock(DECEMBER, actor=actor)
            use_much(plans, actor)
            if key == "finch":
                number = insight.start_what_if(request(draft()), actor=actor)
                drain_jobs()
                view = insight.what_if(number)
                assert (view.state, view.done, view.total, view.left_out) == ("done", 3, 3, 0)
                tried = {one.subscription: one for one in insight.what_if_lines(number)[0]}
                trials = {one.number: insight.trial_of(number, one.id) for one in plans}
                before = charging.usage_by_subscription([one.id for one in plans], NOVEMBER)
                ids = {one.number: one.id for one in plans}
            else:
                for plan in plans:
                    rows, count = charging.rated_usage(subscription_id=plan.id, period=NOVEMBER, limit=100_000)
                    assert count > 60
                    really[plan.number] = (
                        count,
                        sum(row.net.micros for row in rows),
                        sum(row.gross.micros for row in rows),
                        sum(row.cost.micros for row in rows if row.cost),
                    )
                    records[plan.number] = {
                        (row.record_key): (row.net.micros, row.gross.micros, row.cost, row.rule, dict(row.unit_takes))
                        for row in rows
                    }
    assert {name: (len(t.records), *sums(t)) for name, t in trials.items()} == really
    for name, trial in trials.items():
        assert {
            one.decided.record.key: (
                one.net,
                one.gross,
                money(one.cost.micros),
                ", ".join(dict.fromkeys(part.rule for part in one.decided.consumption.priced.parts)),
                dict(one.decided.consumption.unit_takes),
            )
            for one in trial.records
        } == records[name]
        line = tried[name]
        assert (line.records, line.unpriced) == (really[name][0], 0)
        assert line.cost.micros == really[name][3]
        fees = sum(fee.gross for fee in trial.fees)
        assert line.bill.micros == really[name][2] + fees
        assert line.cost_before.micros == before[ids[name]].cost
    assert view.after.usage_net == sum(one[1] for one in really.values())
    assert view.after.cost == sum(one[3] for one in really.values())
    assert view.after.bill == sum(line.bill.micros for line in tried.values())
    assert view.wins + view.loses + view.same == 3


def sums(trial: object) -> tuple[int, int, int]:
    records = trial.records  # type: ignore[attr-defined]  # a Trial
    return (
        sum(one.net for one in records),
        sum(one.gross for one in records),
        sum(one.cost.micros or 0 for one in records),
    )


def money(micros: int | None) -> object:
    from linehouse.kernel.money import Money

    return None if micros is None else Money(micros, "EUR")


@pytest.fixture
def month(brand: str, actor: Actor) -> list[ProductView]:
    """A month of use under the published catalogue, over."""
    open_with(dict(read_folder(ROBIN)), actor)
    plans = people(actor)
    advance_clock(DECEMBER, actor=actor)
    use_much(plans, actor)
    return plans


def test_the_published_plan_itself_changes_nothing(month: list[ProductView], actor: Actor) -> None:
    number = insight.start_what_if(request(dict(read_folder(ROBIN))), actor=actor)
    drain_jobs()
    view = insight.what_if(number)
    assert view.before == view.after
    assert (view.wins, view.loses, view.same) == (0, 0, 3)
    # Anna pays 18.00 for November and 9.95 once; Bart's cycle turns in mid month.
    fees = {one.subscription: insight.trial_of(number, one.subscription_id) for one in insight.what_if_lines(number)[0]}
    assert [(fee.key, fee.gross) for fee in fees[month[0].number].fees] == [
        ("monthly-fee", 18_000_000),
        ("activation-fee", 9_950_000),
    ]
    assert sum(bar.before for bar in insight.what_if_bars(number)) == 3
    assert all(bar.before == bar.after for bar in insight.what_if_bars(number))
    assert view.even.fee_same_revenue == view.even.fee_now


def test_break_even_prices_break_even(month: list[ProductView], actor: Actor) -> None:
    accounts = (month[0].billing_account_number,)
    number = insight.start_what_if(request(draft(), accounts=accounts), actor=actor)
    drain_jobs()
    view = insight.what_if(number)
    assert view.total == 1
    assert view.even.fee_now == 10_330_579
    assert view.even.fee_same_revenue is not None
    assert view.after.net - view.even.fee_now + view.even.fee_same_revenue == view.before.net
    assert view.even.fee_no_margin is not None
    assert view.after.net - view.even.fee_now + view.even.fee_no_margin == view.after.cost
    assert set(view.even.prices) <= {"voice", "data", "sms"}


def test_everybody_can_be_put_onto_one_plan(month: list[ProductView], actor: Actor) -> None:
    number = insight.start_what_if(request(dict(read_folder(ROBIN)), onto="robin-sim-only-20"), actor=actor)
    drain_jobs()
    lines = {one.subscription: one for one in insight.what_if_lines(number)[0]}
    pack = lines[month[2].number]
    assert (pack.offering_before, pack.offering_after) == ("robin-prepaid-start", "robin-sim-only-20")
    assert lines[month[0].number].difference.micros == 0
    only = insight.start_what_if(request(draft(), offering="robin-prepaid-start"), actor=actor)
    drain_jobs()
    assert [one.subscription for one in insight.what_if_lines(only)[0]] == [month[2].number]


def test_it_can_be_cancelled_and_goes_on_where_it_stopped(
    month: list[ProductView], actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if_run, "CHUNK", 1)
    number = insight.start_what_if(request(draft()), actor=actor)
    row = insight.what_if(number)
    what_if_run.go_on(row.id, 0, actor)
    insight.cancel_what_if(number, actor=actor)
    what_if_run.go_on(row.id, 1, actor)
    drain_jobs()
    assert (insight.what_if(number).state, insight.what_if(number).done) == ("cancelled", 1)
    with pytest.raises(WhatIfNotNow, match="cancelled"):
        insight.cancel_what_if(number, actor=actor)
    insight.resume_what_if(number, actor=actor)
    drain_jobs()
    view = insight.what_if(number)
    assert (view.state, view.done) == ("done", 3)
    again = insight.start_what_if(request(draft()), actor=actor)
    insight.finish_what_if(again, actor=actor)
    assert (insight.what_if(again).before, insight.what_if(again).after) == (view.before, view.after)
    assert [row.number for row in insight.what_ifs()[0]] == [again, number]


def test_lists_are_sorted_searched_and_exported(month: list[ProductView], actor: Actor) -> None:
    number = insight.start_what_if(request(draft()), actor=actor)
    drain_jobs()
    rows = insight.what_if_lines(number, sort="-difference")[0]
    assert [one.difference.micros for one in rows] == sorted((one.difference.micros for one in rows), reverse=True)
    assert [one.subscription for one in insight.what_if_lines(number, search=month[1].number)[0]] == [month[1].number]
    for sort in insight.SORTS:
        assert insight.what_if_lines(number, sort=sort)[1] == 3
    wins = insight.what_if_lines(number, outcome="wins")[1]
    loses = insight.what_if_lines(number, outcome="loses")[1]
    assert (wins, loses) == (insight.what_if(number).wins, insight.what_if(number).loses)
    table = [insight.csv_row(one) for one in insight.every_line(number)]
    assert all(len(row) == len(insight.CSV_HEAD) for row in table)
    assert len(table) == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"until": START}, "until"),
        ({"until": date(2027, 2, 1)}, "until"),
        ({"onto": "robin-booster-5gb"}, "onto"),
        ({"onto": "no-such"}, "onto"),
        ({"accounts": ("BA-999999",)}, "accounts"),
        ({"name": " "}, "name"),
    ],
)
def test_what_cannot_be_tried_is_refused(
    brand: str, actor: Actor, wrong: dict[str, object], field: str, advance: Callable[[datetime], object]
) -> None:
    open_with(dict(read_folder(ROBIN)), actor)
    advance(DECEMBER)
    with pytest.raises(WhatIfRefused) as refused:
        insight.start_what_if(request(dict(read_folder(ROBIN)), **wrong), actor=actor)
    assert refused.value.field == field
    with pytest.raises(WhatIfUnknown):
        insight.what_if("WI-0042")
