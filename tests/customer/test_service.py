"""Registering, finding, changing and closing customers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from linehouse.catalog.errors import NothingPublished
from linehouse.catalog.values import TaxMode
from linehouse.customer import service
from linehouse.customer.errors import BillingAccountUnknown, CustomerClosed, CustomerUnknown, ReasonMissing
from linehouse.customer.service import closing
from linehouse.customer.values import AccountWishes, Delivery, RegisterCustomer
from linehouse.kernel.ids import new_id
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.kernel.outcome import InvalidFields, Problem, RefusedError
from linehouse.party import service as party
from linehouse.party.errors import DuplicateSuspected
from linehouse.party.values import NewIndividual, NewOrganization, PostalAddress
from linehouse.platform.audit.service import history
from linehouse.platform.work import Actor

pytestmark = pytest.mark.usefixtures("robin")
Events = Callable[[], list[str]]


def test_a_customer_is_registered_with_an_account(actor: Actor, anna: NewIndividual, events: Events) -> None:
    done = service.register_customer(RegisterCustomer(party=anna), actor=actor)
    assert (done.customer_number, done.billing_account_number, done.duplicates) == ("C-000001", "BA-000001", ())
    view = service.customer_view(done.customer_id)
    assert (view.name, view.state, view.language) == ("Anna de Vries", "active", "nl")
    assert view.party.email == "anna@example.com"
    (account,) = view.accounts
    assert account == service.billing_account(done.billing_account_id)
    assert account == service.billing_account_by_number("BA-000001")
    assert (account.currency, account.cycle_day, account.zone) == ("EUR", 1, ZoneInfo("Europe/Amsterdam"))
    assert (account.payment_terms_days, account.price_mode) == (14, TaxMode.GROSS)
    assert (account.tax_country, account.delivery) == ("NL", (Delivery.EMAIL,))
    assert events() == [
        "party.individual.created",
        "customer.customer.created",
        "customer.billing_account.created",
    ]


def test_a_known_party_becomes_a_customer(actor: Actor, anna: NewIndividual, events: Events) -> None:
    known = party.create_individual(anna, actor=actor).party_id
    events()
    done = service.register_customer(RegisterCustomer(party=known), actor=actor)
    assert (done.party_id, service.customer_view(done.customer_id).name) == (known, "Anna de Vries")
    assert events() == ["customer.customer.created", "customer.billing_account.created"]


def test_a_known_party_must_be_complete(actor: Actor) -> None:
    known = party.create_individual(NewIndividual(given_name="No", family_name="Address"), actor=actor).party_id
    with pytest.raises(InvalidFields) as caught:
        service.register_customer(RegisterCustomer(party=known), actor=actor)
    assert [problem.field for problem in caught.value.problems] == ["party.email", "party.address", "party.birth_date"]


def test_wishes_replace_the_brands_defaults(actor: Actor, anna: NewIndividual) -> None:
    wishes = AccountWishes(cycle_day=31, payment_terms_days=30, delivery=("print", "email"), name="Home", zone="UTC")
    done = service.register_customer(RegisterCustomer(party=anna, account=wishes), actor=actor)
    account = service.billing_account(done.billing_account_id)
    assert (account.cycle_day, account.payment_terms_days, account.name) == (31, 30, "Home")
    assert account.delivery == (Delivery.PRINT, Delivery.EMAIL)


def test_everything_wrong_with_person_and_account_is_told_at_once(
    actor: Actor, anna: NewIndividual, events: Events
) -> None:
    wrong = RegisterCustomer(
        party=replace(anna, email="anna", birth_date=None),
        account=AccountWishes(
            cycle_day=32, currency="EURO", zone="Mars", payment_terms_days=-1, delivery=("fax",), tax_country="XX"
        ),
    )
    with pytest.raises(InvalidFields) as refused:
        service.register_customer(wrong, actor=actor)
    assert [problem.field for problem in refused.value.problems] == [
        "birth_date",
        "email",
        "account.cycle_day",
        "account.payment_terms_days",
        "account.currency",
        "account.zone",
        "account.tax_country",
        "account.delivery",
    ]
    assert all(problem.expected for problem in refused.value.problems)
    assert service.find_customers().total == 0
    assert events() == []


def test_wrong_account_terms_alone_leave_nothing_behind(actor: Actor, anna: NewIndividual) -> None:
    wrong = RegisterCustomer(party=anna, account=AccountWishes(price_mode="brutto"))
    with pytest.raises(InvalidFields):
        service.register_customer(wrong, actor=actor)
    assert party.find_individuals().total == 0
    assert service.register_customer(RegisterCustomer(party=anna), actor=actor).customer_number == "C-000001"


def test_the_same_external_id_is_the_same_customer(actor: Actor, anna: NewIndividual, events: Events) -> None:
    new = RegisterCustomer(party=anna, external_id="shop-17")
    first = service.register_customer(new, actor=actor)
    events()
    assert service.register_customer(new, actor=actor) == first
    assert events() == []
    found = service.customer_by_external_id("shop-17")
    assert found is not None
    assert found.id == first.customer_id
    assert service.customer_by_external_id("") is None


def test_the_same_person_via_web_and_shop_is_one_warning(actor: Actor, anna: NewIndividual) -> None:
    first = service.register_customer(RegisterCustomer(party=anna), actor=actor)
    again = replace(anna, given_name="A.")
    assert [found.party_id for found in service.likely_duplicates(again)] == [first.party_id]
    second = service.register_customer(RegisterCustomer(party=again), actor=actor)
    assert [found.party_id for found in second.duplicates] == [first.party_id]
    with pytest.raises(DuplicateSuspected):
        service.register_customer(RegisterCustomer(party=again, refuse_duplicates=True), actor=actor)


def test_an_organisation_can_be_a_customer(actor: Actor, anna: NewIndividual) -> None:
    body = NewOrganization(trading_name="Tulip B.V.", email="office@tulip.example", address=anna.address)
    done = service.register_customer(RegisterCustomer(party=body, account=AccountWishes(price_mode="net")), actor=actor)
    view = service.customer_view(done.customer_id)
    assert (view.name, view.kind, view.language) == ("Tulip B.V.", "organization", "nl")
    assert view.accounts[0].price_mode is TaxMode.NET
    changed = service.update_customer(done.customer_id, {"trading_name": "Tulip N.V."}, actor=actor, reason="renamed")
    assert changed.name == "Tulip N.V."


@pytest.mark.parametrize(
    "search",
    [
        "C-000001",
        "ba-000001",
        "anna@example.com",
        "ANNA@EXAMPLE.COM",
        "+31 6 1234-5678",
        "+31612345678",
        "vries",
        "an de vr",
        "Vriès",
    ],
)
def test_customers_are_found_by_what_people_say(actor: Actor, anna: NewIndividual, search: str) -> None:
    service.register_customer(RegisterCustomer(party=anna), actor=actor)
    other = replace(anna, given_name="Bob", family_name="Smith", email="bob@example.com", phone="+31687654321")
    service.register_customer(RegisterCustomer(party=other), actor=actor)
    assert [row.number for row in service.find_customers(search=search).rows] == ["C-000001"]


def test_lists_are_filtered_sorted_and_paged(actor: Actor, anna: NewIndividual) -> None:
    for name in ("Zoë", "Ömer", "Bo"):
        someone = replace(anna, given_name=name, email=f"{len(name)}@example.com")
        service.register_customer(RegisterCustomer(party=someone), actor=actor)
    page = service.find_customers(sort="name", limit=2)
    assert (page.total, [row.name for row in page.rows]) == (3, ["Bo de Vries", "Ömer de Vries"])
    newest_first = service.find_customers(sort="number", descending=True)
    assert [row.number for row in newest_first.rows] == ["C-000003", "C-000002", "C-000001"]
    assert service.find_customers(filters={"state": "closed"}).total == 0
    assert service.find_customers(search="'; -- &|!").total == 0
    with pytest.raises(ValueError, match="not filtered"):
        service.find_customers(filters={"party__id": "x"})
    assert len(service.customers(row.id for row in page.rows)) == 2


def test_a_change_says_who_why_and_what(
    actor: Actor, anna: NewIndividual, events: Events, drain: Callable[[], int]
) -> None:
    done = service.register_customer(RegisterCustomer(party=anna), actor=actor)
    drain()
    events()
    view = service.update_customer(
        done.customer_id, {"family_name": "Jansen", "language": "en"}, actor=actor, reason="marriage"
    )
    drain()
    assert (view.name, view.language, view.accounts[0].language) == ("Anna Jansen", "en", "en")
    assert service.find_customers(search="jansen").total == 1
    assert events() == ["party.individual.changed", "customer.customer.changed"]
    change = history("customer.Customer", done.customer_id)[0]
    assert (change.actor, change.reason) == (actor.name, "marriage")
    assert ("name", "Anna de Vries", "Anna Jansen") in change.fields
    with pytest.raises(ReasonMissing):
        service.update_customer(done.customer_id, {"language": "nl"}, actor=actor, reason=" ")
    with pytest.raises(InvalidFields):
        service.update_customer(done.customer_id, {"email": ""}, actor=actor, reason="no more e-mail")
    with pytest.raises(CustomerUnknown):
        service.update_customer(new_id(), {}, actor=actor, reason="test")


def test_a_party_changed_by_itself_takes_its_customers_along(
    actor: Actor, anna: NewIndividual, drain: Callable[[], int], events: Events
) -> None:
    done = service.register_customer(RegisterCustomer(party=anna), actor=actor)
    drain()
    events()
    party.patch_individual(done.party_id, {"given_name": "Hanna"}, actor=actor, reason="misheard")
    drain()
    assert service.customer_view(done.customer_id).name == "Hanna de Vries"
    assert events() == ["party.individual.changed", "customer.customer.changed"]


def test_an_address_changed_from_a_day_on_is_seen_from_that_day(actor: Actor, anna: NewIndividual) -> None:
    done = service.register_customer(RegisterCustomer(party=anna), actor=actor)
    moving = datetime(2026, 11, 15, tzinfo=UTC)
    new_home = PostalAddress(street1="Oudegracht 2", postcode="3511 AA", city="Utrecht", country="NL")
    service.update_customer(done.customer_id, {"address": new_home}, actor=actor, reason="moves", effective_from=moving)
    assert service.customer_view(done.customer_id).party.address == anna.address
    assert service.customer_view(done.customer_id, at=moving).party.address == new_home


def test_account_terms_change_within_bounds(actor: Actor, anna: NewIndividual, events: Events) -> None:
    done = service.register_customer(RegisterCustomer(party=anna), actor=actor)
    events()
    changes = {"payment_terms_days": 30, "delivery": ["print"], "language": "en", "name": "Holiday home"}
    account = service.update_billing_account(done.billing_account_id, changes, actor=actor, reason="asked by phone")
    assert (account.payment_terms_days, account.delivery) == (30, (Delivery.PRINT,))
    service.update_billing_account(done.billing_account_id, changes, actor=actor, reason="again")
    assert events() == ["customer.billing_account.changed"]
    wrong = {"currency": "USD", "payment_terms_days": 400, "delivery": [], "language": "fr", "name": " "}
    with pytest.raises(InvalidFields) as refused:
        service.update_billing_account(done.billing_account_id, wrong, actor=actor, reason="test")
    assert {problem.field for problem in refused.value.problems} == {f"account.{field}" for field in wrong}


def test_accounts_are_opened_listed_and_found(actor: Actor, anna: NewIndividual) -> None:
    done = service.register_customer(RegisterCustomer(party=anna), actor=actor)
    second = service.open_billing_account(done.customer_id, AccountWishes(cycle_day=15), actor=actor)
    assert service.billing_account_ids() == [done.billing_account_id, second.id]
    assert service.find_billing_accounts(customer_id=done.customer_id).total == 2
    assert service.find_billing_accounts(number="BA-000002").rows == (second,)
    assert service.billing_accounts((second.id, new_id())) == {second.id: second}
    with pytest.raises(BillingAccountUnknown):
        service.billing_account(new_id())
    with pytest.raises(CustomerUnknown):
        service.open_billing_account(new_id(), AccountWishes(), actor=actor)


@pytest.fixture
def still_open() -> Iterator[list[Problem]]:
    """What a room above would report as still alive; put problems in."""
    problems: list[Problem] = []
    before = dict(closing._checks)
    closing._checks.clear()
    service.closing_check("test")(lambda _customer_id: problems)
    yield problems
    closing._checks.clear()
    closing._checks.update(before)


def test_a_customer_is_closed_when_nothing_is_alive(
    actor: Actor, anna: NewIndividual, events: Events, still_open: list[Problem]
) -> None:
    done = service.register_customer(RegisterCustomer(party=anna), actor=actor)
    events()
    still_open.append(Problem("inventory.product_alive", "1 product is active"))
    with pytest.raises(RefusedError) as refused:
        service.close_customer(done.customer_id, actor=actor, reason="leaves")
    assert [problem.message for problem in refused.value.problems] == ["1 product is active"]
    still_open.clear()
    service.close_customer(done.customer_id, actor=actor, reason="leaves")
    view = service.customer_view(done.customer_id)
    assert (view.state, view.state_reason, view.accounts[0].state) == ("closed", "leaves", "closed")
    assert service.billing_account_ids() == []
    assert events() == ["customer.customer.state_changed", "customer.billing_account.state_changed"]
    with pytest.raises(IllegalTransition):
        service.resume_customer(done.customer_id, actor=actor, reason="comes back")
    with pytest.raises(CustomerClosed):
        service.open_billing_account(done.customer_id, AccountWishes(), actor=actor)


def test_a_customer_is_suspended_and_resumed(actor: Actor, anna: NewIndividual) -> None:
    customer_id: UUID = service.register_customer(RegisterCustomer(party=anna), actor=actor).customer_id
    service.suspend_customer(customer_id, actor=actor, reason="fraud suspected")
    assert service.customer_view(customer_id).accounts[0].state == "suspended"
    service.resume_customer(customer_id, actor=actor, reason="cleared")
    assert service.customer_view(customer_id).state == "active"
    with pytest.raises(ReasonMissing):
        service.suspend_customer(customer_id, actor=actor, reason="")


def test_brands_do_not_see_each_other(actor: Actor, anna: NewIndividual, second_brand: str) -> None:
    from linehouse.platform.scope import brand_scope

    done = service.register_customer(RegisterCustomer(party=anna), actor=actor)
    with brand_scope(second_brand):
        assert service.find_customers().total == 0
        with pytest.raises(CustomerUnknown):
            service.customer_view(done.customer_id)
        with pytest.raises(NothingPublished):
            service.register_customer(RegisterCustomer(party=anna), actor=actor)
