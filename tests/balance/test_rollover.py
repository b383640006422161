"""What is left at the turn of a period moves on: how much, until when, in which order it is used, and only once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from linehouse.balance import service as balance
from linehouse.balance import store
from linehouse.balance.laws import buckets_are_in_the_journal, buckets_are_their_movements, parts_are_the_whole
from linehouse.balance.service.turn import close, turn
from linehouse.balance.values import BucketUse, use_transfers
from linehouse.catalog import service as catalog
from linehouse.inventory import service as inventory
from linehouse.kernel.ids import new_id
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry
from linehouse.platform.work import unit_of_work
from tests.balance.house import activate, family_files, register, sell_to_families

GB = 10**9
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
DECEMBER = datetime(2026, 11, 30, 23, tzinfo=UTC)
JANUARY = datetime(2026, 12, 31, 23, tzinfo=UTC)
FAMILY = "robin-family-50"


@pytest.fixture(autouse=True)
def _verified(shop, actor):
    sell_to_families(actor)
    yield
    for law in (buckets_are_their_movements, buckets_are_in_the_journal, parts_are_the_whole):
        assert law().findings == ()


def use(ref: str, amount: int, key: str, actor, at: datetime = START) -> None:
    """Take from a bucket and book it, as charging does."""
    with unit_of_work(actor, "test") as work:
        owner = balance.bucket(ref).owner
        held = balance.lock_buckets([owner.subscription_id], at, work.now)[owner.subscription_id]
        bucket = next(one for one in held if one.ref == ref)
        rest = (bucket.left_for_its_time or 0) - amount
        balance.book_uses([BucketUse(bucket=bucket, amount=amount, key=key, cause=key, record_id=new_id(), left=rest)])
        ledger.post(Entry(key, use_transfers(bucket, amount)))


def publish(actor, rollover: str) -> None:
    """Robin's family plan with another rule, and without a cap."""
    files = family_files()
    path = "catalog/robin-family-50.yaml"
    before = "    rollover: {min: 1 GB, max: 25 GB, lasts: 1 month}\n"
    assert before in files[path]
    files[path] = files[path].replace(before, f"    rollover: {rollover}\n")
    files[path] = files[path].replace("    cap-per-member: 30 GB\n", "")
    catalog.apply_texts(files, actor=actor, base_version=2)


def figures(ref: str) -> tuple[int | None, int, int, int]:
    found = balance.bucket(ref)
    return found.granted, found.used, found.rolled, found.expired


def test_the_rest_moves_on_up_to_the_maximum_and_the_rest_of_the_rest_expires(actor, drain, advance, events) -> None:
    plan = activate(actor, register(actor), FAMILY)
    drain()
    november = f"{plan.number}/data/2026-11-01"
    use(november, 20 * GB, "u1", actor)
    events()
    advance(DECEMBER)
    names = events()
    assert names.count("balance.bucket.rolled_over") == 1
    assert figures(november) == (50 * GB, 20 * GB, 25 * GB, 5 * GB)
    rest = balance.bucket(f"{november}/rollover")
    assert (rest.left, rest.valid.start, rest.valid.end) == (25 * GB, DECEMBER, JANUARY)
    assert rest.terms.rollover is None
    kinds = [one.kind.value for one in balance.movements_of(balance.bucket(november).id)[0]]
    assert kinds == ["expire", "rollover", "use", "grant"]
    assert ledger.balance(f"allowance/{november}", "octet") == 0
    assert ledger.balance(f"allowance/{november}/rollover", "octet") == 25 * GB
    assert ledger.balance("expired/robin-family-50/data", "octet") == 5 * GB
    assert ledger.balance("granted/robin-family-50/data", "octet") == 100 * GB


def test_it_is_used_before_what_was_granted_anew_and_expires_once(actor, drain, advance) -> None:
    plan = activate(actor, register(actor), FAMILY)
    drain()
    advance(DECEMBER)
    data = [one for one in balance.buckets_of(plan.id, DECEMBER) if one.asset == "octet"]
    assert [one.ref for one in data] == [
        f"{plan.number}/data/2026-11-01/rollover",
        f"{plan.number}/data/2026-12-01",
    ]
    use(data[0].ref, 10 * GB, "u1", actor, DECEMBER)
    advance(JANUARY)
    assert figures(data[0].ref) == (25 * GB, 10 * GB, 0, 15 * GB)
    assert figures(f"{plan.number}/data/2026-12-01/rollover") == (25 * GB, 0, 0, 0)
    refs = {one.ref for one in balance.buckets_of(plan.id)}
    assert not any(ref.endswith("/rollover/rollover") for ref in refs)


@pytest.mark.parametrize(
    ("rule", "used", "rolled", "expired", "until"),
    [
        ("{min: 1 GB, max: 25 GB, lasts: 1 month}", 49 * GB + 1, 0, GB - 1, None),
        ("{min: 1 GB, max: 25 GB, lasts: 1 month}", 49 * GB, GB, 0, JANUARY),
        ("{}", 0, 50 * GB, 0, JANUARY),
        ("{lasts: 2 weeks}", 1, 50 * GB - 1, 0, datetime(2026, 12, 14, 23, tzinfo=UTC)),
        ("{max: 3 GB, lasts: 3 months}", 0, 3 * GB, 47 * GB, datetime(2027, 2, 28, 23, tzinfo=UTC)),
        ("none", 0, 0, 50 * GB, None),
        ("{}", 50 * GB, 0, 0, None),
    ],
)
def test_rules(actor, drain, advance, rule, used, rolled, expired, until) -> None:
    publish(actor, rule)
    plan = activate(actor, register(actor), FAMILY)
    drain()
    november = f"{plan.number}/data/2026-11-01"
    if used:
        use(november, used, "u1", actor)
    advance(DECEMBER)
    assert figures(november) == (50 * GB, used, rolled, expired)
    rests = [one for one in balance.buckets_of(plan.id) if one.ref.endswith("/rollover")]
    assert [(one.left, one.valid.end) for one in rests] == ([(rolled, until)] if rolled else [])


def test_a_priority_of_its_own_decides_when_it_is_used(actor, drain, advance) -> None:
    publish(actor, "{priority: 150}")
    plan = activate(actor, register(actor), FAMILY)
    drain()
    advance(DECEMBER)
    data = [one.ref for one in balance.buckets_of(plan.id, DECEMBER) if one.asset == "octet"]
    assert data == [f"{plan.number}/data/2026-12-01", f"{plan.number}/data/2026-11-01/rollover"]


def test_what_lasts_longer_is_used_after_what_ends_first(actor, drain, advance) -> None:
    publish(actor, "{lasts: 3 months}")
    plan = activate(actor, register(actor), FAMILY)
    drain()
    advance(DECEMBER)
    data = [one.ref for one in balance.buckets_of(plan.id, DECEMBER) if one.asset == "octet"]
    assert data == [f"{plan.number}/data/2026-12-01", f"{plan.number}/data/2026-11-01/rollover"]


def test_late_usage_takes_what_expired_and_then_what_moved_on(actor, drain, advance) -> None:
    plan = activate(actor, register(actor), FAMILY)
    drain()
    use(f"{plan.number}/data/2026-11-01", 20 * GB, "u1", actor)
    advance(DECEMBER)
    with unit_of_work(actor, "late"):
        held = balance.lock_buckets([plan.id], START, START)[plan.id]
    data = {one.ref: one.left_for_its_time for one in held if one.asset == "octet"}
    assert data == {
        f"{plan.number}/data/2026-11-01": 5 * GB,
        f"{plan.number}/data/2026-11-01/rollover": 25 * GB,
    }
    november, rest = (next(one for one in held if one.ref == ref).for_decision() for ref in data)
    assert november.valid.contains(START)
    assert rest.valid.contains(START)
    use(f"{plan.number}/data/2026-11-01", 5 * GB, "late", actor)
    assert figures(f"{plan.number}/data/2026-11-01") == (50 * GB, 25 * GB, 25 * GB, 0)


def test_turning_twice_and_a_killed_job_change_nothing(actor, drain, advance, monkeypatch) -> None:
    plan = activate(actor, register(actor), FAMILY)
    drain()
    november = f"{plan.number}/data/2026-11-01"

    def killed(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "move_on", killed)
        with pytest.raises(KeyboardInterrupt):
            advance(DECEMBER)
    assert figures(november) == (50 * GB, 0, 0, 0)
    assert [one.ref for one in balance.buckets_of(plan.id) if one.ref.endswith("/rollover")] == []
    drain()
    advance(DECEMBER)
    assert figures(november) == (50 * GB, 0, 25 * GB, 25 * GB)
    before = ledger.ledger_hash()
    with unit_of_work(actor, "again") as work:
        turn(0, work)
        close([], work)
    assert ledger.ledger_hash() == before
    assert figures(november) == (50 * GB, 0, 25 * GB, 25 * GB)


def test_nothing_of_a_plan_that_ends_moves_on(actor, drain, advance) -> None:
    plan = activate(actor, register(actor), FAMILY)
    drain()
    advance(datetime(2026, 11, 10, 12, tzinfo=UTC))
    inventory.terminate_product(plan.id, actor=actor)
    drain()
    advance(JANUARY)
    assert figures(f"{plan.number}/data/2026-11-01") == (50 * GB, 0, 0, 50 * GB)
    assert [one.ref for one in balance.buckets_of(plan.id) if one.ref.endswith("/rollover")] == []


def test_periods_that_nobody_turned_roll_over_one_by_one(actor, drain, advance) -> None:
    plan = activate(actor, register(actor), FAMILY)
    drain()
    advance(datetime(2027, 1, 20, tzinfo=UTC))
    rests = sorted(one.ref[-19:] for one in balance.buckets_of(plan.id) if one.ref.endswith("/rollover"))
    assert rests == ["2026-11-01/rollover", "2026-12-01/rollover"]
    assert figures(f"{plan.number}/data/2026-11-01/rollover") == (25 * GB, 0, 0, 25 * GB)
