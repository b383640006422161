"""Pages of accounts, which plain SQL reads: what is counted, who may see them, whose names open."""

import pytest

from linehouse.customer import service
from linehouse.customer.values import AccountWishes, RegisterCustomer
from linehouse.kernel.error import DomainError
from linehouse.party.values import NewIndividual
from linehouse.platform.access.ownership import bound_to_dealer
from linehouse.platform.personal.errors import SealBroken
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor

pytestmark = pytest.mark.usefixtures("robin")


def test_a_page_knows_how_many_there_are_wherever_it_lies(actor: Actor, anna: NewIndividual) -> None:
    done = service.register_customer(RegisterCustomer(party=anna), actor=actor)
    first = service.find_billing_accounts().rows[0]
    second = service.open_billing_account(done.customer_id, AccountWishes(name="Holiday flat"), actor=actor)
    assert service.find_billing_accounts(limit=1).rows == (second,)
    page = service.find_billing_accounts(offset=1, limit=1)
    assert (page.rows, page.total) == ((first,), 2)
    assert first == service.billing_account(first.id)
    beyond = service.find_billing_accounts(offset=20, limit=20)
    assert (beyond.rows, beyond.total) == ((), 2)
    assert service.find_billing_accounts(state="closed").total == 0


def test_a_dealer_sees_no_accounts_of_others_and_opens_none_for_them(actor: Actor, anna: NewIndividual) -> None:
    with bound_to_dealer("north"):
        done = service.register_customer(RegisterCustomer(party=anna), actor=actor)
        assert service.find_billing_accounts().total == 1
        service.open_billing_account(done.customer_id, AccountWishes(name="Holiday flat"), actor=actor)
    for other in ("south", ""):
        with bound_to_dealer(other):
            page = service.find_billing_accounts()
            assert (page.rows, page.total) == ((), 0)
            with pytest.raises(DomainError, match="no such customer"):
                service.open_billing_account(done.customer_id, AccountWishes(), actor=actor)
    assert service.find_billing_accounts().total == 2


def test_a_name_that_was_moved_to_another_account_does_not_open(actor: Actor, anna: NewIndividual) -> None:
    for number, given in enumerate(("Anna", "Berta")):
        mail, phone = f"{given}@example.com", f"+3161234567{number}"
        person = anna.__class__(
            given_name=given,
            family_name="de Vries",
            email=mail,
            phone=phone,
            language="nl",
            address=anna.address,
            birth_date=f"199{number}-02-28",
        )
        service.register_customer(RegisterCustomer(party=person), actor=actor)
    with brand_cursor() as cursor:
        cursor.execute("UPDATE customer_billingaccount SET name = (SELECT min(name) FROM customer_billingaccount)")
    with pytest.raises(SealBroken, match="somebody else"):
        service.find_billing_accounts()
