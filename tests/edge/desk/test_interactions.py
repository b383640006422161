"""Recording contacts at the desk, noting, following up, and the timeline that shows it all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.edge.desk.conftest import Staff, text_of

from linehouse.care import service as care

CALL = {
    "channel": "phone",
    "direction": "inbound",
    "topic": "bill",
    "text": "The bill is too high, she says.",
    "outcome": "",
    "about": "BA-000001, JIRA-7",
    "state": "open",
    "began_at": "",
    "follow_up": "Call back with the figures",
    "follow_up_due": "2026-11-03T10:00",
    "follow_up_mine": "on",
}


def record(ada: Staff, **changes: Any) -> Any:
    """Register a customer and record a call of hers."""
    ada.register()
    return ada.post("customers/C-000001/contact", CALL | changes)


def test_a_call_is_recorded_from_the_customers_page(ada: Staff, drain: Callable[[], int]) -> None:
    letter = SimpleUploadedFile("letter.txt", b"Dear brand", content_type="text/plain")
    answer = record(ada, file=letter)
    assert answer["Location"] == "/b/robin/customers/C-000001"
    drain()
    assert "Record a contact" in text_of(ada.get("customers/C-000001"))
    timeline = text_of(ada.get("customers/C-000001?tab=timeline"))
    assert "The customer called" in timeline
    assert "CT-000001: bill, about BA-000001, JIRA-7 · The bill is too high, she says." in timeline
    assert "Ada Example · phone · inbound" in timeline
    page = text_of(ada.get("interactions/CT-000001"))
    for words in ("The bill is too high", "JIRA-7", "Call back with the figures", "3 Nov 2026, 10:00", "letter.txt"):
        assert words in page
    (file,) = care.find_interaction(number="CT-000001").attachments
    taken = ada.get(f"interactions/CT-000001/files/{file.id}")
    assert (taken.content, taken["Content-Type"]) == (b"Dear brand", "application/octet-stream")
    assert taken["Content-Disposition"] == 'attachment; filename="letter.txt"'


def test_what_is_wrong_stands_at_its_field_and_nothing_is_recorded(ada: Staff) -> None:
    page = record(ada, topic="", about="O-999999", follow_up_due="2026-10-01T10:00").content.decode()
    assert 'id="id_topic_error"' in page
    page = ada.post("customers/C-000001/contact", CALL | {"about": "O-999999"}).content.decode()
    assert 'id="id_about_error"' in page
    page = ada.post("customers/C-000001/contact", CALL | {"follow_up_due": "2026-10-01T10:00"}).content.decode()
    assert 'id="id_follow_up_due_error"' in page
    assert "Say by when" in text_of(ada.post("customers/C-000001/contact", CALL | {"follow_up_due": ""}))
    assert care.find_interactions()[1] == 0


def test_notes_follow_ups_and_the_end(ada: Staff) -> None:
    record(ada)
    ada.post("interactions/CT-000001/note", {"text": "She is right.", "visibility": "internal"})
    ada.post("interactions/CT-000001/follow-up", {"text": "Credit it", "due_at": "2026-11-04T09:00"})
    page = text_of(ada.get("interactions/CT-000001"))
    assert "She is right." in page
    assert "Credit it" in page
    assert "This field is required" in text_of(ada.post("interactions/CT-000001/note", {"text": ""}))
    first, second = care.follow_ups()
    ada.post(f"follow-ups/{first.id}", {"outcome": "done"})
    ada.post(f"follow-ups/{second.id}", {"outcome": "dropped"})
    assert [task.state for task in care.follow_ups()] == ["done", "dropped"]
    ada.post("interactions/CT-000001/begin")
    ada.post("interactions/CT-000001/complete", {"outcome": "credited"})
    assert care.find_interaction(number="CT-000001").outcome == "credited"
    ada.post("interactions/CT-000001/withdraw", {"outcome": "wrong customer"})
    page = text_of(ada.get("interactions/CT-000001"))
    assert "wrong customer" in page
    assert "Add the note" not in page


def test_the_list_is_narrowed_and_exported(ada: Staff) -> None:
    record(ada)
    ada.post("customers/C-000001/contact", CALL | {"channel": "email", "topic": "number", "text": "Keep it"})
    assert "CT-000002" in text_of(ada.get("interactions"))
    narrowed = text_of(ada.get("interactions?channel=email"))
    assert ("CT-000002" in narrowed, "CT-000001" in narrowed) == (True, False)
    assert "CT-000001" in text_of(ada.get("interactions?q=jira-7"))
    assert ada.get("interactions?format=csv&q=keep").content.decode().count("\n") == 2
    assert "Keep it" in text_of(ada.get("customers/C-000001?tab=contacts"))


def test_the_timeline_is_narrowed_and_exported(ada: Staff, drain: Callable[[], int]) -> None:
    record(ada)
    drain()
    tab = "customers/C-000001?tab=timeline"
    assert "2 entries" in text_of(ada.get(f"{tab}&kind=customer"))
    assert "1 entry" in text_of(ada.get(f"{tab}&kind=contact&channel=phone&direction=inbound"))
    assert "1 entry" in text_of(ada.get(f"{tab}&q=called&since=2026-11-01&until=2026-11-01"))
    assert "Nothing fits" in text_of(ada.get(f"{tab}&until=2026-10-31"))
    lines = ada.get(f"{tab}&kind=contact&format=csv").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "at,kind,channel,direction,title,text,subject,actor,event"
    assert lines[1].startswith("2026-11-01T08:00:00+00:00,contact,phone,inbound,The customer called,")
    assert "too high" not in str(lines)


def test_who_may_only_read_cannot_record(ada: Staff, log_in: Callable[..., Staff]) -> None:
    record(ada)
    reader, seller = log_in("auditor"), log_in("dealer")
    assert reader.get("interactions/CT-000001").status_code == 200
    assert "Add the note" not in text_of(reader.get("interactions/CT-000001"))
    assert reader.post("interactions/CT-000001/note", {"text": "x", "visibility": "internal"}).status_code == 403
    assert seller.get("interactions").status_code == 403
    assert "too high" not in text_of(seller.get("customers/C-000001?tab=timeline"))
