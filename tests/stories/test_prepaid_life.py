"""A prepaid line from its first pack to its last day, by the brand's clock: told, renewed, short of money, in grace,
topped up, renewed again, left alone, barred, recycled; the number rests and what was left is owed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from linehouse.balance import service as balance
from linehouse.balance.pack_values import BuyPack
from linehouse.charging import service as charging
from linehouse.inventory import service as inventory
from linehouse.notify import service as notify
from linehouse.ordering.values import OrderItemRequest
from linehouse.platform.advance import advance
from linehouse.platform.checks import verify
from linehouse.platform.clock.service import business_now
from linehouse.platform.runner import drain
from linehouse.platform.sql import brand_cursor
from linehouse.run.story import scenes
from linehouse.run.story.scenes import Play
from linehouse.run.story.stage import Stage
from tests.balance.test_packs import put_money

DAY = timedelta(days=1)


def notices() -> set[str]:
    found, _ = notify.messages(limit=1_000)
    return {one.template for one in found}


def test_a_prepaid_line_from_its_first_pack_to_its_last_day(place: Stage, told: Callable[[], list[str]]) -> None:
    play = Play(place)
    scenes.stock(play)
    scenes.register(play)
    scenes.order(play, "fenna", OrderItemRequest(ref="1", offering_key="robin-prepaid-start"))
    [line] = inventory.products_of_customer(play.customers["fenna"])
    start = business_now()

    # Bought from the balance: 5.00 of the starter pack and 5.00 of the 7.00 that were topped up.
    put_money(line, "7.00", "top-up-1", start, place.actor)
    pack = balance.buy_pack(
        BuyPack(subscription_id=line.id, offering_key="robin-prepaid-month", key="story"), actor=place.actor
    )
    drain()
    told()

    # Three days before, the subscriber is told what is missing: 8.00.
    advance(start + 27 * DAY, actor=place.actor)
    assert "balance.pack.renewal_coming" in told()
    assert "pack-renewal-short" in notices()

    # At the instant money is short: the pack waits, five days at most.
    advance(start + 30 * DAY, actor=place.actor)
    assert "balance.pack.renewal_short" in told()
    waiting = balance.pack_by_id(pack.id)
    assert (waiting.state, waiting.grace_until) == ("grace", start + 35 * DAY)
    assert "pack-unpaid" in notices()

    # A top-up lets it go on at once; the next month is paid by itself.
    advance(start + 32 * DAY, actor=place.actor)
    put_money(line, "20.00", "top-up-2", start + 32 * DAY, place.actor)
    drain()
    assert "balance.pack.renewed" in told()
    assert balance.pack_by_id(pack.id).paid_until == start + 62 * DAY
    advance(start + 62 * DAY, actor=place.actor)
    assert balance.pack_by_id(pack.id).periods == 3

    # 2.00 are left: the third renewal fails, its grace passes, the pack ends.
    advance(start + 97 * DAY, actor=place.actor)
    over = balance.pack_by_id(pack.id)
    assert (over.state, over.why_ended) == ("ended", "not-paid")
    assert "pack-ended" in notices()

    # The last use was the renewal of day 62: grace on day 242, barred on day 272, recycled on day 332.
    advance(start + 242 * DAY, actor=place.actor)
    life = balance.prepaid_line(line.id, business_now())
    assert life is not None
    assert (life.state, life.next_at) == ("grace", start + 272 * DAY)
    barred = {bar.key for bar in charging.controls_of_line(line.id).bars if bar.on}
    assert barred == {"prepaid-data", "prepaid-outgoing"}
    advance(start + 272 * DAY, actor=place.actor)
    assert {"prepaid-ending", "prepaid-grace", "prepaid-inactive"} <= notices()
    advance(start + 332 * DAY, actor=place.actor)
    drain()
    assert {"balance.prepaid_line.moved", "balance.prepaid_line.rest", "ordering.order.captured"} <= set(told())
    ended = balance.prepaid_line(line.id, business_now())
    assert ended is not None
    assert (ended.state, str(ended.rest), ended.owed) == ("recycled", "2.00 EUR", True)
    assert inventory.find_product(id=line.id).state == "terminated"
    assert line.msisdn is not None
    with brand_cursor() as cursor:
        cursor.execute("SELECT state FROM resource_number WHERE digits = %s", [line.msisdn.digits])
        assert cursor.fetchone() == ("quarantine",)
    assert [result.name for result in verify() if not result.holds] == []
