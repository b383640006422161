"""A brand with Robin's catalogue and one registered customer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linehouse.catalog.service import apply_files
from linehouse.customer.service import register_customer
from linehouse.customer.values import CustomerRegistered, RegisterCustomer
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.work import Actor

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"


@pytest.fixture
def anna(brand: str, actor: Actor, drain: Callable[[], int]) -> CustomerRegistered:
    """A customer; everything that registering causes has run."""
    apply_files(ROBIN, actor=actor)
    person = NewIndividual(
        given_name="Anna",
        family_name="de Vries",
        email="anna@example.com",
        birth_date="1990-02-28",
        address=PostalAddress(street1="Keizersgracht 1", postcode="1015 CJ", city="Amsterdam", country="NL"),
    )
    done = register_customer(RegisterCustomer(party=person), actor=actor)
    drain()
    return done


@pytest.fixture
def another(anna: CustomerRegistered, actor: Actor, drain: Callable[[], int]) -> CustomerRegistered:
    """A second customer."""
    assert anna.customer_number == "C-000001"
    person = NewIndividual(
        given_name="Bea",
        family_name="Bakker",
        email="bea@example.com",
        birth_date="1981-05-03",
        address=PostalAddress(street1="Oudegracht 88", postcode="3511 AV", city="Utrecht", country="NL"),
    )
    done = register_customer(RegisterCustomer(party=person), actor=actor)
    drain()
    return done
