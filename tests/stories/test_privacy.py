"""A customer's data from registration to erasure: masked, unmasked for a reason, told, and gone from every table."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.db import connections
from django.test import Client

from linehouse.billing import service as billing
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.kernel.outcome import RefusedError
from linehouse.kernel.period import day_start
from linehouse.ordering.values import ItemAction, OrderItemRequest
from linehouse.party import subject_requests
from linehouse.party.values import RequestKind
from linehouse.platform.access.models import User
from linehouse.platform.access.service import grant_role
from linehouse.platform.advance import advance
from linehouse.platform.checks import verify
from linehouse.platform.documents.service import load
from linehouse.platform.personal import keys
from linehouse.platform.personal.access_log import looks_at
from linehouse.platform.runner import drain
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.worklist.models import Task
from linehouse.run.story import scenes
from linehouse.run.story.scenes import ZONE, Play
from linehouse.run.story.stage import Stage
from linehouse.simulators.cdr_feed.host_csv import host_csv
from linehouse.simulators.cdr_feed.usage import Use
from tests.edge.desk.conftest import Staff, text_of

HERS = ("Fenna", "Vries", "fenna.devries", "Lindengracht", "1015 KB", "1991-04-12", "12025550123")
"""What is known of her, and whom she called."""


def everything_stored(brand: str) -> str:
    """Every row of every table of the brand's database as text, files among them."""
    found = []
    with connections[brand].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    octets = isinstance(value, bytes | memoryview)
                    found.append(bytes(value).decode("latin-1") if octets else str(value))
    return "\n".join(found)


def told_of(brand: str) -> list[str]:
    stored = everything_stored(brand)
    return [value for value in HERS if value in stored]


def live(play: Play) -> None:
    """She orders, calls somebody, ends her contract, is billed and pays."""
    scenes.stock(play)
    scenes.register(play)
    scenes.order_plans(play)
    advance(day_start(date(2026, 11, 11), ZONE), actor=play.stage.actor)
    evening = day_start(date(2026, 11, 10), ZONE) + timedelta(hours=18)
    call = Use("voice", "out", scenes.subscriber(play, "fenna"), evening, 1, "12025550123", 61)
    scenes.drop(play, host_csv((call,), date(2026, 11, 10), zone=ZONE))


def at_the_desk(role: str, name: str) -> Staff:
    """A member of staff who has logged in."""
    client = Client()
    with realm_scope(CONTROL):
        user = User.objects.create_user(f"{role}@robin.example", "a-long-demo-password", name=name)
        grant_role(user.id, "robin", role)
        client.force_login(user)
    return Staff(client, "robin")


def test_a_persons_data_from_registration_to_erasure(place: Stage) -> None:
    play = Play(place)
    live(play)
    customer = customers.customer_view(play.customers["fenna"])
    ada, mark = at_the_desk("admin", "Ada Example"), at_the_desk("marketing", "Mark Example")
    assert "Fenna" not in told_of("robin")  # even now no table can be read without the key

    page = text_of(mark.get(f"customers/{customer.number}"))
    assert "Fenna de Vries" in page
    assert "fenna.devries@mail.example" not in page
    assert "f•••@m•••.example" in page
    page = text_of(ada.get(f"customers/{customer.number}"))
    assert "fenna.devries@mail.example" in page
    assert "1991-••-••" in page
    shown = text_of(ada.post(f"customers/{customer.number}/unmask", {"reason": "she called and told her birth date"}))
    assert "12 April 1991" in shown or "April 12, 1991" in shown
    asked = mark.post(f"customers/{customer.number}/unmask", {"reason": "a campaign for her birthday"})
    assert asked.status_code == 302

    looks, _ = looks_at(customer.party_id)
    seen = {(look.actor, look.through, look.reason) for look in looks}
    assert ("Ada Example", "unmask", "she called and told her birth date") in seen
    assert ("Mark Example", "screen", "") in seen
    assert not any(look.actor == "Mark Example" and look.through == "unmask" for look in looks)

    ada.post(f"customers/{customer.number}/privacy", {"kind": "access", "channel": "letter", "note": "all of it"})
    (request,) = subject_requests.requests(party_id=customer.party_id)[0]
    assert (request.number, request.due_at.date()) == ("DSR-000001", date(2026, 12, 10))
    assert Task.objects.filter(kind="party.subject_request", key=request.number).count() == 1
    path = f"privacy/requests/{request.number}"
    ada.post(path, {"step": "identify", "text": "passport seen in the shop"})
    ada.post(path, {"step": "answer"})
    request = subject_requests.request(request.number)
    assert request.state == "answered"
    assert Task.objects.get(key=request.number).state == "done"
    data = load(request.document_id).content  # type: ignore[arg-type]  # answered, so it is there
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        told = {section["name"]: section["rows"] for section in json.loads(archive.read("data.json"))["sections"]}
        readable = archive.read("data.html").decode()
    assert told["party_individual"][0]["birth_date"] == "1991-04-12"
    assert [row["other_party"] for row in told["usage_record"]] == ["+12025550123"]
    assert {row["reason"] for row in told["personal_accessentry"]} >= {"she called and told her birth date"}
    assert "Lindengracht 7" in readable
    page = ada.get(path).content.decode()
    link = page.split('<p class="mono small">')[1].split("</p>")[0].removeprefix("http://testserver")
    own = Client().get(link)
    assert "she called and told her birth date" in text_of(own)
    assert Client().get(link + "x").status_code == 404

    number = subject_requests.receive(customer.party_id, RequestKind.ERASURE, channel="email", actor=place.actor)
    subject_requests.identify(number, "called back", actor=place.actor)
    with pytest.raises(RefusedError) as refused:
        subject_requests.answer(number, actor=place.actor)
    assert any("active" in problem.message or "product" in problem.message for problem in refused.value.problems)

    leave(play)
    subject_requests.answer(number, actor=place.actor)
    keys.forget()
    drain()
    assert told_of("robin") == []
    assert customers.find_customers(search="fenna").total == 0
    assert text_of(ada.get(f"customers/{customer.number}")).count("[erased]") >= 1
    assert Client().get(link).status_code == 404
    assert [result.name for result in verify() if not result.holds] == []
    # What the law keeps can still be read, by those who may.
    (invoice,) = [bill for bill in billing.search_invoices()[0] if bill.customer_id == customer.id]
    assert invoice.buyer_name == "Fenna de Vries"


def leave(play: Play) -> None:
    """Her contract ends, the last bill is made and paid."""
    item = OrderItemRequest(ref="1", action=ItemAction.DELETE, product_id=play.products["fenna"])
    scenes.order(play, "fenna", item)
    drain()
    scenes.bill(play)
    scenes.pay(play)
    drain()
    assert not [p for p in inventory.products_of_customer(play.customers["fenna"]) if p.state == "active"]
