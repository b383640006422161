"""The shop in the words of billing, and usage that lies ready to be billed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from linehouse.billing.values import UsageItem
from linehouse.catalog.values import TaxMode
from linehouse.customer.values import CustomerRegistered
from linehouse.inventory.values import ProductView
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Quantity
from linehouse.platform.work import Actor
from tests.balance.house import ROBIN, activate, open_shop, register

__all__ = ["ROBIN", "UsageShelf", "customer", "product", "publish"]

_NAMES = UUID(int=7)

publish, customer = open_shop, register


def product(
    actor: Actor, of: CustomerRegistered, offering: str = "robin-sim-only-20", *, parent: UUID | None = None
) -> ProductView:
    """An active product, the plan unless another is named."""
    return activate(actor, of, offering, plan=parent)


@dataclass
class UsageShelf:
    """Rated usage that lies ready: charging's part in these tests."""

    items: dict[UUID, tuple[UUID, UsageItem]] = field(default_factory=dict)
    billed: dict[UUID, str] = field(default_factory=dict)

    def put(self, account_id: UUID, subscription: str, amount: str, at: datetime, group: str = "voice-us") -> UUID:
        record_id = uuid5(_NAMES, f"{account_id}/{len(self.items)}")
        gross = Money.of(amount, "EUR")
        net = Money(gross.micros * 100 // 121, "EUR")
        item = UsageItem(
            record_id=record_id,
            subscription=subscription,
            group=group,
            label={"en": "Calls to the United States", "nl": "Bellen naar de VS"},
            usage_type="voice",
            started_at=at,
            quantity=Quantity.parse("61 s"),
            amount=gross,
            net=net,
            mode=TaxMode.GROSS,
            tax_category="standard",
            clause="robin-sim-only/world, catalogue 1",
            peer="+12125550123",
            network="NL",
        )
        self.items[record_id] = (account_id, item)
        return record_id

    def unbilled(self, billing_account_id: UUID, until: datetime) -> list[UsageItem]:
        return [
            item
            for key, (account_id, item) in self.items.items()
            if account_id == billing_account_id and item.started_at < until and key not in self.billed
        ]

    def used(self, billing_account_id: UUID, period: Period) -> list[UsageItem]:
        return [
            item
            for account_id, item in self.items.values()
            if account_id == billing_account_id and period.contains(item.started_at)
        ]

    def records(self, record_ids: Sequence[UUID]) -> list[UsageItem]:
        return [self.items[key][1] for key in record_ids if key in self.items]

    def mark_billed(self, record_ids: Sequence[UUID], invoice_number: str, *, actor: Actor) -> None:
        self.billed |= dict.fromkeys(record_ids, invoice_number)
