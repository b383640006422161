"""What an order costs, computed by the functions that make the bill."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from linehouse.billing import service as billing
from linehouse.billing.service import Quote, Wanted
from linehouse.catalog import service as catalog
from linehouse.catalog.values import Catalogue, TaxMode, text_in
from linehouse.customer import service as customers
from linehouse.kernel.money import Money, money_sum
from linehouse.kernel.rounding import Rounding
from linehouse.ordering.values import ItemAction, OrderItemRequest, PriceLine, PricePreview
from linehouse.platform.clock.service import business_now

#: TMF622 ``priceType`` for billing's kinds of lines.
_KINDS = {"one-time": "oneTime", "recurring": "recurring"}


def price(billing_account_id: UUID, items: Sequence[OrderItemRequest], *, at: datetime | None = None) -> PricePreview:
    """What these items cost on that account if they start at the instant (now by default), tax included.

    ``due_now`` is the first bill to the cent, ``recurring`` what every full period costs after. What is ended costs
    nothing. Raises BillingAccountUnknown, OfferingUnknown, CurrencyOfAccount, UnknownTaxRate, MixedTaxModes.
    """
    instant = at or business_now()
    account = customers.billing_account(billing_account_id)
    wanted = [Wanted(item.ref, item.offering_key) for item in items if item.action is ItemAction.ADD]
    quote = billing.quote(wanted, billing.facts_of(account), instant)
    return PricePreview(
        lines=_lines(quote, account.language),
        due_now=quote.gross,
        recurring=_recurring(wanted, catalog.published(instant), account.currency),
    )


def _lines(quote: Quote, language: str) -> tuple[PriceLine, ...]:
    found = []
    for line in quote.lines:
        if line.mode is TaxMode.GROSS:
            tax = line.amount - line.net
        else:
            # The bill taxes the sum of net lines; for one line this is its share to the cent, for reading only.
            tax = line.net.times(line.rate.percent / 100, Rounding.HALF_UP).rounded()
        found.append(
            PriceLine(
                item=line.subscription,
                text=text_in(line.label, language),
                kind=_KINDS[line.kind],
                gross=line.net + tax,
                net=line.net,
                tax=tax,
            )
        )
    return tuple(found)


def _recurring(wanted: Sequence[Wanted], catalogue: Catalogue, currency: str) -> Money:
    prices = (p for item in wanted for p in catalogue.offering(item.offering_key).recurring_prices)
    return money_sum((p.amount for p in prices), currency)
