"""A brand with its catalogue, customers and products, for tests of billing with a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5

from linehouse.billing.values import UsageItem
from linehouse.catalog import service as catalog
from linehouse.catalog.values import OfferingKind, TaxMode
from linehouse.customer import service as customers
from linehouse.customer.values import AccountWishes, CustomerRegistered, RegisterCustomer
from linehouse.inventory import service as inventory
from linehouse.inventory.values import CreateProduct, ProductView
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.work import Actor, unit_of_work
from linehouse.resource import service as resources

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"
_NAMES = UUID(int=7)


def publish(actor: Actor) -> None:
    """Publish Robin's catalogue from its files and fill its stock."""
    catalog.apply_files(ROBIN, actor=actor)
    resources.seed_stock(actor=actor)


def customer(actor: Actor, name: str = "Sanne", cycle_day: int = 1) -> CustomerRegistered:
    return customers.register_customer(
        RegisterCustomer(
            party=NewIndividual(
                given_name=name,
                family_name="de Vries",
                email=f"{name.lower()}@example.org",
                address=PostalAddress(street1="Oudegracht 12", postcode="3511 AB", city="Utrecht", country="NL"),
                language="en",
                birth_date="1990-04-01",
            ),
            account=AccountWishes(cycle_day=cycle_day),
        ),
        actor=actor,
    )


def product(
    actor: Actor, of: CustomerRegistered, offering: str = "robin-sim-only-20", *, parent: UUID | None = None
) -> ProductView:
    """An active product, as ordering would have delivered it."""
    catalogue = catalog.published()
    sold = catalogue.offering(offering)
    with unit_of_work(actor, "order"):
        made = inventory.create_product(
            CreateProduct(
                order_item=f"{of.customer_number}/{offering}/{len(inventory.products_of_customer(of.customer_id))}",
                kind=OfferingKind(sold.kind),
                customer_id=of.customer_id,
                billing_account_id=of.billing_account_id,
                billing_account_number=of.billing_account_number,
                offering_key=offering,
                offering_name=sold.name,
                catalog_version=catalogue.version,
                tariff_key=sold.tariff,
                billing_mode=sold.billing_mode,
                parent_product_id=parent,
            ),
            actor=actor,
        )
        if parent is None:
            resources.reserve_number(made.number, actor=actor)
            resources.reserve_sim(made.number, actor=actor)
        inventory.activate_product(made.id, actor=actor)
    return inventory.find_product(id=made.id)


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

    def records(self, record_ids: Sequence[UUID]) -> list[UsageItem]:
        return [self.items[key][1] for key in record_ids if key in self.items]

    def mark_billed(self, record_ids: Sequence[UUID], invoice_number: str, *, actor: Actor) -> None:
        self.billed |= dict.fromkeys(record_ids, invoice_number)
