"""The preview is the first bill: the same functions, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from linehouse.billing import service as billing
from linehouse.billing.service import Wanted
from linehouse.catalog.errors import OfferingUnknown
from linehouse.customer.service import billing_account
from linehouse.kernel.money import Money, money_sum
from linehouse.ordering import service
from linehouse.ordering.values import ItemAction, OrderItemRequest, PricePreview
from tests.ordering.conftest import PLAN, Buyer

PACK = OrderItemRequest("2", offering_key="robin-booster-5gb", parent_item="1")


def euro(amount: str) -> Money:
    return Money.of(amount, "EUR")


def test_a_plan_from_the_first_of_the_month(anna: Buyer) -> None:
    price = service.price(anna.account_id, [PLAN])
    assert [(line.item, line.kind, line.gross) for line in price.lines] == [
        ("1", "oneTime", euro("9.95")),
        ("1", "recurring", euro("18.00")),
        ("1", "recurring", euro("18.00")),
    ]
    assert [line.text for line in price.lines] == ["Aansluitkosten", *["Maandbedrag SIM Only 20 GB"] * 2]
    assert (price.due_now, price.recurring) == (euro("45.95"), euro("18.00"))


def test_the_preview_is_what_billing_quotes(anna: Buyer) -> None:
    wanted = [Wanted("1", PLAN.offering_key), Wanted("2", PACK.offering_key)]
    account = billing.facts_of(billing_account(anna.account_id))
    for day in range(1, 31):
        at = datetime(2026, 11, day, 12, tzinfo=UTC)
        price = service.price(anna.account_id, [PLAN, PACK], at=at)
        quote = billing.quote(wanted, account, at)
        assert price.due_now == quote.gross
        assert money_sum((line.gross for line in price.lines), "EUR") == quote.gross
        assert money_sum((line.tax for line in price.lines), "EUR") == quote.tax
        assert all(line.gross == line.net + line.tax for line in price.lines)


def test_the_order_keeps_what_the_customer_was_told(anna: Buyer) -> None:
    order = anna.place(PLAN, PACK)
    assert msgspec.convert(order.price, PricePreview) == service.price(anna.account_id, [PLAN, PACK])


def test_what_is_ended_costs_nothing(anna: Buyer, drain: Any) -> None:
    order = anna.place()
    drain()
    ending = OrderItemRequest("1", ItemAction.DELETE, product_id=order.items[0].product_id)
    price = service.price(anna.account_id, [ending])
    assert (price.lines, price.due_now, price.recurring) == ((), euro("0"), euro("0"))


def test_what_is_not_sold_has_no_price(anna: Buyer) -> None:
    with pytest.raises(OfferingUnknown):
        service.price(anna.account_id, [replace(PLAN, offering_key="moon")])
