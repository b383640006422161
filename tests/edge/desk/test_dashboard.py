"""Dashboards of declared metrics, the activity of the brand, and the search over everything."""

from __future__ import annotations

from collections.abc import Callable

from tests.edge.desk.conftest import Staff, text_of

from linehouse.insight.metrics import DEFAULTS, default_tiles
from linehouse.insight.service import all_metrics
from linehouse.platform.access.permissions import PERMISSIONS, ROLES
from linehouse.platform.work import Actor
from linehouse.resource import service as resources


def test_metrics_say_what_they_are() -> None:
    metrics = all_metrics()
    assert len(metrics) >= 20
    for key, metric in metrics.items():
        assert str(metric.title), key
        assert str(metric.meaning).endswith("."), key
        assert metric.permission in PERMISSIONS, key
    assert {key for tiles in DEFAULTS.values() for key in tiles} <= metrics.keys()
    assert DEFAULTS.keys() <= ROLES.keys()
    assert default_tiles(frozenset({"care", "finance"}))[:2] == ("customers.active", "products.active")


def test_each_role_has_its_dashboard(ada: Staff, log_in: Callable[..., Staff]) -> None:
    ada.register()
    page = text_of(ada.get())
    assert "Active customers 1 Customers who are neither suspended nor closed." in page
    assert "Revenue this month € 0.00" in page
    carer = text_of(log_in("care", name="Bea Example").get())
    assert "Revenue this month" not in carer
    assert "Messages not delivered 0" in carer


def test_a_reader_arranges_the_dashboard_and_goes_back_to_the_roles(ada: Staff) -> None:
    ada.post(
        "dashboard/arrange",
        {
            "tile-numbers.available": "yes",
            "place-numbers.available": "2",
            "tile-sims.available": "yes",
            "place-sims.available": "1",
        },
    )
    page = text_of(ada.get())
    assert page.index("SIM cards in stock") < page.index("Numbers on sale")
    assert "Revenue this month" not in page
    assert "Choose between 1 and 16 tiles" in text_of(ada.post("dashboard/arrange", {}))
    ada.post("dashboard/arrange", {"forget": "yes"})
    assert "Revenue this month" in text_of(ada.get())


def test_nobody_sees_a_metric_that_they_may_not(selling: str, log_in: Callable[..., Staff]) -> None:
    carer = log_in("care")
    carer.post("dashboard/arrange", {"tile-revenue.month": "yes", "tile-customers.all": "yes"})
    page = text_of(carer.get())
    assert "Revenue this month" not in page
    assert "All customers of the brand" in page


def test_the_activity_says_who_did_what(ada: Staff) -> None:
    ada.register()
    page = text_of(ada.get("activity"))
    assert "Customer registered C-000001" in page
    assert "Ada Example" in page
    assert "Customer registered" in text_of(ada.get("activity?actor=people&room=customer"))
    assert "Customer registered" not in text_of(ada.get("activity?room=catalog"))
    assert "Customer registered" in text_of(ada.get("activity?q=C-000001"))
    assert "No match" in text_of(ada.get("activity?q=C-999999"))
    assert "by Ada Example" in text_of(ada.get()) or "Ada Example" in text_of(ada.get())


def test_everything_is_found_by_what_stands_on_it(ada: Staff, log_in: Callable[..., Staff]) -> None:
    ada.register()
    card = resources.search_sims(limit=1)[0][0].iccid.digits
    for typed, found in (
        ("fenna@mail.example", "Fenna de Vries"),
        ("C-000001", "Fenna de Vries"),
        ("31610200005", "+31610200005"),
        (card, card),
        ("sim only", "Robin SIM Only 20 GB"),
        ("ledger", "Ledger"),
    ):
        assert found in text_of(ada.get(f"palette?q={typed}")), typed
    product = log_in("product", name="Bea Example")
    assert card not in text_of(product.get(f"palette?q={card}")).replace(f"“{card}”", "")


def test_held_back_numbers_are_found_by_their_state(ada: Staff, actor: Actor) -> None:
    resources.set_aside("31610200005", actor=actor, reason="kept for a shop")
    assert "reserved" in text_of(ada.get("palette?q=31610200005"))
