"""Granting, using, expiring, granting anew: with the database, the journal and the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError

from linehouse.balance import service as balance
from linehouse.balance.errors import BucketOverdrawn, BucketUnknown, GrantDiffers
from linehouse.balance.laws import buckets_are_in_the_journal, buckets_are_their_movements
from linehouse.balance.values import BucketUse, Grant, Owner, use_transfers
from linehouse.inventory import service as inventory
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import Period
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import unit_of_work
from linehouse.rating.values import BucketKind
from tests.balance.house import activate, register

GB = 10**9
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
DECEMBER = datetime(2026, 11, 30, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _verified(shop):
    yield
    for law in (buckets_are_their_movements, buckets_are_in_the_journal):
        assert law().findings == ()


def left(plan, at=START):
    return {bucket.ref: bucket.left for bucket in balance.buckets_of(plan.id, at)}


def use(ref, amount, key, actor):
    """Take from a bucket and book it, as charging does."""
    with unit_of_work(actor, "test") as work:
        bucket = balance.bucket(ref)
        held = balance.lock_buckets([bucket.owner.subscription_id], START, work.now)
        bucket = next(b for b in held[bucket.owner.subscription_id] if b.ref == ref)
        rest = None if bucket.unlimited else bucket.left_for_its_time - amount
        balance.book_uses([BucketUse(bucket=bucket, amount=amount, key=key, cause=key, record_id=new_id(), left=rest)])
        ledger.post(Entry(key, use_transfers(bucket, amount)))


class TestActivation:
    def test_a_postpaid_plan_grants_its_first_period_in_full(self, actor, drain, events):
        plan = activate(actor, register(actor), "robin-sim-only-20")
        events()
        drain()
        assert left(plan) == {
            f"{plan.number}/calls/2026-11-01": None,
            f"{plan.number}/data/2026-11-01": 20 * GB,
            f"{plan.number}/messages/2026-11-01": None,
        }
        assert events().count("balance.bucket.granted") == 3
        assert ledger.balance(f"allowance/{plan.number}/data/2026-11-01", "octet") == 20 * GB
        assert ledger.balance("granted/robin-sim-only-20/data", "octet") == 20 * GB

    def test_a_prepaid_plan_grants_units_credit_and_an_empty_main_balance(self, actor, drain):
        plan = activate(actor, register(actor), "robin-prepaid-start")
        drain()
        assert left(plan) == {
            f"{plan.number}/data": 5 * GB,
            f"{plan.number}/minutes": 200 * 60_000,
            f"{plan.number}/messages": 100,
            f"{plan.number}/start-credit": 5_000_000,
            f"{plan.number}/main": 0,
        }
        assert balance.bucket(f"{plan.number}/data").valid.end == START + timedelta(days=30)
        assert ledger.balance(f"prepaid/{plan.number}/start-credit", "EUR") == 5_000_000

    def test_a_pack_belongs_to_the_plan_and_is_used_first(self, actor, drain):
        who = register(actor)
        plan = activate(actor, who, "robin-sim-only-20")
        pack = activate(actor, who, "robin-booster-5gb", plan=plan.id)
        drain()
        data = [bucket for bucket in balance.buckets_of(plan.id, START) if bucket.asset == "octet"]
        assert [bucket.ref for bucket in data] == [
            f"{plan.number}/{pack.number}/data",
            f"{plan.number}/data/2026-11-01",
        ]
        assert {bucket.owner.customer_id for bucket in balance.buckets_of_customer(who.customer_id, START)} == {
            who.customer_id
        }


class TestTurns:
    def test_a_new_cycle_expires_the_old_and_grants_the_new(self, actor, drain, advance, events):
        plan = activate(actor, register(actor), "robin-sim-only-20")
        drain()
        use(f"{plan.number}/data/2026-11-01", 8 * GB, "use-1", actor)
        events()
        advance(DECEMBER)
        names = events()
        assert names.count("balance.bucket.granted") == 3
        assert names.count("balance.bucket.expired") == 1
        old = balance.bucket(f"{plan.number}/data/2026-11-01")
        assert (old.left, old.expired, old.left_for_its_time) == (0, 12 * GB, 12 * GB)
        assert left(plan, DECEMBER)[f"{plan.number}/data/2026-12-01"] == 20 * GB
        assert ledger.balance("expired/robin-sim-only-20/data", "octet") == 12 * GB
        advance(datetime(2027, 2, 28, 23, tzinfo=UTC))
        assert left(plan, datetime(2027, 3, 1, tzinfo=UTC))[f"{plan.number}/data/2027-03-01"] == 20 * GB

    def test_late_usage_still_takes_from_the_bucket_of_its_time(self, actor, drain, advance):
        plan = activate(actor, register(actor), "robin-sim-only-20")
        drain()
        advance(DECEMBER + timedelta(days=2))
        ref = f"{plan.number}/data/2026-11-01"
        use(ref, 3 * GB, "late", actor)
        bucket = balance.bucket(ref)
        assert (bucket.used, bucket.expired, bucket.left) == (3 * GB, 17 * GB, 0)
        assert ledger.balance("used/robin-sim-only-20/data", "octet") == 3 * GB
        assert ledger.balance("expired/robin-sim-only-20/data", "octet") == 17 * GB
        kinds = [movement.kind.value for movement in balance.movements_of(bucket.id)[0]]
        assert kinds == ["late-use", "expire", "grant"]

    def test_a_cycle_day_in_the_middle(self, actor, drain, advance):
        plan = activate(actor, register(actor, cycle_day=15), "robin-sim-only-20")
        drain()
        assert balance.bucket(f"{plan.number}/data/2026-11-01").valid.end == datetime(2026, 11, 14, 23, tzinfo=UTC)
        advance(datetime(2026, 11, 15, 8, tzinfo=UTC))
        assert left(plan, datetime(2026, 11, 16, tzinfo=UTC))[f"{plan.number}/data/2026-11-15"] == 20 * GB

    def test_a_prepaid_pack_ends_to_the_second(self, actor, drain, advance):
        plan = activate(actor, register(actor), "robin-prepaid-start")
        drain()
        advance(START + timedelta(days=30) - timedelta(microseconds=1))
        assert balance.bucket(f"{plan.number}/data").closed_at is None
        advance(START + timedelta(days=30))
        assert balance.bucket(f"{plan.number}/data").closed_at == START + timedelta(days=30)
        assert balance.bucket(f"{plan.number}/start-credit").left == 5_000_000

    def test_a_terminated_plan_gets_nothing_more(self, actor, drain, advance):
        plan = activate(actor, register(actor), "robin-sim-only-20")
        drain()
        advance(datetime(2026, 11, 10, 12, tzinfo=UTC))
        inventory.terminate_product(plan.id, actor=actor)
        drain()
        assert left(plan, datetime(2026, 11, 11, tzinfo=UTC)) == {}
        assert balance.bucket(f"{plan.number}/data/2026-11-01").expired == 20 * GB
        advance(datetime(2027, 1, 10, tzinfo=UTC))
        assert [bucket.ref[-10:] for bucket in balance.buckets_of(plan.id)] == ["2026-11-01"] * 3


class TestSafety:
    def grant(self, **more):
        owner = Owner(
            customer_id=new_id(), subscription_id=new_id(), subscription="P-9", account_id=new_id(), account="BA-9"
        )
        return Grant(
            **{
                "ref": "P-9/x",
                "owner": owner,
                "product_id": new_id(),
                "kind": BucketKind.UNITS,
                "asset": "sms",
                "amount": 10,
                "valid": Period(START),
                "source": "o/x",
                "catalog_version": 1,
                **more,
            }
        )

    def test_the_same_grant_twice_is_one(self, actor):
        once = self.grant()
        assert balance.grant([once], actor=actor) == 1
        assert balance.grant([once], actor=actor) == 0
        with pytest.raises(GrantDiffers):
            balance.grant([replace(once, valid=Period(START + timedelta(days=1)))], actor=actor)
        assert balance.bucket("P-9/x").left == 10

    def test_a_bucket_is_never_overdrawn(self, actor, events):
        balance.grant([self.grant()], actor=actor)
        use("P-9/x", 10, "all", actor)
        assert "balance.bucket.used_up" in events()
        with pytest.raises(BucketOverdrawn):
            use("P-9/x", 1, "one more", actor)
        assert balance.bucket("P-9/x").used == 10

    def test_a_movement_happens_once(self, actor):
        balance.grant([self.grant()], actor=actor)
        use("P-9/x", 3, "same", actor)
        with pytest.raises(IntegrityError):
            use("P-9/x", 3, "same", actor)
        assert balance.bucket("P-9/x").used == 3

    def test_money_can_be_given_back(self, actor):
        balance.grant([self.grant(kind=BucketKind.MAIN, asset="EUR", amount=1_000_000)], actor=actor)
        use("P-9/x", 400_000, "paid", actor)
        use("P-9/x", -100_000, "corrected", actor)
        assert balance.bucket("P-9/x").left == 700_000

    def test_movements_are_never_changed(self, actor):
        balance.grant([self.grant()], actor=actor)
        with pytest.raises(DatabaseError, match="append-only"), unit_of_work(actor), brand_cursor() as cursor:
            cursor.execute("UPDATE balance_movement SET amount = 1")

    def test_an_unknown_bucket_is_said_so(self):
        with pytest.raises(BucketUnknown):
            balance.bucket("nobody/knows")


def test_another_brand_sees_nothing(actor, drain, second_brand):
    from linehouse.platform.scope import brand_scope

    plan = activate(actor, register(actor), "robin-sim-only-20")
    drain()
    with brand_scope(second_brand):
        assert balance.buckets_of(plan.id) == ()
