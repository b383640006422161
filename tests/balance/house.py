"""A brand that sells, with people who have products: for tests of balance, charging and billing."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.customer import service as customers
from linehouse.customer.values import AccountWishes, CustomerRegistered, RegisterCustomer
from linehouse.inventory import service as inventory
from linehouse.inventory.values import CreateProduct, ProductView
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.work import Actor, unit_of_work
from linehouse.resource import service as resources

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"
FAMILY_PLANS = Path(__file__).resolve().parent / "family"
"""Plans that share and roll over; Robin does not sell them."""


def open_shop(actor: Actor) -> None:
    """Robin's catalogue and stock."""
    catalog.apply_files(ROBIN, actor=actor)
    resources.seed_stock(actor=actor)


def family_files() -> dict[str, str]:
    """Robin's catalogue with plans that share and roll over."""
    plans = {f"catalog/{file.name}": file.read_text("utf-8") for file in sorted(FAMILY_PLANS.glob("*.yaml"))}
    return dict(read_folder(ROBIN)) | plans


def sell_to_families(actor: Actor) -> None:
    """They are sold from now on, as version 2."""
    catalog.apply_texts(family_files(), actor=actor, base_version=1)


def register(actor: Actor, name: str = "Sanne", cycle_day: int = 1) -> CustomerRegistered:
    """A customer with a billing account."""
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


def activate(actor: Actor, of: CustomerRegistered, offering: str, *, plan: UUID | None = None) -> ProductView:
    """An active product, as an order would have delivered it."""
    catalogue = catalog.published()
    sold = catalogue.offering(offering)
    with unit_of_work(actor, "order"):
        made = inventory.create_product(
            CreateProduct(
                order_item=f"{of.customer_number}/{len(inventory.products_of_customer(of.customer_id))}",
                kind=sold.kind,
                customer_id=of.customer_id,
                billing_account_id=of.billing_account_id,
                billing_account_number=of.billing_account_number,
                offering_key=offering,
                offering_name=sold.name,
                catalog_version=catalogue.version,
                tariff_key=sold.tariff,
                billing_mode=sold.billing_mode,
                parent_product_id=plan,
            ),
            actor=actor,
        )
        if plan is None:
            resources.reserve_number(made.number, actor=actor)
            resources.reserve_sim(made.number, actor=actor)
        inventory.activate_product(made.id, actor=actor)
    return inventory.find_product(id=made.id)
