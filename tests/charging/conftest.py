"""A shop that is open and receives usage, and only the listeners of the rooms under test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import pytest

from linehouse.charging.ports import use_tax_rates
from linehouse.charging.values import Rate
from linehouse.platform.advance import Advanced
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.work import Actor
from linehouse.usage import service as usage
from tests.balance.house import open_shop
from tests.charging.host import Cdr, send

FEEDS = Path(__file__).resolve().parents[2] / "brands" / "robin" / "feeds"


@pytest.fixture(autouse=True)
def _only_our_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other rooms make of the same events is their tests' business."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])


@pytest.fixture(autouse=True)
def _dutch_tax() -> Iterator[None]:
    """21 % everywhere, always."""

    def rate(country: str, category: str, day: date) -> Rate:
        assert category == "standard"
        return Rate(Fraction(21, 100), f"{country}-21")

    before = use_tax_rates(rate)
    yield
    use_tax_rates(before)


@pytest.fixture
def shop(brand: str, actor: Actor) -> str:
    """The brand with Robin's catalogue, stock and feeds."""
    open_shop(actor)
    usage.apply_feeds(FEEDS, actor=actor)
    return brand


@pytest.fixture
def take(shop: str, actor: Actor, drain: Callable[[], int]) -> Callable[..., UUID]:
    """Sends a file of the host and lets everything happen."""

    def take_in(*cdrs: Cdr, number: int = 1) -> UUID:
        file_id = send(cdrs, actor, number)
        drain()
        return file_id

    return take_in


@pytest.fixture
def later(advance: Callable[..., Advanced]) -> Callable[..., Advanced]:
    """Moves the clock on by hours from the start of all tests."""
    from tests.conftest import START

    return lambda **more: advance(START + timedelta(**more))
