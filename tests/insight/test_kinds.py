"""Every event about a customer has a kind, and the timeline is narrowed by kind, channel, text and time."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from linehouse.customer import service as customers
from linehouse.customer.values import CustomerRegistered
from linehouse.insight import service
from linehouse.insight.jobs import OF_CUSTOMERS
from linehouse.insight.kinds import EntryKind, kind_of
from linehouse.insight.values import TimelineFilter
from linehouse.party import subject_requests
from linehouse.party.values import RequestKind
from linehouse.platform.work import Actor


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("care.interaction.recorded", EntryKind.CONTACT),
        ("care.follow_up.done", EntryKind.TASK),
        ("notify.message.completed", EntryKind.MESSAGE),
        ("billing.invoice.issued", EntryKind.BILL),
        ("nowhere.thing.happened", EntryKind.OTHER),
    ],
)
def test_an_event_has_the_kind_of_its_room_unless_its_thing_is_another_matter(event: str, kind: EntryKind) -> None:
    assert kind_of(event) is kind


def test_no_event_of_a_customer_is_without_a_kind() -> None:
    assert [event.event_name for event in OF_CUSTOMERS if kind_of(event.event_name) is EntryKind.OTHER] == []


def test_a_timeline_is_narrowed(
    anna: CustomerRegistered, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    advance(datetime(2026, 11, 5, 9, 0, tzinfo=UTC))
    customers.update_customer(anna.customer_id, {"email": "a@example.com"}, actor=actor, reason="asked by phone")
    drain()

    def titles(**wanted: object) -> list[str]:
        page = service.timeline(anna.customer_id, wanted=TimelineFilter(**wanted))  # type: ignore[arg-type]  # of a test
        assert page.total == len(page.rows)
        return [entry.title for entry in page.rows]

    assert titles(kind="order") == []
    assert len(titles(kind="customer")) == 3
    assert titles(text="billing ACCOUNT") == ["Billing account opened"]
    assert titles(since=datetime(2026, 11, 5, tzinfo=UTC)) == ["Customer data changed"]
    assert titles(until=datetime(2026, 11, 5, tzinfo=UTC)) == ["Billing account opened", "Customer registered"]
    assert titles(channel="phone") == []


def test_a_request_about_ones_own_data_is_on_the_timeline_and_survives_a_rebuild(
    anna: CustomerRegistered, actor: Actor, drain: Callable[[], int]
) -> None:
    subject_requests.receive(
        anna.party_id, RequestKind.ACCESS, channel="phone", note="", actor=actor, customer_id=anna.customer_id
    )
    drain()
    wanted = TimelineFilter(kind="privacy")
    told = [entry.title for entry in service.timeline(anna.customer_id, wanted=wanted).rows]
    assert told == ["Asked about their own data"]
    service.rebuild_timeline(actor=actor)
    assert [entry.title for entry in service.timeline(anna.customer_id, wanted=wanted).rows] == told
