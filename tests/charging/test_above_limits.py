"""Usage abroad that comes in files, late: above the limit it is recorded, not billed, and the operator's loss."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from linehouse.charging import service as charging
from linehouse.charging.laws import limits_are_of_sessions, losses_are_in_the_journal, unbilled_is_in_the_journal
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger
from linehouse.ledger.laws import trial_balance_is_zero
from linehouse.platform.sql import brand_cursor
from tests.balance.house import activate, register
from tests.charging.host import MB, Cdr

NOON = datetime(2026, 11, 8, 12, tzinfo=UTC)
US = "310-410"


@pytest.fixture
def line(shop, actor, drain, advance):
    plan = activate(actor, register(actor), "robin-sim-only-20")
    advance(NOON)
    yield plan
    for law in (losses_are_in_the_journal, limits_are_of_sessions, unbilled_is_in_the_journal, trial_balance_is_zero):
        assert law().findings == ()


def rated(line):
    rows = sorted(charging.rated_usage(subscription_id=line.id)[0], key=lambda row: row.sequence)
    return [(row.net.micros, row.gross.micros, row.uncollected.micros, row.loss.micros) for row in rows]


def percents():
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT payload::jsonb ->> 'percent' FROM outbox_outboxevent WHERE name = 'charging.limit.reached'"
            " ORDER BY position"
        )
        return [int(percent) for (percent,) in cursor.fetchall()]


def spent(line):
    return next(one for one in charging.controls_of_line(line.id).limits if one.key == "roaming-data").spent


def test_what_lies_above_fifty_euro_without_vat_is_no_bill(line, take):
    take(Cdr(line, "DATA", 300 * MB, plmn=US), Cdr(line, "DATA", MB, plmn=US, start="2026-11-01 13:00:00"))
    # 300 MB at 0.25 are 75.00 with tax; the limit of 50.00 without tax is 60.50 with it.
    assert rated(line) == [(50_000_000, 60_500_000, 14_500_000, 11_983_471), (0, 0, 250_000, 206_612)]
    assert spent(line) == Money(60_500_000, "EUR")
    assert ledger.balance("writeoff/above-limit", "EUR") == ledger.balance("forgone/above-limit", "EUR") == 12_190_083
    assert [row.balance for row in ledger.accounts("unbilled/")] == [50_000_000]
    assert percents() == [100]


def test_notices_follow_the_records_of_several_files(line, take):
    take(Cdr(line, "DATA", 193 * MB, plmn=US))
    assert percents() == []
    take(Cdr(line, "DATA", MB, plmn=US, start="2026-11-01 14:00:00"), number=2)
    assert (percents(), spent(line)) == ([80], Money(48_500_000, "EUR"))
    # A call abroad is not data abroad.
    take(Cdr(line, "VOICE", 600, party="0012125550123", plmn=US, start="2026-11-01 15:00:00"), number=3)
    assert spent(line) == Money(48_500_000, "EUR")


def test_who_agreed_is_billed_everything_and_another_month_counts_for_itself(line, take, actor):
    charging.consent(line.id, "roaming-data", channel="call", evidence="call 8812, 12:00", actor=actor)
    take(Cdr(line, "DATA", 300 * MB, plmn=US))
    assert rated(line) == [(61_983_471, 75_000_000, 0, 0)]


def test_another_amount_of_the_line_counts_from_then_on(line, take, actor):
    charging.set_limit(line.id, "roaming-data", amount=Money(20_000_000, "EUR"), actor=actor, reason="asked")
    take(Cdr(line, "DATA", 100 * MB, plmn=US))
    assert rated(line) == [(20_000_000, 24_200_000, 800_000, 661_157)]
