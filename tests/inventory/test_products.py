"""Products and services: created once, alive with their line, ended with their plan, identified as of the event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from linehouse.catalog.values import BillingMode, OfferingKind
from linehouse.inventory import service
from linehouse.inventory.errors import ParentNotActive, ProductDiffers, ProductNotFound, ServiceNotFound
from linehouse.inventory.values import (
    CreateProduct,
    IdentityKind,
    IdentityQuery,
    ProductView,
    ServiceToCreate,
)
from linehouse.kernel.ids import new_id
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.platform.clock.service import business_now, set_manual
from linehouse.platform.outbox.service import search_events
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, unit_of_work
from linehouse.resource import service as stock
from linehouse.resource import store
from linehouse.resource.errors import NumberNotFound
from linehouse.resource.service.hold import QUARANTINE

Events = Callable[[], list[str]]

PLAN = CreateProduct(
    order_item="O-000001/1",
    kind=OfferingKind.PLAN,
    customer_id=new_id(),
    billing_account_id=new_id(),
    billing_account_number="BA-000001",
    offering_key="sim-only",
    offering_name="SIM only",
    catalog_version=7,
    tariff_key="standard",
    billing_mode=BillingMode.POSTPAID,
)
VOICE = ServiceToCreate("mobile-line", "Mobile line", {"apns": ["internet"]}, "svc-1")


@pytest.fixture(autouse=True)
def filled(brand: str, actor: Actor) -> None:
    stock.import_numbers("+31610200000", "+31610200001", actor=actor)
    stock.import_sims(
        "iccid,imsi,puk\n8931080000000000019,204040000000001,12345678\n8931080000000000027,204040000000002,12345678",
        actor=actor,
    )


@pytest.fixture
def make(actor: Actor) -> Callable[..., ProductView]:
    """Makes a product; a plan with number and card reserved for it."""

    def making(new: CreateProduct = PLAN) -> ProductView:
        made = service.create_product(new, actor=actor)
        if new.kind is OfferingKind.PLAN:
            stock.reserve_number(made.number, actor=actor)
            stock.reserve_sim(made.number, actor=actor)
        return made

    return making


def pack_of(plan: ProductView, item: str = "O-000002/1") -> CreateProduct:
    return replace(PLAN, order_item=item, kind=OfferingKind.PACK, parent_product_id=plan.id, tariff_key=None)


def test_an_order_item_brings_one_product(make: Callable[..., ProductView], actor: Actor, events: Events) -> None:
    events()
    made = make()
    assert (made.number, made.state, made.activated_at, made.order_item) == (
        "S-000001",
        "pendingActive",
        None,
        "O-000001/1",
    )
    again = service.create_product(PLAN, actor=actor)
    assert (again.id, again.number) == (made.id, made.number)
    assert again.msisdn is not None
    with pytest.raises(ProductDiffers):
        service.create_product(replace(PLAN, offering_key="other"), actor=actor)
    assert [name for name in events() if "resource" not in name] == ["inventory.product.created"]


def test_a_plan_comes_alive_with_its_line_and_is_told_of_once(
    make: Callable[..., ProductView], actor: Actor, events: Events
) -> None:
    made = make()
    events()
    service.activate_product(made.id, [VOICE], actor=actor)
    service.activate_product(made.id, [VOICE], actor=actor)
    assert [name for name in events() if "resource" not in name] == [
        "inventory.service.started",
        "inventory.product.activated",
    ]
    alive = service.find_product(number=made.number)
    assert (alive.state, alive.activated_at) == ("active", business_now())
    assert stock.find_number("31610200000").state == "assigned"
    assert stock.find_sim("8931080000000000019").state == "active"
    (voice,) = service.services_of(made.id)
    assert (voice.state, voice.characteristics, voice.network_ref) == ("active", {"apns": ["internet"]}, "svc-1")
    assert service.find_service(voice.id) == voice
    ((told,), _) = search_events(name="inventory.product.activated")
    assert told.payload | {"product_id": 0, "customer_id": 0, "billing_account_id": 0} == {
        "product_id": 0,
        "product_number": "S-000001",
        "customer_id": 0,
        "billing_account_id": 0,
        "billing_account_number": "BA-000001",
        "offering_key": "sim-only",
        "catalog_version": 7,
        "parent_product_id": None,
        "activated_at": business_now().isoformat().replace("+00:00", "Z"),
    }


def test_a_plan_without_a_line_does_not_come_alive(actor: Actor) -> None:
    made = service.create_product(PLAN, actor=actor)
    with pytest.raises(NumberNotFound):
        service.activate_product(made.id, actor=actor)
    assert service.find_product(id=made.id).state == "pendingActive"


def test_what_runs_on_a_plan_needs_it_active_and_ends_with_it(
    make: Callable[..., ProductView], actor: Actor, events: Events
) -> None:
    plan = make()
    pack = make(pack_of(plan))
    with pytest.raises(ParentNotActive):
        service.activate_product(pack.id, actor=actor)
    service.activate_product(plan.id, [VOICE], actor=actor)
    service.activate_product(pack.id, actor=actor)
    waiting = make(pack_of(plan, "O-000003/1"))
    assert [p.number for p in service.add_ons_of(plan.id)] == [pack.number, waiting.number]
    events()
    service.terminate_product(plan.id, actor=actor)
    service.terminate_product(plan.id, actor=actor)
    assert [name for name in events() if "product" in name] == ["inventory.product.terminated"] * 2
    assert [p.state for p in service.products_of_customer(PLAN.customer_id)] == [
        "terminated",
        "terminated",
        "pendingActive",
    ]
    assert [s.state for s in service.services_of(plan.id)] == ["terminated"]
    with pytest.raises(ParentNotActive):
        service.activate_product(waiting.id, actor=actor)


def test_somebody_elses_plan_is_no_parent(make: Callable[..., ProductView], actor: Actor) -> None:
    plan = make()
    service.activate_product(plan.id, actor=actor)
    pack = make(replace(pack_of(plan), customer_id=new_id()))
    with pytest.raises(ParentNotActive):
        service.activate_product(pack.id, actor=actor)


def test_what_was_never_delivered_is_cancelled(make: Callable[..., ProductView], actor: Actor, events: Events) -> None:
    made = make()
    events()
    for _ in range(2):
        service.cancel_product(made.id, actor=actor)
    assert events() == ["inventory.product.cancelled"]
    with pytest.raises(IllegalTransition):
        service.activate_product(made.id, actor=actor)
    with pytest.raises(IllegalTransition):
        service.terminate_product(made.id, actor=actor)


def test_what_is_not_there_is_said_so(actor: Actor) -> None:
    for call in (service.activate_product, service.terminate_product, service.cancel_product):
        with pytest.raises(ProductNotFound):
            call(new_id(), actor=actor)
    with pytest.raises(ProductNotFound):
        service.find_product(number="S-000099")
    with pytest.raises(ServiceNotFound):
        service.find_service(new_id())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inventory_product SET state = 'terminated', terminated_at = now(), activated_at = now()",
        "UPDATE inventory_product SET state = 'active'",
        "UPDATE inventory_product SET kind = 'pack'",
        "UPDATE inventory_product SET terminated_at = now()",
        "UPDATE inventory_product SET billing_mode = 'barter'",
    ],
)
def test_the_database_refuses_what_makes_no_sense(
    make: Callable[..., ProductView], actor: Actor, statement: str
) -> None:
    make()
    with pytest.raises(Exception, match=r"violates|transition"), unit_of_work(actor), brand_cursor() as cursor:
        cursor.execute(statement)


def move(to: datetime, actor: Actor) -> None:
    """Move the clock without running what other rooms make of our events; they know none of these customers."""
    with unit_of_work(actor):
        set_manual(to)
        store.end_rests(to)


def test_a_subscriber_is_identified_as_of_the_event(make: Callable[..., ProductView], actor: Actor) -> None:
    start = business_now()
    first = make()
    move(start + timedelta(hours=1), actor)
    service.activate_product(first.id, actor=actor)
    move(start + timedelta(days=30), actor)
    service.terminate_product(first.id, actor=actor)
    stock.retire_sim(first.number, actor=actor)
    stock.quarantine_number(first.number, actor=actor)
    move(start + timedelta(days=31) + QUARANTINE, actor)
    second = make(replace(PLAN, order_item="O-000009/1", customer_id=new_id(), billing_mode=BillingMode.PREPAID))
    assert second.msisdn is None
    service.activate_product(second.id, actor=actor)
    begun = business_now()

    def who(at: Any, **identity: str) -> str | None:
        found = service.identify(at=at, **identity)
        return found.product_number if found else None

    number, card = "+31610200000", "204040000000001"
    assert who(start, msisdn=number) is None
    assert who(start + timedelta(hours=1), msisdn=number) == first.number
    assert who(start + timedelta(hours=1), imsi=card) == first.number
    assert who(start + timedelta(days=30, microseconds=-1), msisdn=number, imsi=card) == first.number
    assert who(start + timedelta(days=30), msisdn=number) is None
    assert who(begun, msisdn=number) == second.number
    assert who(begun, imsi=card) is None
    assert who(begun, imsi="204040000000002") == second.number
    assert who(begun, msisdn=number, imsi=card) is None
    assert who(begun) is None
    later = service.identify(msisdn=number, at=begun)
    assert later is not None
    assert later.imsi is not None
    assert (later.billing_mode, later.imsi.digits, later.catalog_version) == (BillingMode.PREPAID, "204040000000002", 7)


def test_many_are_identified_by_two_statements(
    make: Callable[..., ProductView], actor: Actor, django_statements: Callable[[], int]
) -> None:
    plan = make()
    service.activate_product(plan.id, actor=actor)
    now = business_now()
    questions = [
        IdentityQuery(ref, IdentityKind.MSISDN, f"3161020000{ref % 2}", now + timedelta(seconds=ref))
        for ref in range(500)
    ]
    django_statements()
    found = service.identify_many(questions)
    assert django_statements() == 2
    assert sorted(found) == list(range(0, 500, 2))
    assert {subscriber.product_number for subscriber in found.values()} == {plan.number}
    assert service.identify_many([]) == {}


@pytest.fixture
def django_statements(brand: str) -> Callable[[], int]:
    """How many statements ran on the brand's database since the last call."""
    from django.db import connections, reset_queries

    connection = connections[brand]
    connection.force_debug_cursor = True

    def count() -> int:
        ran = len(connection.queries)
        reset_queries()
        connection.queries_log.clear()
        return ran

    return count


def test_products_and_services_are_found(make: Callable[..., ProductView], actor: Actor) -> None:
    plan = make()
    service.activate_product(plan.id, [VOICE], actor=actor)
    pack = make(pack_of(plan))
    found, total = service.search_products(limit=1)
    assert ([p.number for p in found], total) == ([pack.number], 2)
    assert service.search_products(state="active")[1] == 1
    assert service.search_products(query="s-000002", customer_id=PLAN.customer_id)[1] == 1
    assert service.search_products(offering_key="nothing")[1] == 0
    assert service.search_products(billing_account_id=new_id())[1] == 0
    assert set(service.products_by_id([plan.id, pack.id, new_id()])) == {plan.id, pack.id}
    assert service.search_services(state="active", specification_key="mobile-line")[1] == 1
    assert service.search_services(customer_id=new_id())[1] == 0
