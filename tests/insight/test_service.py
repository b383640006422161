"""The timeline, the 360° view, the figures, and what keeps a customer from being closed."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from linehouse.billing.events import AccountParked
from linehouse.catalog import service as catalog
from linehouse.catalog.errors import PublishRefused
from linehouse.catalog.values import BillingMode, OfferingKind
from linehouse.customer import service as customers
from linehouse.customer.errors import CustomerUnknown
from linehouse.customer.values import CustomerRegistered
from linehouse.insight import service
from linehouse.insight.models import TimelineRow
from linehouse.inventory import service as inventory
from linehouse.inventory.values import CreateProduct, ProductView
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.outcome import RefusedError
from linehouse.ledger.service import post
from linehouse.ledger.values import Entry, Transfer
from linehouse.platform.clock.service import business_now
from linehouse.platform.outbox.service import emit, recorded
from linehouse.platform.work import Actor, unit_of_work

Drain = Callable[[], int]


def park(anna: CustomerRegistered, actor: Actor) -> None:
    """Let a bill run tell that it could not bill the customer's account."""
    event = AccountParked(
        billing_account_id=anna.billing_account_id,
        customer_id=anna.customer_id,
        run_id=new_id(),
        code="billing.unknown_tax_rate",
    )
    with unit_of_work(actor):
        emit(event)


def test_a_timeline_fills_itself(anna: CustomerRegistered, actor: Actor, drain: Drain) -> None:
    customers.update_customer(anna.customer_id, {"email": "a@example.com"}, actor=actor, reason="asked by phone")
    drain()
    page = service.timeline(anna.customer_id)
    assert [entry.title for entry in page.rows] == [
        "Customer data changed",
        "Billing account opened",
        "Customer registered",
    ]
    assert page.total == 3
    assert page.rows[0].text == "email"
    assert page.rows[2].text == "C-000001, individual"
    assert page.rows[2].actor == actor.name
    assert "anna" not in str([entry.text for entry in page.rows]).lower()


def test_newest_first_by_business_time(
    anna: CustomerRegistered, actor: Actor, drain: Drain, advance: Callable[[datetime], object]
) -> None:
    advance(datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
    park(anna, actor)
    drain()
    page = service.timeline(anna.customer_id, limit=1)
    assert (page.total, page.rows[0].text) == (3, "billing.unknown_tax_rate")
    assert page.rows[0].at == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    about = service.timeline(anna.customer_id, about=anna.billing_account_id)
    assert [entry.title for entry in about.rows] == [
        "The bill run could not bill this account",
        "Billing account opened",
    ]


def test_an_event_delivered_twice_is_one_entry(anna: CustomerRegistered, actor: Actor) -> None:
    row = TimelineRow.objects.filter(customer_id=anna.customer_id).first()
    assert row is not None
    with unit_of_work(actor):
        service.record(recorded(row.event_id))
        service.record(recorded(row.event_id))
    assert service.timeline(anna.customer_id).total == 2


def test_a_timeline_can_be_built_anew(anna: CustomerRegistered, actor: Actor, drain: Drain) -> None:
    park(anna, actor)
    drain()
    before = service.timeline(anna.customer_id)
    assert service.rebuild_timeline(actor=actor) == before.total
    assert service.timeline(anna.customer_id) == before


def test_the_360_view_reads_every_room(anna: CustomerRegistered, actor: Actor) -> None:
    debit = f"receivable/{anna.billing_account_number}"
    with unit_of_work(actor):
        post(Entry("test:1", (Transfer(debit, "revenue/recurring", 12_600_000, "EUR"),)))
    view = service.customer_360(anna.customer_id)
    assert view.customer == customers.customer_view(anna.customer_id)
    (account,) = view.accounts
    assert (account.open, account.overdue) == (Money.of("12.60", "EUR"), Money.zero("EUR"))
    assert (account.credit, account.unbilled) == (Money.zero("EUR"), Money.zero("EUR"))
    assert (view.products, view.active_products, tuple(view.orders)) == ((), 0, ())
    assert view.timeline.total == 2
    with pytest.raises(CustomerUnknown):
        service.customer_360(new_id())


def test_the_figures_are_those_of_the_rooms(
    anna: CustomerRegistered, actor: Actor, advance: Callable[[datetime], object]
) -> None:
    debit = f"receivable/{anna.billing_account_number}"
    with unit_of_work(actor):
        post(Entry("test:1", (Transfer(debit, "revenue/recurring", 12_600_000, "EUR"),)))
    advance(datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    with unit_of_work(actor):
        post(Entry("test:2", (Transfer(debit, "revenue/recurring", 18_000_000, "EUR"),)))
    now = service.figures()
    assert now.customers == {"active": 1}
    assert (now.products, now.orders) == ({}, {})
    assert (now.revenue, now.receivable) == (Money.of("18.00", "EUR"), Money.of("30.60", "EUR"))
    assert (now.usage[-1].day, len(now.usage), sum(day.records for day in now.usage)) == (date(2026, 12, 1), 14, 0)


def test_open_money_keeps_a_customer_from_being_closed(anna: CustomerRegistered, actor: Actor) -> None:
    account = f"receivable/{anna.billing_account_number}"
    with unit_of_work(actor):
        post(Entry("test:1", (Transfer(account, "revenue/recurring", 1, "EUR"),)))
    with pytest.raises(RefusedError) as refused:
        customers.close_customer(anna.customer_id, actor=actor, reason="leaves")
    assert [problem.message for problem in refused.value.problems] == ["0.000001 EUR on BA-000001 is not paid"]
    with unit_of_work(actor):
        post(Entry("test:2", (Transfer("bank/main", account, 1, "EUR"),)))
    customers.close_customer(anna.customer_id, actor=actor, reason="leaves")
    assert customers.customer_view(anna.customer_id).state == "closed"


@pytest.fixture
def product(anna: CustomerRegistered, actor: Actor) -> ProductView:
    """A SIM-only plan that is on its way to the customer."""
    return inventory.create_product(
        CreateProduct(
            order_item="O-000001/1",
            kind=OfferingKind.PLAN,
            customer_id=anna.customer_id,
            billing_account_id=anna.billing_account_id,
            billing_account_number=anna.billing_account_number,
            offering_key="robin-sim-only-20",
            offering_name="Robin SIM Only 20 GB",
            catalog_version=1,
            tariff_key="robin-sim-only",
            billing_mode=BillingMode.POSTPAID,
        ),
        actor=actor,
    )


def test_a_living_product_keeps_a_customer_from_being_closed(
    anna: CustomerRegistered, actor: Actor, product: ProductView
) -> None:
    with pytest.raises(RefusedError) as refused:
        customers.close_customer(anna.customer_id, actor=actor, reason="leaves")
    (problem,) = refused.value.problems
    assert problem.message == f"product {product.number} (Robin SIM Only 20 GB) is pendingActive"
    inventory.cancel_product(product.id, actor=actor)
    customers.close_customer(anna.customer_id, actor=actor, reason="leaves")


@pytest.mark.usefixtures("product")
def test_an_offering_in_use_is_retired_and_not_removed(actor: Actor) -> None:
    files = catalog.exported_files()
    path = "catalog/robin-sim-only-20.yaml"
    text = files.pop(path)
    with pytest.raises(PublishRefused) as refused:
        catalog.apply_texts(files, actor=actor, base_version=1)
    (problem,) = refused.value.problems
    assert problem.message == "robin-sim-only-20 cannot vanish: 1 product of it lives"
    retired = files | {path: text.replace("status: Launched", "status: Retired")}
    catalog.apply_texts(retired, actor=actor, base_version=1)
    assert "robin-sim-only-20" not in {offering.key for offering in catalog.published().orderable(business_now())}
    assert service.living_products("robin-sim-only-20") == 1
    obsolete = files | {path: text.replace("status: Launched", "status: Obsolete")}
    assert [problem.field for problem in catalog.plan_texts(obsolete, base_version=2).red] == [
        "offerings.robin-sim-only-20"
    ]
