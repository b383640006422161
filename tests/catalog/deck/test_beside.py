"""A deck's tariff behind the tariffs that a brand has: retail prices, and what the same calls cost the brand."""

import re
from datetime import date

import pytest

from linehouse.catalog.deck.plan import steps
from linehouse.catalog.deck.values import Covers
from linehouse.catalog.deck.written import Target
from linehouse.catalog.files import read_catalogue
from linehouse.rating.values import TaxMode
from tests.catalog.deck.conftest import HEAD, before, read
from tests.catalog.deck.test_deck import cost

DECK = HEAD + "USA;1;{usa};60/60;2026-12-01;new\nCuba;53;{cuba};1/1;2026-12-01;new\n"


def behind(files: dict[str, str], tariff: str, deck: str, text: str, tax: TaxMode) -> dict[str, str]:
    """The files with a deck's tariff, to which another one falls back instead of pricing the world itself."""
    found = read(text)
    assert found.faults == ()
    target = Target(tariff=deck, tax=tax)
    (step,) = steps(before(files, deck), found.lines, (date(2026, 12, 1),), target, Covers.EVERYTHING)
    path = f"tariffs/{tariff}.yaml"
    kept = re.sub(r"  - rule: world-\d-calls\n(?:    .*\n|      .*\n)+", "", files[path])
    kept = kept.partition("\nexamples:")[0].replace("\nrules:\n", f"\nfallback: {deck}\nrules:\n", 1) + "\n"
    return {**step.files, path: kept}


def test_a_retail_tariff_falls_back_to_a_deck(robin: dict[str, str]) -> None:
    files = behind(robin, "robin-standard", "world", DECK.format(usa="0,30", cuba="1,20"), TaxMode.GROSS)
    tariff = read_catalogue(files).catalogue.tariffs["robin-standard"]
    assert cost(tariff, "+12125550123", 61) == "0.6"
    assert cost(tariff, "+5351234567", 61) == "1.22"
    assert cost(tariff, "+2348012345678", 61) == "unrated"


@pytest.mark.parametrize("tariff", ["host-wholesale"])
def test_a_wholesale_tariff_falls_back_to_a_deck(robin: dict[str, str], tariff: str) -> None:
    prices = DECK.format(usa="0,0123", cuba="0,6")
    files = behind(robin, tariff, "acme", prices, TaxMode.NET)
    wholesale = read_catalogue(files).catalogue.tariffs[tariff]
    assert wholesale.fallback is not None
    assert cost(wholesale.fallback, "+12125550123", 61) == "0.0246"
    assert cost(wholesale, "+5351234567", 61) == "0.61"
