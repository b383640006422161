"""Records are taken back and entered anew: rated wrong and rated again is the same as rated right at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError

from linehouse.balance import service as balance
from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.charging.rerating import Order
from linehouse.charging.service import Wanted, reversals
from linehouse.charging.service.lines import lines_of
from linehouse.charging.service.rerate import Corrected, look_again
from linehouse.charging.service.rerate_write import enter_again
from linehouse.ledger import service as ledger
from linehouse.platform.checks import verify
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import SYSTEM, unit_of_work
from linehouse.usage import service as usage
from tests.charging.conftest import FEEDS
from tests.charging.host import Cdr
from tests.charging.test_rerating import GB, THREE_DAYS, calls, corrected, postpaid

__all__ = ["corrected", "postpaid"]


def laws_hold():
    return [result for result in verify() if not result.holds]


def apply(plan, wanted, actor):
    with unit_of_work(actor, "rated again") as work:
        tariffs = Corrected(wanted)
        line = lines_of([plan.id])[plan.id]
        buckets = balance.buckets_of(plan.id)
        looked = look_again(plan.id, 1, line, tariffs, Order(wanted.order))
        entering = [one for one in looked.answers if one.enters]
        enter_again(entering, buckets, tariffs, "RR-1", work)
    return len(entering)


def test_a_wrong_rate_is_put_right(postpaid, take, corrected, actor):
    take(*calls(postpaid))
    wanted = Wanted(THREE_DAYS, catalog_version=corrected())
    assert apply(postpaid, wanted, actor) == 3
    rows = charging.rated_usage(subscription_id=postpaid.id)[0]
    assert sorted(row.amount.micros for row in rows) == [800_000] * 3 + [1_000_000] * 2
    assert ledger.balance(f"unbilled/{postpaid.billing_account_number}", "EUR") == sum(row.net.micros for row in rows)
    assert apply(postpaid, wanted, actor) == 0
    assert laws_hold() == []


def test_what_has_no_price_any_more_waits_and_comes_back_with_a_new_entry(postpaid, take, actor, drain):
    """The right catalogue does not sell these calls; once it does, the record is charged by its second entry."""
    take(*calls(postpaid))
    files = dict(read_folder(FEEDS.parent))
    path = "tariffs/robin-standard.yaml"
    head, _, rest = files[path].partition("\nexamples:")[0].partition("  - rule: world-1-calls\n")
    without = files | {path: head + "  - rule: " + rest.partition("  - rule: ")[2] + "\n"}
    version = catalog.apply_texts(without, actor=SYSTEM, base_version=1).number
    assert apply(postpaid, Wanted(THREE_DAYS, catalog_version=version), actor) == 3
    assert len(charging.rated_usage(subscription_id=postpaid.id)[0]) == 2
    assert ledger.balance(f"unbilled/{postpaid.billing_account_number}", "EUR") == 2 * 826_446
    waiting = usage.list_suspense()[0]
    assert {row.reason for row in waiting} == {"unrated"}
    assert laws_hold() == []
    for row in waiting:
        usage.resubmit(row.id, actor=actor, reason="sold again")
    drain()
    rows = charging.rated_usage(subscription_id=postpaid.id)[0]
    assert sorted((row.amount.micros, row.revision) for row in rows) == [(1_000_000, 0)] * 2 + [(1_000_000, 1)] * 3
    entries = charging.entries_of(max(rows, key=lambda row: row.revision).record_id)
    assert [(one.reversal, one.revision, one.amount.micros) for one in entries] == [
        (False, 0, 1_000_000),
        (True, 0, -1_000_000),
        (False, 1, 1_000_000),
    ]
    assert laws_hold() == []


def test_allowances_get_back_what_was_taken_and_a_closed_one_expires_it(postpaid, take, actor, advance):
    """21 GB of a 20 GB allowance, in the order of the events; the month is over when it is put right."""
    take(Cdr(postpaid, "DATA", 19 * GB, start="2026-11-03 12:00:00"))
    take(Cdr(postpaid, "DATA", 2 * GB, start="2026-11-02 12:00:00"), number=2)
    advance(datetime(2026, 12, 2, 8, tzinfo=UTC))
    ref = f"{postpaid.number}/data/2026-11-01"
    assert balance.bucket(ref).closed_at is not None
    assert apply(postpaid, Wanted(THREE_DAYS, order="event"), actor) == 2
    bucket = balance.bucket(ref)
    assert (bucket.granted, bucket.used, bucket.expired) == (20 * GB, 20 * GB, 0)
    kinds = [(one.kind.value, one.amount) for one in balance.movements_of(bucket.id)[0]]
    back, anew = [("late-return", 19 * GB), ("late-return", GB)], [("late-use", 2 * GB), ("late-use", 18 * GB)]
    assert sorted(kinds) == sorted([("grant", 20 * GB), ("use", 19 * GB), ("use", GB), *back, *anew])
    assert laws_hold() == []
    assert apply(postpaid, Wanted(THREE_DAYS, order="event"), actor) == 0
    assert apply(postpaid, Wanted(THREE_DAYS), actor) == 0


def test_an_entry_is_taken_back_once(postpaid, take, actor):
    take(*calls(postpaid))
    row = charging.rated_usage(subscription_id=postpaid.id)[0][0]
    twice = [row.own_place, row.own_place]
    with unit_of_work(actor, "twice") as work, pytest.raises(IntegrityError):
        reversals.reverse(twice, "RR-1", work.now)


def test_what_an_entry_says_is_never_changed(postpaid, take, actor):
    take(*calls(postpaid))
    with unit_of_work(actor, "again"), brand_cursor() as cursor, pytest.raises(DatabaseError, match="append-only"):
        cursor.execute("UPDATE charging_rated_usage SET amount = 0")
