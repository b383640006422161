"""A plan tried on usage of the past gives what really rating that usage on that plan gives, to the last micro-unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.insight import service as insight
from linehouse.insight.errors import WhatIfNotNow, WhatIfRefused, WhatIfUnknown
from linehouse.insight.service import what_if_run
from linehouse.inventory.values import ProductView
from linehouse.platform.advance import advance as advance_clock
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.runner import drain as drain_jobs
from linehouse.platform.scope import brand_scope
from linehouse.platform.work import Actor
from tests.conftest import make_brand
from tests.insight.months import DECEMBER, NOVEMBER, ROBIN, START, draft, open_with, people, request, use_much


@pytest.fixture(autouse=True)
def _only_our_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other rooms make of the same events is their tests' business."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])


def test_a_trial_is_what_really_rating_on_that_plan_gives(installation: object, actor: Actor) -> None:
    really: dict[str, tuple[int, ...]] = {}
    records: dict[str, dict[str, tuple[object, ...]]] = {}
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


def test_a_balance_that_runs_dry_runs_dry_on_the_plan_too(brand: str, actor: Actor) -> None:
    open_with(dict(read_folder(ROBIN)), actor)
    plans = people(actor, topped_up=2_000_000)
    advance_clock(DECEMBER, actor=actor)
    use_much(plans, actor)
    number = insight.start_what_if(request(dict(read_folder(ROBIN))), actor=actor)
    drain_jobs()
    view = insight.what_if(number)
    assert view.before.uncollected > 0
    assert view.before == view.after
    dearer = insight.start_what_if(request(dict(read_folder(ROBIN)), onto="robin-prepaid-start"), actor=actor)
    drain_jobs()
    assert {one.offering_after for one in insight.what_if_lines(dearer)[0]} == {"robin-prepaid-start"}
    assert insight.what_if(dearer).after.uncollected == view.before.uncollected


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


MINIMUM = """prices:
  - {price: minimum-use, text: {nl: Minimaal verbruik, en: Minimum use}, amount: 500.00, every: 1 month,
     due: in-arrears, minimum-of: usage, tax: standard, ledger: minimum}
"""


def with_minimum() -> dict[str, str]:
    files = dict(read_folder(ROBIN))
    path = "catalog/robin-sim-only-20.yaml"
    files[path] = files[path].replace("prices:\n", MINIMUM, 1).partition("examples:")[0]
    return files


def test_of_a_minimum_what_is_missing_counts(month: list[ProductView], actor: Actor) -> None:
    accounts = (month[0].billing_account_number,)
    number = insight.start_what_if(request(with_minimum(), accounts=accounts), actor=actor)
    drain_jobs()
    (line,) = insight.what_if_lines(number)[0]
    trial = insight.trial_of(number, line.subscription_id)
    used = sum(one.gross for one in trial.records)
    assert 0 < used < 500_000_000
    # With what is missing, usage comes to 500.00; what is missing is rounded to the cent.
    (missing,) = [fee.gross for fee in trial.fees if fee.key == "minimum-use"]
    assert abs(missing + used - 500_000_000) <= 5_000
    assert line.difference.micros == missing


def test_a_minimum_that_is_published_changes_nothing_when_it_is_tried(brand: str, actor: Actor) -> None:
    open_with(with_minimum(), actor)
    plans = people(actor)
    advance_clock(DECEMBER, actor=actor)
    use_much(plans, actor)
    number = insight.start_what_if(request(with_minimum()), actor=actor)
    drain_jobs()
    view = insight.what_if(number)
    assert view.before == view.after
    assert view.even.fee_same_revenue == view.even.fee_now


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
