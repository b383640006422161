"""A brand that sells, a customer who buys, a stock, and a host network that listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from linehouse.activation.connector import set_factory
from linehouse.catalog.service import apply_files
from linehouse.customer.service import register_customer
from linehouse.customer.values import RegisterCustomer
from linehouse.edge.network.tmf640.connector import Tmf640Connector
from linehouse.notify import mailer
from linehouse.notify.mailer import Mail
from linehouse.ordering import service
from linehouse.ordering.values import CaptureOrder, OrderItemRequest, OrderView
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.work import Actor
from linehouse.resource.service import seed_stock
from linehouse.simulators.host_network.server import HostNetwork
from tests.simulators.host_network.running import running_host

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"
PLAN = OrderItemRequest("1", offering_key="robin-sim-only-20")


class Postbox:
    """Takes every mail, so that nothing waits for a mail server."""

    def send(self, mail: Mail) -> str:
        return f"taken {mail.message_id}"


@pytest.fixture(autouse=True)
def postbox() -> Iterator[None]:
    before = mailer.current_factory()
    mailer.set_factory(Postbox)
    yield
    mailer.set_factory(before)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[HostNetwork]:
    """The host network, which answers at once."""
    with running_host(tmp_path, later=False) as running:
        set_factory(lambda: Tmf640Connector(running.url, timeout_seconds=2))
        yield running
        set_factory(None)


@pytest.fixture
def brand_without_stock(brand: str, actor: Actor, host: HostNetwork) -> str:
    """The brand with its catalogue."""
    apply_files(ROBIN, actor=actor)
    return brand


@pytest.fixture
def selling(brand_without_stock: str, actor: Actor) -> str:
    """The brand with its catalogue and stock."""
    seed_stock(actor=actor)
    return brand_without_stock


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer and what tests do for them."""

    customer_id: UUID
    account_id: UUID
    actor: Actor

    def order(self, *items: OrderItemRequest, external_id: str = "", channel: str = "desk") -> CaptureOrder:
        """An order for these items, one plan where none are given."""
        return CaptureOrder(self.customer_id, self.account_id, items or (PLAN,), external_id, channel)

    def place(self, *items: OrderItemRequest) -> OrderView:
        """Place an order."""
        return service.find_order(id=service.capture_order(self.order(*items), actor=self.actor).order_id)


def register(actor: Actor, name: str = "Anna") -> Buyer:
    """A new customer."""
    person = NewIndividual(
        given_name=name,
        family_name="de Vries",
        email=f"{name.lower()}@example.com",
        phone="+31612345678",
        birth_date="1990-02-28",
        language="nl",
        address=PostalAddress(street1="Keizersgracht 1", postcode="1015 CJ", city="Amsterdam", country="NL"),
    )
    done = register_customer(RegisterCustomer(party=person), actor=actor)
    return Buyer(done.customer_id, done.billing_account_id, actor)


@pytest.fixture
def anna(selling: str, actor: Actor) -> Buyer:
    """Anna, who buys."""
    return register(actor)


@pytest.fixture
def look() -> Callable[[OrderView], OrderView]:
    """The order as it stands now."""
    return lambda order: service.find_order(id=order.id)


@pytest.fixture
def events(events: Callable[[], list[str]]) -> Callable[[], list[str]]:
    """What was told since it was asked last, without what stock and services tell of themselves."""
    quiet = ("resource.number.", "resource.sim.", "inventory.service.", "inventory.product.created")

    def told() -> list[str]:
        return [name for name in events() if not name.startswith(quiet)]

    return told
