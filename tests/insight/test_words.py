"""Every event that concerns a customer has words that a person understands."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any, get_type_hints
from uuid import UUID

import msgspec
import pytest

from linehouse.billing.events import InvoiceIssued
from linehouse.catalog.events import VersionWithdrawn
from linehouse.insight.values import Mood, Subject
from linehouse.insight.words import has_words, tell
from linehouse.kernel.event import Event, all_event_types
from linehouse.kernel.ids import new_id
from linehouse.ordering.events import OrderStateChanged, StepCompleted

INSTANT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
SAMPLES: dict[Any, Any] = {
    UUID: new_id(),
    UUID | None: new_id(),
    str: "text",
    int: 5,
    int | None: 5,
    bool: True,
    date: date(2026, 11, 10),
    datetime: INSTANT,
    datetime | None: INSTANT,
    tuple[str, ...]: ("one", "two"),
    dict[str, int]: {"EUR": 5_000_000},
}
WORDS = {"currency": "EUR", "asset": "octet"}


def of_customers() -> list[type[Event]]:
    return [event for event in all_event_types().values() if "customer_id" in event.__struct_fields__]


def sample(event: type[Event]) -> Event:
    hints = get_type_hints(event)
    return event(**{name: WORDS.get(name, SAMPLES.get(hints[name])) for name in event.__struct_fields__})


@pytest.mark.parametrize("event", of_customers(), ids=lambda event: event.event_name)
def test_an_event_of_a_customer_is_told_in_words(event: type[Event]) -> None:
    assert has_words(event.event_name), f"write words for {event.event_name} in insight/words.py"
    told = tell(sample(event))
    assert told.title[0].isupper()
    assert not told.title.endswith(".")
    if told.subject is not None:
        assert told.subject.id in msgspec.structs.asdict(sample(event)).values()


def test_an_invoice_is_told_with_its_amount_and_link() -> None:
    invoice_id = new_id()
    told = tell(
        InvoiceIssued(
            invoice_id=invoice_id,
            customer_id=new_id(),
            billing_account_id=new_id(),
            number="INV-000001",
            kind="invoice",
            issue_date=date(2026, 12, 1),
            due_date=date(2026, 12, 15),
            currency="EUR",
            gross_micros=40_550_000,
        )
    )
    assert (told.title, told.text) == ("Invoice issued", "INV-000001: 40.55 EUR, due 2026-12-15")
    assert (told.mood, told.subject) == (Mood.INFO, Subject("invoice", invoice_id, "INV-000001"))


def test_states_and_steps_are_written_as_people_write_them() -> None:
    common: dict[str, Any] = {"order_id": new_id(), "order_number": "O-000001", "customer_id": new_id()}
    moved = tell(OrderStateChanged(**common, old="acknowledged", new="inProgress", reason="", changed_at=INSTANT))
    assert (moved.title, moved.text) == ("Order in progress", "O-000001, was acknowledged")
    step = tell(StepCompleted(**common, step="1/reserve_sim", kind="reserve_sim", completed_at=INSTANT))
    assert step.text == "O-000001: a SIM was reserved"
    other = tell(StepCompleted(**common, step="1/x", kind="make_coffee", completed_at=INSTANT))
    assert other.text == "O-000001: make coffee"


def test_an_event_without_words_is_told_by_its_name() -> None:
    told = tell(VersionWithdrawn(catalog_version_id=new_id(), number=2))
    assert dataclasses.astuple(told)[:2] == ("Version withdrawn", "")
