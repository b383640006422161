"""What a reader arranges: saved filters and undoing, each one's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.edge.desk.conftest import Staff, text_of

from linehouse.customer import service as customers
from linehouse.platform.sql import brand_cursor
from linehouse.platform.worktop.filters import saved_filters
from linehouse.platform.worktop.models import UndoOffer
from linehouse.platform.worktop.undo import all_undo_kinds
from linehouse.resource import service as resources


def undo(staff: Staff, page: str = "") -> str:
    """Press the button of the last message, or of the list of acts; returns what the next page says."""
    shown = staff.get(page).content.decode()
    found = re.search(r'action="(/b/robin/undo/[0-9a-f-]+)"', shown)
    assert found, shown
    staff.client.post(found.group(1))
    return text_of(staff.get("undo"))


def test_a_filter_is_saved_shared_and_shown_as_a_chip(ada: Staff, log_in: Callable[..., Staff]) -> None:
    listed = ada.get("orders?state=held").content.decode()
    assert "Save this filter" in listed
    saved = ada.post(
        "filters/save", {"screen": "orders", "query": "state=held", "name": "Held  orders", "shared": "yes"}
    )
    assert saved["Location"] == "/b/robin/orders?state=held"
    page = ada.get("orders?state=held").content.decode()
    assert '<a href="/b/robin/orders?state=held" aria-current="true">Held orders</a>' in page
    assert "Save this filter" not in page
    colleague = log_in("care", name="Bea Example")
    assert "Held orders Ada Example" in text_of(colleague.get("orders"))
    assert "/delete" not in colleague.get("orders").content.decode()


def test_a_filter_of_ones_own_is_nobody_elses_business(ada: Staff, log_in: Callable[..., Staff]) -> None:
    ada.post("filters/save", {"screen": "orders", "query": "state=held", "name": "Mine"})
    colleague = log_in("care", name="Bea Example")
    assert "Mine" not in text_of(colleague.get("orders"))
    kept = filter_id_of(ada)
    assert "no such saved filter" in text_of(colleague.client.post(f"/b/robin/filters/{kept}/delete", follow=True))
    assert "Mine" in text_of(ada.get("orders"))


def filter_id_of(staff: Staff) -> str:
    found = re.search(r"/filters/([0-9a-f-]+)/delete", staff.get("orders").content.decode())
    assert found
    return found.group(1)


def test_a_removed_filter_comes_back(ada: Staff) -> None:
    ada.post("filters/save", {"screen": "orders", "query": "state=held", "name": "Mine"})
    owner = saved_filters_of("Mine")
    ada.post(f"filters/{filter_id_of(ada)}/delete")
    assert saved_filters(owner, "orders") == []
    assert "Nothing to undo" in undo(ada, "orders")
    assert [one.name for one in saved_filters(owner, "orders")] == ["Mine"]


def saved_filters_of(name: str) -> str:
    with brand_cursor() as cursor:
        cursor.execute("SELECT owner_id FROM worktop_savedfilter WHERE name = %s", [name])
        return str(cursor.fetchone()[0])


def test_a_filter_needs_a_name(ada: Staff) -> None:
    ada.post("filters/save", {"screen": "orders", "query": "state=held", "name": " "})
    assert "A saved filter needs a name" in text_of(ada.get("orders"))


def test_changed_contact_data_are_taken_back(ada: Staff) -> None:
    ada.register()
    form = {
        "email": "new@mail.example",
        "phone": "",
        "street1": "Elandsgracht 1",
        "street2": "",
        "postcode": "1016 TM",
        "city": "Amsterdam",
        "country": "NL",
        "language": "en",
        "reason": "moved house",
    }
    ada.post("customers/C-000001/edit", form)
    assert customers.customer_by_number("C-000001").party.email == "new@mail.example"
    with brand_cursor() as cursor:
        cursor.execute("SELECT payload FROM worktop_undooffer")
        assert "fenna" not in cursor.fetchone()[0]  # what undoing needs of a person is sealed
    undo(ada, "customers/C-000001")
    party = customers.customer_by_number("C-000001").party
    assert party.email == "fenna@mail.example"
    assert party.address is not None
    assert party.address.street1 == "Lindengracht 7"


def test_a_suspended_customer_is_resumed(ada: Staff) -> None:
    ada.register()
    ada.post("customers/C-000001/suspend", {"reason": "by mistake"})
    undo(ada, "customers/C-000001")
    assert customers.customer_by_number("C-000001").state == "active"
    assert "undone: C-000001" in text_of(ada.get("customers/C-000001?tab=history"))


@pytest.mark.parametrize(
    ("move", "before", "between"), [("aside", "available", "reserved"), ("back", "reserved", "available")]
)
def test_a_number_goes_back_to_where_it_was(ada: Staff, move: str, before: str, between: str) -> None:
    if move == "back":
        ada.post("numbers/31610200005/move", {"move": "aside"})
        ada.get("numbers")
    ada.post("numbers/31610200005/move", {"move": move})
    assert resources.find_number("31610200005").state == between
    undo(ada, "numbers/31610200005")
    assert resources.find_number("31610200005").state == before


def test_undoing_has_its_time_its_owner_and_happens_once(ada: Staff, log_in: Callable[..., Staff]) -> None:
    ada.post("numbers/31610200005/move", {"move": "aside"})
    offer = UndoOffer.objects.get()
    colleague = log_in("network", name="Bea Example")
    assert "nothing of yours to undo" in text_of(colleague.client.post(f"/b/robin/undo/{offer.id}", follow=True))
    UndoOffer.objects.update(until=offer.until - timedelta(hours=1))
    late = ada.client.post(
        f"/b/robin/undo/{offer.id}", headers={"referer": "http://testserver/b/robin/undo"}, follow=True
    )
    assert "cannot be undone any more" in text_of(late)
    UndoOffer.objects.update(until=offer.until)
    ada.post(f"undo/{offer.id}")
    again = ada.client.post(
        f"/b/robin/undo/{offer.id}", headers={"referer": "http://testserver/b/robin/undo"}, follow=True
    )
    assert "cannot be undone any more" in text_of(again)
    assert resources.find_number("31610200005").state == "available"


def test_five_acts_and_more_can_be_undone() -> None:
    assert {
        "customer.contact",
        "customer.state",
        "number.aside",
        "number.back",
        "filter.deleted",
    } <= all_undo_kinds().keys()
