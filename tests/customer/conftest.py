"""A brand with Robin's catalogue, and a customer to register."""

from pathlib import Path

import pytest

from linehouse.catalog.service import apply_files
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.work import Actor

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"


@pytest.fixture
def robin(brand: str, actor: Actor) -> str:
    """The brand with its catalogue published."""
    apply_files(ROBIN, actor=actor)
    return brand


@pytest.fixture
def anna() -> NewIndividual:
    """Somebody whose data are complete."""
    return NewIndividual(
        given_name="Anna",
        family_name="de Vries",
        email="anna@example.com",
        phone="+31612345678",
        birth_date="1990-02-28",
        language="nl",
        address=PostalAddress(street1="Keizersgracht 1", postcode="1015 CJ", city="Amsterdam", country="NL"),
    )
