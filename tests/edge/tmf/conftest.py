"""A client of the TM Forum APIs whose every answer is checked, against the published specifications too."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from linehouse.activation.connector import set_factory
from linehouse.billing import service as billing
from linehouse.catalog.service import apply_files
from linehouse.customer.service import register_customer
from linehouse.customer.values import CustomerRegistered, RegisterCustomer
from linehouse.edge.network.tmf640.connector import Tmf640Connector
from linehouse.edge.partner.bank.intake import receive
from linehouse.inventory import service as inventory
from linehouse.kernel.money import Money
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.service import create_client
from linehouse.platform.advance import Advanced
from linehouse.platform.outbox import registry
from linehouse.platform.work import Actor
from linehouse.resource.service import seed_stock
from linehouse.simulators.bank.statement import BankTransfer, write
from linehouse.simulators.host_network.server import HostNetwork
from linehouse.usage import service as usage
from tests.charging.host import Cdr, send
from tests.conformance.swagger import Specifications, of_this_run
from tests.edge.tmf.listener import Listener
from tests.simulators.host_network.running import running_host

HOST = "robin.localhost"
ORDERS = "productOrderingManagement/v4/productOrder"
BILLS = "customerBillManagement/v4/customerBill"
EVENING = datetime(2026, 11, 1, 20, 0, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ROBIN = Path(__file__).resolve().parents[3] / "brands" / "robin"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    body: Any
    headers: dict[str, str]


class ApiClient:
    """Calls the APIs as a program of the brand would."""

    def __init__(self, token: str, specifications: Specifications | None, host: str = HOST) -> None:
        self._client = Client(headers={"host": host} | ({"authorization": f"Bearer {token}"} if token else {}))
        self._specifications = specifications or of_this_run()

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """A request; ``path`` is what follows `/tmf-api/`."""
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        response = self._client.generic(
            method, f"/tmf-api/{path}", data, content_type=content_type, headers=headers or {}
        )
        content = json.loads(response.content) if response.content and method != "HEAD" else None
        answer = Answer(response.status_code, content, dict(response.headers))
        self._check(method, f"/tmf-api/{path}", answer)
        return answer

    def file(self, path: str) -> Answer:
        """What a file holds, as text; errors as their body."""
        response = self._client.get(f"/tmf-api/{path}")
        body = json.loads(response.content) if response.status_code >= 400 else response.content.decode()
        return Answer(response.status_code, body, dict(response.headers))

    def get(self, path: str, **kwargs: Any) -> Answer:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, body: object, **kwargs: Any) -> Answer:
        return self.call("POST", path, body, **kwargs)

    def patch(self, path: str, body: object, **kwargs: Any) -> Answer:
        return self.call("PATCH", path, body, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Answer:
        return self.call("DELETE", path, **kwargs)

    def _check(self, method: str, path: str, answer: Answer) -> None:
        if answer.status >= 400:
            assert answer.body["status"] == str(answer.status)
            assert answer.body["code"]
            assert answer.body["@type"] == "Error"
        if self._specifications is None or method == "HEAD" or path.endswith("openapi.json"):
            return
        place, _, query = path.partition("?")
        if "expand=" in query or "depth=" in query:
            # What is put in the place of a reference is of another API.
            return
        self._specifications.check(method, place, answer.status, answer.body, partial="fields=" in query)


@pytest.fixture(autouse=True)
def only_these_addresses() -> Iterator[None]:
    """What is tested here does not depend on the screens."""
    with override_settings(ROOT_URLCONF="linehouse.edge.tmf.urls"):
        yield


@pytest.fixture(autouse=True)
def no_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """What customers are sent by mail is not tested here."""
    others = {name: found for name, found in registry._consumers.items() if not name.startswith("notify.")}
    monkeypatch.setattr(registry, "_consumers", others)


@pytest.fixture(scope="session")
def specifications(pytestconfig: pytest.Config) -> Specifications | None:
    """The published specifications, where `--specs` names them."""
    folder = pytestconfig.getoption("--specs")
    return Specifications(Path(folder)) if folder else None


@pytest.fixture
def api(brand: str, specifications: Specifications | None) -> ApiClient:
    """A client of Robin that may do everything."""
    return ApiClient(create_client("tests", brand, frozenset(PERMISSIONS)), specifications)


@pytest.fixture
def reader(brand: str, specifications: Specifications | None) -> ApiClient:
    """A client of Robin that may only look."""
    scopes = frozenset(name for name in PERMISSIONS if name.endswith(".read"))
    return ApiClient(create_client("reader", brand, scopes), specifications)


@pytest.fixture
def stranger(brand: str, specifications: Specifications | None) -> ApiClient:
    """A caller without a token."""
    assert brand
    return ApiClient("", specifications)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Listens on this machine, which the setting for development allows."""
    found = Listener()
    thread = threading.Thread(target=found.server.serve_forever)
    thread.start()
    with override_settings(TMF_CALLBACKS_TO_LOOPBACK=True):
        yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.fixture
def shop(brand: str, actor: Actor) -> str:
    """The brand with its catalogue published."""
    apply_files(ROBIN, actor=actor)
    return brand


@pytest.fixture
def jane(shop: str, actor: Actor) -> CustomerRegistered:
    """A customer of the brand."""
    assert shop
    address = PostalAddress(street1="Keizersgracht 1", postcode="1015 CJ", city="Amsterdam", country="NL")
    person = NewIndividual(
        given_name="Jane",
        family_name="Lamborgizzia",
        email="jane@example.org",
        birth_date=date(1967, 9, 26),
        language="nl",
        address=address,
    )
    return register_customer(RegisterCustomer(party=person, external_id="crm-1"), actor=actor)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[HostNetwork]:
    """The host network, which answers at once."""
    with running_host(tmp_path, later=False) as running:
        set_factory(lambda: Tmf640Connector(running.url, timeout_seconds=2))
        yield running
        set_factory(None)


@pytest.fixture
def stocked(shop: str, actor: Actor) -> str:
    """The brand with its catalogue and stock."""
    seed_stock(actor=actor)
    return shop


def order(jane: CustomerRegistered, **more: Any) -> dict[str, Any]:
    """The body of an order of Jane's: a plan, unless more says otherwise."""
    return {
        "relatedParty": [{"id": str(jane.customer_id), "role": "customer", "@referredType": "Customer"}],
        "billingAccount": {"id": str(jane.billing_account_id)},
        "productOrderItem": [
            {"id": "1", "action": "add", "quantity": 1, "productOffering": {"id": "robin-sim-only-20"}}
        ],
    } | more


@dataclass(frozen=True, slots=True)
class Month:
    """A month in which Jane used her plan, and its bill."""

    product: dict[str, Any]
    bill: dict[str, Any]


@pytest.fixture
def used(
    host: HostNetwork,
    stocked: str,
    api: ApiClient,
    jane: CustomerRegistered,
    drain: Callable[[], int],
    advance: Callable[[datetime], Advanced],
    actor: Actor,
) -> dict[str, Any]:
    """Jane's product, after a call that the plan includes and one that it does not."""
    usage.apply_feeds(ROBIN / "feeds", actor=actor)
    api.post(ORDERS, order(jane))
    drain()
    (product,) = inventory.products_of_customer(jane.customer_id)
    advance(EVENING)
    send(
        [
            Cdr(product, "VOICE", 61, party="+31612345678"),
            Cdr(product, "VOICE", 61, start="2026-11-01 13:00:00", party="+12125550123"),
        ],
        actor,
    )
    drain()
    found: dict[str, Any] = api.get(f"productInventory/v4/product/{product.id}").body
    return found


@pytest.fixture
def month(
    api: ApiClient,
    used: dict[str, Any],
    drain: Callable[[], int],
    advance: Callable[[datetime], Advanced],
    actor: Actor,
) -> Month:
    """The bill of that month, issued."""
    advance(DECEMBER)
    run = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    billing.approve(run, actor=actor)
    billing.post(run, actor=actor)
    drain()
    (bill,) = api.get(BILLS).body
    return Month(used, bill)


@pytest.fixture
def paid(month: Month, drain: Callable[[], int], actor: Actor) -> Month:
    """That bill, after a bank transfer of the whole amount came in."""
    view = billing.invoice_by_number(month.bill["billNo"])
    transfer = BankTransfer("B-1", view.gross, date(2026, 12, 1), payer="J Lamborgizzia", reference=view.reference)
    data = write("1", "NL40FICT0123456789", Money.zero("EUR"), [transfer], DECEMBER)
    receive("camt.xml", data, actor=actor)
    drain()
    return month
