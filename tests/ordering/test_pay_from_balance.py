"""A pack that a balance pays, by an order: paid in the step that activates it, or parked with what it costs."""

from __future__ import annotations

from collections.abc import Callable

from linehouse.balance import service as balance
from linehouse.balance.pack_values import Renewing
from linehouse.inventory import service as inventory
from linehouse.ordering import service
from linehouse.ordering.values import OrderItemRequest, OrderView
from linehouse.platform.clock.service import business_now
from linehouse.platform.work import Actor
from tests.balance.test_packs import broken, put_money
from tests.ordering.conftest import Buyer

START, MONTH = "robin-prepaid-start", "robin-prepaid-month"


def test_an_order_pays_from_the_balance_and_waits_where_that_is_short(
    anna: Buyer, drain: Callable[[], int], look: Callable[[OrderView], OrderView], actor: Actor
) -> None:
    first = anna.place(OrderItemRequest("1", offering_key=START))
    drain()
    line = inventory.find_product(id=look(first).items[0].product_id)
    order = anna.place(OrderItemRequest("1", offering_key=MONTH, parent_product_id=line.id))
    drain()
    parked = look(order)
    [step] = [one for one in parked.steps if one.state == "failed"]
    assert "costs 10.00 EUR, and the balance holds 5.00 EUR" in step.reason
    assert balance.packs_of(line.id) == ()
    put_money(line, "10.00", "t1", business_now(), actor)
    service.retry_step(order.id, step.key, actor=actor, reason="topped up")
    drain()
    assert look(order).state == "completed"
    [pack] = balance.packs_of(line.id)
    assert (pack.state, pack.renewing, str(pack.price)) == ("active", Renewing.ON, "10.00 EUR")
    assert inventory.find_product(id=pack.product_id).state == "active"
    assert broken() == []
