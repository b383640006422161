"""The privacy screens: requests, what an erasure does, unmasking with another's leave, retention, one's own page."""

from __future__ import annotations

from collections.abc import Callable

from django.core import signing
from django.test import Client
from tests.edge.desk.conftest import Staff, text_of

from linehouse.customer import service as customers
from linehouse.edge.desk.own_data import SALT, own_data_link
from linehouse.party import subject_requests
from linehouse.platform.approval.service import approve, proposals
from linehouse.platform.personal.access_log import looks_at
from linehouse.platform.work import Actor


def request_of(ada: Staff, kind: str) -> str:
    ada.register()
    ada.post("customers/C-000001/privacy", {"kind": kind, "channel": "email", "note": "please"})
    (made,) = subject_requests.requests()[0]
    ada.post(f"privacy/requests/{made.number}", {"step": "identify", "text": "called back"})
    return made.number


def test_an_erasure_is_read_before_it_is_done(ada: Staff) -> None:
    number = request_of(ada, "erasure")
    path = f"privacy/requests/{number}"
    page = text_of(ada.get(path))
    assert "The key is destroyed" in page
    assert "given_name" in page
    ada.post(path, {"step": "answer"})
    assert subject_requests.request(number).state == "identified"
    ada.post(path, {"step": "answer", "sure": "on"})
    assert subject_requests.request(number).state == "answered"
    assert customers.customer_by_number("C-000001").name == "[erased]"
    assert "erased; what the law keeps is restricted" in text_of(ada.get(path))
    assert ada.get("customers").status_code == 200


def test_a_refusal_needs_its_reason(ada: Staff) -> None:
    number = request_of(ada, "rectification")
    ada.post(f"privacy/requests/{number}", {"step": "refuse", "text": " "})
    assert subject_requests.request(number).open
    ada.post(f"privacy/requests/{number}", {"step": "refuse", "text": "it was right already"})
    assert "it was right already" in text_of(ada.get(f"privacy/requests/{number}"))


def test_who_may_not_unmask_asks_and_sees_for_a_day(ada: Staff, log_in: Callable[..., Staff], actor: Actor) -> None:
    ada.register(document_number="NX4711", document_country="NL")
    mark = log_in("marketing", name="Mark Example")
    assert "NX4711" not in text_of(mark.get("customers/C-000001"))
    mark.post("customers/C-000001/unmask", {"reason": "a prize was drawn"})
    (asked,) = proposals()[0]
    approve(asked.number, actor=Actor("staff", actor.id, "Ada Example"))
    assert "NX4711" in text_of(mark.post("customers/C-000001/unmask", {"reason": "a prize was drawn"}))
    party_id = customers.customer_by_number("C-000001").party_id
    assert [look.through for look in looks_at(party_id)[0] if look.actor == "Mark Example"][:2] == ["unmask", "granted"]


def test_retention_shows_what_is_due(ada: Staff) -> None:
    assert "Nothing is due" in text_of(ada.get("privacy/retention"))
    assert ada.post("privacy/retention").status_code == 302


def test_a_link_of_ones_own_opens_nothing_else(ada: Staff) -> None:
    number = request_of(ada, "access")
    link = own_data_link("robin", number)
    assert Client().get(link).status_code == 404  # not answered yet
    ada.post(f"privacy/requests/{number}", {"step": "answer"})
    assert "Who looked at your data" in text_of(Client().get(link))
    file = Client().get(f"{link}?file")
    assert (file["Content-Type"], file["Cache-Control"]) == ("application/zip", "private, no-store")
    forged = signing.dumps({"brand": "robin", "request": number}, salt="another")
    assert Client().get(link.rpartition("/")[0] + "/" + forged).status_code == 404
    assert SALT not in link
