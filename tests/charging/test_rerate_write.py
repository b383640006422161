"""Records are taken back and entered anew: rated wrong and rated again is the same as rated right at once."""

from __future__ import annotations

from linehouse.balance import service as balance
from linehouse.charging import service as charging
from linehouse.charging.rerating import Order
from linehouse.charging.service import Wanted
from linehouse.charging.service.lines import lines_of
from linehouse.charging.service.rerate import Corrected, look_again
from linehouse.charging.service.rerate_write import enter_again
from linehouse.ledger import service as ledger
from linehouse.platform.checks import verify
from linehouse.platform.work import unit_of_work
from tests.charging.test_rerating import THREE_DAYS, calls, corrected, postpaid

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
