"""An order in three pages: what, how, what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.edge.desk.conftest import Staff, text_of

from linehouse.ordering import service as ordering

WIZARD = "customers/C-000001/order"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found.group(1)


def test_the_offerings_are_shown_with_their_price(ada: Staff) -> None:
    ada.register()
    page = text_of(ada.get(WIZARD))
    assert "Robin SIM Only 20 GB € 18.00 every month" in page
    assert "Robin Prepaid Start € 15.00" in page


def test_a_number_can_be_looked_for(ada: Staff) -> None:
    ada.register()
    page = text_of(ada.get(f"{WIZARD}?offering=robin-sim-only-20&find=200017"))
    assert "+31610200017" in page
    assert "+31610200018" not in page


def test_the_price_is_that_of_the_first_bill_tax_included(ada: Staff) -> None:
    ada.register()
    page = text_of(ada.get(f"{WIZARD}?offering=robin-sim-only-20&configured=yes&msisdn=%2B31610200005"))
    assert "Activation fee" in page
    assert "First bill, tax included € 45.95" in page
    assert "of which tax 21 %" in page
    assert "+31610200005" in page


def test_what_cannot_be_ordered_says_why_and_has_no_button(ada: Staff) -> None:
    ada.register()
    page = ada.get(f"{WIZARD}?offering=robin-booster-5gb&configured=yes")
    assert "This cannot be ordered" in text_of(page)
    assert re.search(r'type="submit" disabled', page.content.decode())
    assert "This customer has no active plan" in text_of(ada.get(f"{WIZARD}?offering=robin-booster-5gb"))


def test_the_order_is_taken_once_however_often_it_is_sent(ada: Staff) -> None:
    ada.register()
    page = ada.get(f"{WIZARD}?offering=robin-sim-only-20&configured=yes").content.decode()
    form = {name: hidden(page, name) for name in ("once", "offering", "account", "msisdn", "iccid", "parent")}
    first, again = ada.post(WIZARD, form), ada.post(WIZARD, form)
    assert first["Location"] == again["Location"] == "/b/robin/orders/O-000001"
    assert ordering.search_orders()[1] == 1


def test_an_order_that_is_stuck_stands_in_the_work_queue_with_its_reason(ada: Staff, drain: Callable[[], int]) -> None:
    ada.register()
    form = {
        "offering": "robin-sim-only-20",
        "account": "BA-000001",
        "iccid": "",
        "parent": "",
        "msisdn": "+31699999999",
    }
    ada.post(WIZARD, form)
    drain()
    assert "does not own that number" in text_of(ada.get("orders/O-000001?tab=steps"))
    assert "1 step cannot go on by itself" in text_of(ada.get("orders"))
    assert "Reserve a number" in text_of(ada.get("orders/stuck"))
    ada.post("orders/O-000001/retry", {"step": "1/reserve_msisdn"})
    assert "The step is tried again" in text_of(ada.get("orders/O-000001"))


def test_the_order_can_be_cancelled_before_it_runs(ada: Staff) -> None:
    ada.register()
    page = ada.get(f"{WIZARD}?offering=robin-sim-only-20&configured=yes").content.decode()
    ada.post(
        WIZARD, {name: hidden(page, name) for name in ("once", "offering", "account", "msisdn", "iccid", "parent")}
    )
    assert "Cancel the order" in text_of(ada.get("orders/O-000001"))
    ada.post("orders/O-000001/cancel", {"reason": "changed her mind"})
    assert ordering.find_order(number="O-000001").state in {"cancelled", "pendingCancellation", "assessingCancellation"}
    assert "Items 1" in text_of(ada.get("orders/O-000001"))


def test_a_move_that_there_is_not_is_refused(ada: Staff) -> None:
    ada.register()
    page = ada.get(f"{WIZARD}?offering=robin-sim-only-20&configured=yes").content.decode()
    ada.post(
        WIZARD, {name: hidden(page, name) for name in ("once", "offering", "account", "msisdn", "iccid", "parent")}
    )
    ada.post("orders/O-000001/dance")
    assert "There is no such move" in text_of(ada.get("orders/O-000001"))
