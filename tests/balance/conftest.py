"""A shop that is open, and only the listeners of the rooms under test."""

import pytest

from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.work import Actor
from tests.balance.house import open_shop


@pytest.fixture(autouse=True)
def _only_our_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other rooms make of the same events is their tests' business."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])


@pytest.fixture
def shop(brand: str, actor: Actor) -> str:
    """The brand with Robin's catalogue and stock."""
    open_shop(actor)
    return brand
