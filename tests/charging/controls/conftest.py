from __future__ import annotations

import pytest

from linehouse.charging.ports import use_tax_rates
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.sql import brand_cursor
from linehouse.run.charging_node import _rate
from tests.balance.house import activate, open_shop, register
from tests.charging.controls.house import Engine, publish


@pytest.fixture
def house(brand, actor, drain, monkeypatch):
    """The brand with its controls; only balance and charging listen."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    publish(actor)
    before = use_tax_rates(_rate)
    yield brand
    use_tax_rates(before)


@pytest.fixture
def line(house, actor, drain):
    """A postpaid line: data in the United States costs 0.25 a MB with tax."""
    made = activate(actor, register(actor), "robin-sim-only-20")
    drain()
    return made


@pytest.fixture
def engine(installation, line):
    with brand_cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0]
    return Engine(installation.dsn.url(name))
