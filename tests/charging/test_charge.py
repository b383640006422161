"""Files come in and are charged: who pays, what the journal says, what goes to suspense."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from django.db import DatabaseError

from linehouse.balance import service as balance
from linehouse.balance.laws import buckets_are_in_the_journal, buckets_are_their_movements
from linehouse.balance.values import Grant, TaxedAt
from linehouse.charging import service as charging
from linehouse.charging.errors import AlreadyBilled, RatedUsageUnknown
from linehouse.charging.laws import unbilled_is_in_the_journal
from linehouse.inventory import service as inventory
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import Period
from linehouse.ledger import service as ledger
from linehouse.ledger.laws import trial_balance_is_zero
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import unit_of_work
from linehouse.rating.values import BucketKind
from linehouse.usage import service as usage
from linehouse.usage.values import UsageFilter
from tests.balance.house import activate, register
from tests.charging.host import MB, Cdr, send

GB = 10**9
NEXT_WEEK = datetime(2026, 11, 8, 8, tzinfo=UTC)
NL, DE, US = "0612345678", "004915112345678", "0012125550123"


@pytest.fixture(autouse=True)
def _verified(shop):
    yield
    for law in (
        buckets_are_their_movements,
        buckets_are_in_the_journal,
        unbilled_is_in_the_journal,
        trial_balance_is_zero,
    ):
        assert law().findings == ()


@pytest.fixture
def postpaid(actor, drain, advance):
    plan = activate(actor, register(actor), "robin-sim-only-20")
    advance(NEXT_WEEK)
    return plan


@pytest.fixture
def prepaid(actor, drain, advance):
    plan = activate(actor, register(actor, "Piet"), "robin-prepaid-start")
    advance(NEXT_WEEK)
    return plan


def rated(plan):
    return sorted(charging.rated_usage(subscription_id=plan.id)[0], key=lambda row: row.sequence)


class TestPostpaid:
    def test_allowances_pay_and_nothing_is_unbilled(self, postpaid, take, events):
        events()
        take(Cdr(postpaid, "VOICE", 61, party=NL), Cdr(postpaid, "DATA", 3 * GB), Cdr(postpaid, "SMS", 1, party=DE))
        assert events()[-1] == "charging.usage.rated"
        assert [(row.usage_type, row.amount.micros, row.group) for row in rated(postpaid)] == [
            ("voice", 0, "included"),
            ("data", 0, "included"),
            ("sms", 0, "included"),
        ]
        assert balance.bucket(f"{postpaid.number}/data/2026-11-01").used == 3 * GB
        assert ledger.balance("used/robin-sim-only-20/calls", "ms") == 120_000 - 59_000
        assert ledger.accounts("unbilled/") == []

    def test_what_no_allowance_covers_is_unbilled_without_tax(self, postpaid, take, events):
        take(Cdr(postpaid, "VOICE", 61, party=US))
        (row,) = rated(postpaid)
        assert (row.amount.micros, row.net.micros, row.gross.micros) == (1_000_000, 826_446, 1_000_000)
        assert (row.group, row.label["nl"]) == ("calls-abroad", "Bellen naar het buitenland")
        assert row.clause == "robin-standard v2026-11: world-1-calls"
        assert (row.peer, row.network, row.tax_code) == ("+12125550123", "204-04", "NL-21")
        assert ledger.balance(f"unbilled/{postpaid.billing_account_number}", "EUR") == 826_446
        assert ledger.balance("revenue/usage", "EUR") == 826_446
        assert [str(line) for line in charging.explain(row.record_id)[-2:]] == [
            "Total 1.00 EUR (tax included).",
            "Due with an invoice: 1.00 EUR.",
        ]

    def test_records_are_decided_in_the_order_of_their_events(self, postpaid, take):
        big, small = 19 * GB, 2 * GB
        take(
            Cdr(postpaid, "DATA", small, start="2026-11-02 12:00:00"),
            Cdr(postpaid, "DATA", big, start="2026-11-01 12:00:00"),
        )
        first, second = rated(postpaid)
        assert (first.quantity.amount, first.amount.micros) == (big, 0)
        # 1 GB of the second is covered, the other by the plan's own rate of € 0.004 per MB
        assert (second.quantity.amount, second.amount.micros) == (small, 4_000_000)
        assert second.covered_by == "20 GB in the Netherlands and the EU"
        assert second.group == "data"

    def test_a_pack_is_used_before_the_plan(self, postpaid, actor, drain, take):
        who = inventory.find_product(id=postpaid.id)
        pack = activate(actor, _same_customer(who), "robin-booster-5gb", plan=postpaid.id)
        drain()
        take(Cdr(postpaid, "DATA", 4 * GB, start="2026-11-08 09:00:00"))
        assert balance.bucket(f"{postpaid.number}/{pack.number}/data").used == 4 * GB
        assert balance.bucket(f"{postpaid.number}/data/2026-11-01").used == 0

    def test_roaming_and_incoming(self, postpaid, take):
        take(
            Cdr(postpaid, "VOICE", 61, party="+31612345678", direction="IN", plmn="228-01"),
            Cdr(postpaid, "DATA", MB, plmn="310-410"),
            Cdr(postpaid, "VOICE", 600, party="+31612345678", direction="IN", plmn="208-01"),
        )
        assert [row.amount.micros for row in rated(postpaid)] == [980_000, 250_000, 0]
        assert {row.network_zone for row in rated(postpaid)} == {"roaming-1", "roaming-union"}

    def test_late_usage_takes_from_the_period_in_which_it_was_used(self, postpaid, take, advance):
        advance(datetime(2026, 12, 3, 8, tzinfo=UTC))
        take(Cdr(postpaid, "DATA", GB, start="2026-11-30 22:00:00"))
        assert rated(postpaid)[0].amount.micros == 0
        november = balance.bucket(f"{postpaid.number}/data/2026-11-01")
        assert (november.used, november.expired) == (GB, 19 * GB)
        assert balance.bucket(f"{postpaid.number}/data/2026-12-01").used == 0


def _same_customer(plan):
    from linehouse.customer.values import CustomerRegistered

    return CustomerRegistered(
        customer_id=plan.customer_id,
        customer_number=f"of-{plan.number}",
        billing_account_id=plan.billing_account_id,
        billing_account_number=plan.billing_account_number,
        party_id=new_id(),
    )


class TestPrepaid:
    def test_included_credit_is_used_up_and_is_neither_revenue_nor_tax_again(self, prepaid, take):
        take(Cdr(prepaid, "VOICE", 61, party=US))
        assert rated(prepaid)[0].amount.micros == 1_000_000
        assert balance.bucket(f"{prepaid.number}/start-credit").left == 4_000_000
        assert ledger.balance("used/robin-prepaid-start/start-credit", "EUR") == 1_000_000
        assert ledger.balance("revenue/usage", "EUR") == 0
        assert charging.unbilled(prepaid.billing_account_id, NEXT_WEEK) == []

    def test_bought_credit_becomes_revenue_and_tax_when_used(self, prepaid, actor, take):
        main = balance.bucket(f"{prepaid.number}/main")
        bought = Grant(
            ref=f"{prepaid.number}/topup-1",
            owner=main.owner,
            product_id=prepaid.id,
            kind=BucketKind.MAIN,
            asset="EUR",
            amount=10_000_000,
            valid=Period(datetime(2026, 11, 1, tzinfo=UTC)),
            source="top-up/voucher",
            catalog_version=1,
            priority=1,
            taxed_at=TaxedAt.USE,
        )
        balance.grant([bought], actor=actor)
        take(Cdr(prepaid, "VOICE", 61, party=US))
        assert ledger.balance("revenue/usage", "EUR") == 826_446
        assert ledger.balance("tax/NL-21", "EUR") == 173_554
        assert ledger.balance(f"prepaid/{prepaid.number}/topup-1", "EUR") == 9_000_000

    def test_a_balance_is_debited_as_far_as_it_goes_and_never_below_zero(self, prepaid, take, events):
        events()
        take(Cdr(prepaid, "VOICE", 660, party=US))
        (row,) = rated(prepaid)
        assert (row.amount.micros, row.uncollected.micros) == (5_000_000, 500_000)
        assert balance.bucket(f"{prepaid.number}/start-credit").left == 0
        assert "balance.bucket.used_up" in events()
        assert str(charging.explain(row.record_id)[-1]) == "Nobody could pay 0.50 EUR: uncollected usage."


class TestSuspense:
    def test_what_has_no_price_waits_and_comes_round_again(self, postpaid, take, actor, drain, events):
        events()
        file_id = take(Cdr(postpaid, "VOICE", 61, party="0906123456"), Cdr(postpaid, "DATA", MB, plmn="901-12"))
        assert rated(postpaid) == []
        waiting, _ = usage.list_suspense(file_id=file_id)
        assert sorted(row.reason for row in waiting) == ["blocked", "unrated"]
        assert events()[-1] == "charging.usage.rated"
        data = next(row for row in waiting if row.reason == "unrated")
        usage.correct(data.id, {"plmn": "204-04"}, actor=actor, reason="a ship in harbour")
        usage.resubmit(data.id, actor=actor)
        drain()
        (row,) = rated(postpaid)
        assert (row.usage_type, row.group) == ("data", "included")
        assert usage.reconcile(file_id) is not None


class TestOnce:
    def test_charging_twice_changes_nothing(self, postpaid, take, actor, events):
        file_id = take(Cdr(postpaid, "VOICE", 61, party=US))
        before = ledger.ledger_hash()
        events()
        assert charging.charge_file(file_id, actor=actor) is None
        assert (ledger.ledger_hash(), events()) == (before, [])

    def test_a_failure_leaves_nothing_behind(self, postpaid, actor, drain, monkeypatch):
        before = ledger.ledger_hash()
        file_id = send([Cdr(postpaid, "DATA", GB), Cdr(postpaid, "VOICE", 61, party=US)], actor)
        usage.process_file(file_id, actor=actor)
        with monkeypatch.context() as broken:
            broken.setattr(usage, "mark_rated", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                charging.charge_file(file_id, actor=actor)
        assert (rated(postpaid), ledger.ledger_hash()) == ([], before)
        assert balance.bucket(f"{postpaid.number}/data/2026-11-01").used == 0
        drain()
        assert len(rated(postpaid)) == 2

    def test_rated_usage_is_never_changed(self, postpaid, take):
        take(Cdr(postpaid, "VOICE", 61, party=US))
        with pytest.raises(DatabaseError, match="append-only"), brand_cursor() as cursor:
            cursor.execute("UPDATE charging_rated_usage SET amount = 0")

    def test_statements_do_not_grow_with_the_number_of_records(self, postpaid, actor, drain):
        from django.db import connections
        from django.test.utils import CaptureQueriesContext

        counts = []
        for number, many in ((1, 3), (2, 40)):
            starts = [f"2026-11-0{number} 12:{minute:02d}:00" for minute in range(many)]
            cdrs = [Cdr(postpaid, "VOICE", 60 + n, start=start, party=US) for n, start in enumerate(starts)]
            file_id = send(cdrs, actor, number)
            usage.process_file(file_id, actor=actor)
            with CaptureQueriesContext(connections["robin"]) as seen:
                charging.charge_file(file_id, actor=actor)
            counts.append(len(seen))
            drain()
        assert counts[0] == counts[1] < 60


class TestBilled:
    def test_a_record_stands_on_one_invoice(self, postpaid, take, actor):
        take(Cdr(postpaid, "VOICE", 61, party=US), Cdr(postpaid, "VOICE", 30, start="2026-11-02 12:00:00", party=US))
        account = postpaid.billing_account_id
        items = charging.unbilled(account, datetime(2026, 11, 2, tzinfo=UTC))
        assert [row.quantity.amount for row in items] == [61_000]
        with unit_of_work(actor, "invoice"):
            charging.mark_billed([items[0].record_id], "INV-000001", actor=actor)
            # What billing posts: the accrued net leaves the unbilled account.
            from linehouse.ledger.values import Entry, Transfer

            unbilled_account = f"unbilled/{postpaid.billing_account_number}"
            ledger.post(Entry("invoice:INV-000001", (Transfer("receivable/BA", unbilled_account, 826_446, "EUR"),)))
        charging.mark_billed([items[0].record_id], "INV-000001", actor=actor)
        with pytest.raises(AlreadyBilled):
            charging.mark_billed([items[0].record_id], "INV-000002", actor=actor)
        assert charging.rated_record(items[0].record_id).invoice == "INV-000001"
        assert len(charging.unbilled(account, NEXT_WEEK)) == 1
        assert usage.list_usage(UsageFilter(states=("billed",)))[1] == 1

    def test_sums_by_type(self, postpaid, take):
        take(Cdr(postpaid, "VOICE", 61, party=US), Cdr(postpaid, "VOICE", 60, party=NL), Cdr(postpaid, "DATA", GB))
        sums = {
            (one.usage_type, one.direction): (one.records, one.quantity.amount, one.amount.micros, one.covered)
            for one in charging.usage_sums(postpaid.id, Period(datetime(2026, 11, 1, tzinfo=UTC), NEXT_WEEK))
        }
        assert sums == {("voice", "out"): (2, 121_000, 1_000_000, 1), ("data", "out"): (1, GB, 0, 1)}

    def test_an_unknown_record_is_said_so(self):
        with pytest.raises(RatedUsageUnknown):
            charging.explain(new_id())


def test_two_equal_runs_give_the_same_ledger(installation, actor):
    from datetime import timedelta

    from linehouse.platform.advance import advance as advance_clock
    from linehouse.platform.runner import drain as drain_jobs
    from linehouse.platform.scope import brand_scope
    from tests.balance.house import open_shop
    from tests.charging.conftest import FEEDS
    from tests.conftest import START, make_brand

    hashes = []
    for key in ("finch", "lark"):
        make_brand(installation, key, key.title())
        with brand_scope(key):
            open_shop(actor)
            usage.apply_feeds(FEEDS, actor=actor)
            plan = activate(actor, register(actor), "robin-sim-only-20")
            drain_jobs()
            advance_clock(START + timedelta(days=40), actor=actor)
            send([Cdr(plan, "DATA", 3 * GB), Cdr(plan, "VOICE", 61, party=US)], actor)
            drain_jobs()
            assert Fraction(ledger.balance("revenue/usage", "EUR")) == 826_446
            hashes.append(ledger.ledger_hash())
    assert hashes[0] == hashes[1]


def test_days_of_simulated_usage_from_home_and_abroad_add_up(shop, actor, drain, advance, events):
    from datetime import date
    from zoneinfo import ZoneInfo

    from linehouse.simulators.cdr_feed.host_csv import host_csv
    from linehouse.simulators.cdr_feed.roaming_tap import roaming_tap
    from linehouse.simulators.cdr_feed.usage import Subscriber, make_usage

    people = [activate(actor, register(actor, name), "robin-sim-only-20") for name in ("Anna", "Bart")]
    people.append(activate(actor, register(actor, "Cees"), "robin-prepaid-start"))
    advance(NEXT_WEEK)
    subscribers = [Subscriber(one.imsi.digits, one.msisdn.digits) for one in people if one.imsi and one.msisdn]
    assert len(subscribers) == 3
    zone = ZoneInfo("Europe/Amsterdam")
    made = [
        host_csv(make_usage("home", subscribers, date(2026, 11, 2), 3, zone), date(2026, 11, 5), zone=zone),
        roaming_tap(
            make_usage("away", subscribers, date(2026, 11, 5), 2, zone),
            datetime(2026, 11, 7, 6, tzinfo=UTC),
            sender="DEUD2",
            recipient="NLDRM",
            number=1,
            zone=zone,
        ),
    ]
    for one in made:
        file_id = usage.receive_file(one.name, one.data, actor=actor)
        events()
        drain()
        assert events()[-1] == "charging.usage.rated"
        total = charging.rated_usage(account_id=None, limit=10_000)[0]
        here = [row for row in total if row.file_id == file_id]
        waiting, suspended = usage.list_suspense(file_id=file_id)
        assert here
        assert {row.reason for row in waiting} <= {"unrated", "blocked"}
        assert usage.find_file(file_id).normalised == len(here) + suspended
