"""Rating again: what would differ, and that nothing moves."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from linehouse.balance import service as balance
from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.charging.errors import PeriodHasNoEnd
from linehouse.charging.service import Wanted, rerating_difference
from linehouse.kernel.period import Period
from linehouse.ledger import service as ledger
from linehouse.run.commands import rate
from tests.balance.house import activate, register
from tests.charging.conftest import FEEDS
from tests.charging.host import Cdr

GB = 10**9
US = "0012125550123"
THREE_DAYS = Period(datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC))


@pytest.fixture
def postpaid(shop, actor, drain, advance):
    plan = activate(actor, register(actor), "robin-sim-only-20")
    advance(datetime(2026, 11, 8, 8, tzinfo=UTC))
    return plan


@pytest.fixture
def corrected(shop, actor):
    """A version whose calls to the United States cost € 0.40 a minute; it was € 0.50."""

    def publish() -> int:
        files = dict(read_folder(FEEDS.parent))
        path = "tariffs/robin-standard.yaml"
        old = "- {price: 0.50, unit: 1 min, block: 60 s}"
        assert old in files[path]
        text = files[path].replace(old, old.replace("0.50", "0.40"), 1)
        for said, now in (
            ("61 s to +447400123456 costs 1.00", "61 s to +447400123456 costs 0.80"),
            ("61 s to +12125550123 costs 1.00", "61 s to +12125550123 costs 0.80"),
            ("1 min to +14165550123 costs 0.50", "1 min to +14165550123 costs 0.40"),
        ):
            assert said in text
            text = text.replace(said, now)
        files[path] = text
        return catalog.apply_texts(files, actor=actor, base_version=1).number

    return publish


def calls(plan):
    return [Cdr(plan, "VOICE", 61, start=f"2026-11-0{day} 12:00:00", party=US) for day in (1, 2, 3, 4, 5)]


def test_data_that_did_not_change_make_no_difference(postpaid, take):
    take(*calls(postpaid), Cdr(postpaid, "DATA", 19 * GB), Cdr(postpaid, "DATA", 2 * GB, start="2026-11-01 11:00:00"))
    take(Cdr(postpaid, "DATA", 2 * GB, start="2026-11-01 10:00:00"), number=2)
    found = rerating_difference(Wanted(Period(datetime(2026, 11, 1, tzinfo=UTC), THREE_DAYS.end)))
    assert (found.looked_at, found.changed, found.sums, found.totals) == (8, (), (), {})


def test_a_wrong_rate_on_three_days_is_what_the_hand_says(postpaid, take, corrected):
    take(*calls(postpaid))
    before = (ledger.balance("revenue/usage", "EUR"), len(charging.rated_usage(subscription_id=postpaid.id)[0]))
    version = corrected()
    found = rerating_difference(Wanted(THREE_DAYS, catalog_version=version))
    # three calls of 61 s are 2 started minutes each: 3 × 2 × (0.40 − 0.50); the fourth is looked at and keeps its price
    assert (found.looked_at, len(found.changed), found.totals) == (4, 3, {"EUR": -600_000})
    (row,) = found.sums
    assert (row.subscription, row.rule, row.before, row.after) == (
        postpaid.number,
        "world-1-calls",
        3_000_000,
        2_400_000,
    )
    assert rerating_difference(Wanted(THREE_DAYS)).totals == {}
    after = (ledger.balance("revenue/usage", "EUR"), len(charging.rated_usage(subscription_id=postpaid.id)[0]))
    assert after == before


def test_what_stands_on_an_invoice_is_told_and_left_alone(postpaid, take, corrected, actor):
    take(*calls(postpaid))
    first = min(charging.rated_usage(period=THREE_DAYS)[0], key=lambda row: row.sequence)
    charging.mark_billed([first.record_id], "INV-1", actor=actor)
    found = rerating_difference(Wanted(THREE_DAYS, catalog_version=corrected()))
    assert found.billed == {"EUR": (1, 1_000_000)}
    assert found.totals == {"EUR": -400_000}


def test_the_order_of_events_gives_its_own_difference(postpaid, take):
    """Told late, 2 GB of the day before found 1 GB left; by the order of events the 19 GB would have run short."""
    take(Cdr(postpaid, "DATA", 19 * GB, start="2026-11-03 12:00:00"))
    take(Cdr(postpaid, "DATA", 2 * GB, start="2026-11-02 12:00:00"), number=2)
    assert rerating_difference(Wanted(THREE_DAYS)).changed == ()
    found = rerating_difference(Wanted(THREE_DAYS, order="event"))
    assert [(one.before.amount.micros, one.amount) for one in found.changed] == [(4_000_000, 0), (0, 4_000_000)]
    assert found.totals == {"EUR": 0}
    assert balance.bucket(f"{postpaid.number}/data/2026-11-01").used == 20 * GB


def test_a_period_needs_an_end_and_subscriptions_can_be_named(postpaid, take, corrected):
    take(*calls(postpaid))
    with pytest.raises(PeriodHasNoEnd):
        rerating_difference(Wanted(Period(THREE_DAYS.start)))
    version = corrected()
    assert rerating_difference(Wanted(THREE_DAYS, "", ("another",), catalog_version=version)).looked_at == 0
    assert rerating_difference(Wanted(THREE_DAYS, "another", catalog_version=version)).looked_at == 0
    mine = Wanted(THREE_DAYS, "robin-sim-only", (postpaid.number,), catalog_version=version)
    assert rerating_difference(mine).totals == {"EUR": -600_000}
    head, *rows = rerating_difference(mine).as_rows()
    assert head[0] == "sequence"
    assert [row[-2:] for row in rows] == [("1000000", "800000")] * 3


def test_the_command_tells_the_difference_and_writes_the_records(postpaid, take, corrected, monkeypatch, tmp_path):
    take(*calls(postpaid))
    version = corrected()
    monkeypatch.setattr(rate, "brand_at_work", nullcontext)
    file = tmp_path / "difference.csv"
    words = ["difference", "--from", "2026-11-02", "--to", "2026-11-05", "--with-version", str(version), "--csv", file]
    done = CliRunner().invoke(rate.command, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.output.splitlines()[-2:] == ["4 records rated again, 3 differ.", "Difference: -0.60 EUR."]
    assert len(file.read_text().splitlines()) == 4
