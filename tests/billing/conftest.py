"""A house that sells, for tests of billing with a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from linehouse.billing.ports import use_usage
from linehouse.platform.outbox import registry
from linehouse.platform.work import Actor
from tests.billing.house import UsageShelf, publish


@pytest.fixture
def house(brand: str, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> str:
    """The brand with Robin's catalogue published, where nobody but billing listens to events."""
    alone = {name: consumer for name, consumer in registry._consumers.items() if name.startswith("billing.")}
    monkeypatch.setattr(registry, "_consumers", alone)
    publish(actor)
    return brand


@pytest.fixture
def shelf() -> Iterator[UsageShelf]:
    """Usage that lies ready to be billed."""
    shelf = UsageShelf()
    before = use_usage(shelf)
    yield shelf
    use_usage(before)
