"""Lines that share an allowance: caps, who took what, joining and leaving, and two of them at the same time."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connections

from linehouse.balance import service as balance
from linehouse.balance.errors import MemberNotPossible
from linehouse.balance.laws import buckets_are_in_the_journal, buckets_are_their_movements, parts_are_the_whole
from linehouse.catalog import service as catalog
from linehouse.charging import service as charging
from linehouse.charging.service import Wanted
from linehouse.charging.service.enquiry import EnquiryRequest, price_enquiry
from linehouse.inventory import service as inventory
from linehouse.kernel.period import Period
from linehouse.ledger import service as ledger
from linehouse.platform.runner import drain as run_all
from linehouse.platform.scope import brand_scope
from linehouse.rating.values import UsageType
from linehouse.run.commands import line as line_commands
from tests.balance.house import activate, family_files, register, sell_to_families
from tests.charging.host import Cdr, send
from tests.charging.test_rerate_write import apply

MB, GB = 10**6, 10**9
FAMILY, LINE = "robin-family-50", "robin-family-line"
PATH = "catalog/robin-family-50.yaml"
SHARED = "    amount: 50 GB\n    every: cycle\n    shared: account\n    cap-per-member: 30 GB\n"


@pytest.fixture(autouse=True)
def _verified(shop, actor):
    sell_to_families(actor)
    yield
    for law in (buckets_are_their_movements, buckets_are_in_the_journal, parts_are_the_whole):
        assert law().findings == ()


def publish(actor, text: str) -> None:
    """Robin's family plan with another beginning of its data allowance."""
    files = family_files()
    assert SHARED in files[PATH]
    files[PATH] = files[PATH].replace(SHARED, text)
    catalog.apply_texts(files, actor=actor, base_version=2)


def family(actor, drain, *lines: str):
    """A customer with the family plan and more lines."""
    who = register(actor)
    plans = [activate(actor, who, offering) for offering in (FAMILY, *lines)]
    drain()
    return plans


def parts(plan) -> dict[str, int]:
    """What each line took of the family's data, in MB."""
    found = balance.bucket(f"{plan.number}/data/2026-11-01").parts
    return {line: part.used // MB for line, part in sorted(found.items())}


def test_two_lines_draw_on_one_allowance_up_to_their_caps(shop, take, actor, drain, later) -> None:
    mother, child = family(actor, drain, LINE)
    later(days=1)
    take(
        Cdr(child, "DATA", 31 * GB, start="2026-11-01 12:00:00"),
        Cdr(mother, "DATA", 5 * GB, start="2026-11-01 13:00:00"),
        Cdr(child, "DATA", 1 * GB, start="2026-11-01 14:00:00"),
    )
    assert parts(mother) == {mother.number: 5_000, child.number: 30_000}
    bucket = balance.bucket(f"{mother.number}/data/2026-11-01")
    assert (bucket.used, bucket.left) == (35 * GB, 15 * GB)
    assert (bucket.cap_left(child.number), bucket.cap_left(mother.number)) == (0, 25 * GB)
    # 31 GB: 30 GB from the family, 1 GB at 0.004 a MB; then 1 GB more of it.
    amounts = [row.amount.micros for row in charging.rated_usage(subscription_id=child.id)[0]]
    assert sorted(amounts) == [4_000_000, 4_000_000]
    assert [row.amount.micros for row in charging.rated_usage(subscription_id=mother.id)[0]] == [0]
    moves = {one.member: one.amount for one in balance.movements_of(bucket.id)[0] if one.kind.value == "use"}
    assert moves == {child.number: 30 * GB, mother.number: 5 * GB}


def test_who_shares_sees_it_and_may_ask_what_it_costs(shop, take, actor, drain, later) -> None:
    mother, child = family(actor, drain, LINE)
    later(days=1)
    take(Cdr(child, "DATA", 30 * GB))
    at = datetime(2026, 11, 2, tzinfo=UTC)
    seen = [one.ref for one in balance.buckets_of(child.id, at) if one.asset == "octet"]
    assert seen == [f"{mother.number}/data/2026-11-01"]

    def costs(line) -> int:
        asked = EnquiryRequest(msisdn=f"+{line.msisdn.digits}", usage_type=UsageType.DATA, quantity=GB)
        return price_enquiry(asked).consumption.priced.total.micros

    assert (costs(mother), costs(child)) == (0, 4_000_000)


def test_another_account_does_not_share_and_a_customer_does(shop, take, actor, drain, later) -> None:
    publish(actor, SHARED.replace("shared: account", "shared: customer"))
    mother, _ = family(actor, drain, LINE)
    stranger = activate(actor, register(actor, "Joris"), LINE)
    drain()
    later(days=1)
    take(Cdr(stranger, "DATA", GB))
    assert parts(mother) == {}
    assert balance.buckets_of(stranger.id) == ()
    assert charging.rated_usage(subscription_id=stranger.id)[0][0].amount.micros == 4_000_000


def test_a_group_is_joined_and_left(shop, take, actor, drain, later, events) -> None:
    publish(actor, SHARED.replace("shared: account", "shared: group"))
    (mother,) = family(actor, drain)
    aunt = activate(actor, register(actor, "Joris"), LINE)
    drain()
    events()
    later(hours=4)
    assert balance.join(mother, aunt, actor=actor)
    assert not balance.join(mother, aunt, actor=actor)
    later(hours=8)
    assert balance.leave(mother.id, aunt.id, actor=actor)
    assert not balance.leave(mother.id, aunt.id, actor=actor)
    assert [name for name in events() if ".member." in name] == ["balance.member.joined", "balance.member.left"]
    later(days=1)
    # Joined at 13:00 local, left at 17:00: only what began in between is the group's.
    take(
        Cdr(aunt, "DATA", 1 * GB, start="2026-11-01 12:59:59"),
        Cdr(aunt, "DATA", 2 * GB, start="2026-11-01 13:00:00"),
        Cdr(aunt, "DATA", 4 * GB, start="2026-11-01 16:59:59"),
        Cdr(aunt, "DATA", 8 * GB, start="2026-11-01 17:00:00"),
    )
    assert parts(mother) == {aunt.number: 6_000}
    paid = sorted(row.amount.micros for row in charging.rated_usage(subscription_id=aunt.id)[0])
    assert paid == [0, 0, 4_000_000, 32_000_000]
    (one,) = balance.group_of(mother.id)
    assert one.period.end is not None
    assert (one.subscription, one.period.end - one.period.start) == (aunt.number, timedelta(hours=4))


def test_a_group_is_joined_and_left_at_the_command_line(shop, actor, drain, monkeypatch) -> None:
    monkeypatch.setattr(line_commands, "brand_at_work", lambda _key: nullcontext())
    publish(actor, SHARED.replace("shared: account", "shared: group"))
    mother, child = family(actor, drain, LINE)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(line_commands.command, arguments)
        assert done.exit_code == 0, done.output
        return done.output

    both = (mother.number, child.number, "--reason", "they asked for it")
    assert run("share", *both) == f"{child.number} shares what {mother.number} brings\n"
    assert run("share", *both) == f"{child.number} shares already what {mother.number} brings\n"
    assert child.number in run("sharers", mother.number)
    assert run("unshare", *both) == f"{child.number} no longer shares what {mother.number} brings\n"
    assert run("unshare", *both) == f"{child.number} did not share what {mother.number} brings\n"


def test_who_cannot_join_is_told_why(shop, actor, drain, later) -> None:
    publish(actor, SHARED.replace("shared: account", "shared: group"))
    mother, child = family(actor, drain, LINE)
    with pytest.raises(MemberNotPossible, match="no allowance that a group shares"):
        balance.join(child, mother, actor=actor)
    with pytest.raises(MemberNotPossible, match="always in it"):
        balance.join(mother, mother, actor=actor)
    later(hours=1)
    assert balance.join(mother, child, actor=actor)
    inventory.terminate_product(child.id, actor=actor)
    drain()
    assert [one.period.end is None for one in balance.group_of(mother.id)] == [False]
    with pytest.raises(MemberNotPossible, match="no active line"):
        balance.join(mother, inventory.find_product(id=child.id), actor=actor)


def test_two_at_the_same_time_never_take_the_same_unit_twice(shop, actor, drain, later) -> None:
    publish(actor, SHARED.replace("    cap-per-member: 30 GB\n", "").replace("50 GB", "5 GB"))
    mother, child = family(actor, drain, LINE)
    later(days=1)
    for number in range(1, 7):
        who = (mother, child)[number % 2]
        send([Cdr(who, "DATA", GB, start=f"2026-11-01 12:0{number}:{second:02}") for second in (1, 2)], actor, number)
    ready, raised = threading.Barrier(3), []

    def work() -> None:
        with brand_scope("robin"):
            ready.wait()
            try:
                run_all()
            except Exception as error:  # noqa: BLE001  # handed to the test
                raised.append(error)
            finally:
                connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    drain()
    assert raised == []
    bucket = balance.bucket(f"{mother.number}/data/2026-11-01")
    assert (bucket.used, bucket.left, sum(part.used for part in bucket.parts.values())) == (5 * GB, 0, 5 * GB)
    rows = [row for line in (mother, child) for row in charging.rated_usage(subscription_id=line.id)[0]]
    assert len(rows) == 12
    # Seven of the twelve gigabytes are paid for, whoever came first.
    assert sum(row.amount.micros for row in rows) == 7 * 4_000_000
    assert sum(sum(row.unit_takes.values()) for row in rows) == 5 * GB


def test_rated_again_each_gives_back_its_own_part_and_after_the_turn_it_expires(
    shop, take, actor, drain, later, advance
) -> None:
    files = family_files()
    path = "tariffs/robin-sim-only.yaml"
    assert files[path].count("block: 100 kB") == 1
    files[path] = files[path].replace("block: 100 kB", "block: 1 MB")
    catalog.apply_texts(files, actor=actor, base_version=2)
    mother, child = family(actor, drain, LINE)
    later(days=1)
    take(
        Cdr(child, "DATA", 1_550_000, start="2026-11-01 12:00:00"),
        Cdr(mother, "DATA", 2_550_000, start="2026-11-01 13:00:00"),
    )
    ref = f"{mother.number}/data/2026-11-01"

    def by_line() -> dict[str, int]:
        return {line: part.used for line, part in balance.bucket(ref).parts.items()}

    assert by_line() == {child.number: 2 * MB, mother.number: 3 * MB}
    right = Wanted(Period(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)), catalog_version=2)
    assert apply(child, right, actor) == 1
    assert by_line() == {child.number: 1_600_000, mother.number: 3 * MB}
    bucket = balance.bucket(ref)
    assert (bucket.used, bucket.left) == (4_600_000, 50 * GB - 4_600_000)
    advance(datetime(2026, 11, 30, 23, tzinfo=UTC))
    bucket = balance.bucket(ref)
    assert (bucket.rolled, bucket.expired) == (25 * GB, 25 * GB - 4_600_000)
    assert apply(mother, right, actor) == 1
    # 0.4 MB come back to a bucket whose rest has moved on: they expire, and what moved on stays as it was.
    assert by_line() == {child.number: 1_600_000, mother.number: 2_600_000}
    bucket = balance.bucket(ref)
    assert (bucket.used, bucket.rolled, bucket.expired) == (4_200_000, 25 * GB, 25 * GB - 4_200_000)
    assert balance.bucket(f"{ref}/rollover").left == 25 * GB
    assert ledger.balance("expired/robin-family-50/data", "octet") == 25 * GB - 4_200_000
    moves = [(one.kind.value, one.member) for one in balance.movements_of(bucket.id)[0]]
    assert moves.count(("return", child.number)) == 1
    assert moves.count(("late-return", mother.number)) == 1
